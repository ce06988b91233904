// What the configuration accepts and this version does not carry out. Each row is one warning of `check`; a feature
// that arrives takes its row away.
import type { ConfigPath } from '../../model/config.ts';
import type { ProblemList } from './problem-list.ts';

interface Missing {
  /** Keys from the root; `*` is any name or index. */
  path: string;
  /** Given, the warning holds only for values that pass. */
  when?: (value: unknown) => boolean;
  text: string;
  /** What is ignored, where it is not the last key of the path. */
  name?: string;
}

const isTrue = (value: unknown) => value === true;
const isOther =
  (...usual: unknown[]) =>
  (value: unknown) =>
    !usual.includes(typeof value === 'string' ? value.toLowerCase() : value);
const isWord = (word: string) => (value: unknown) => typeof value === 'string' && value.toLowerCase() === word;
/** A farm that says `enabled: false`, as IIS Manager writes it, wants no cache. */
const isCaching = (value: unknown) => !isWord('false')(String((value as { enabled?: unknown } | null)?.enabled));

const PROTOCOL: Missing[] = [
  { path: 'httpVersion', when: isOther('http11'), text: 'requests are sent to servers as HTTP/1.1' },
  { path: 'proxy', when: isOther(''), text: 'chained proxies are not used yet' },
  { path: 'proxyBypass', when: isOther(''), text: 'chained proxies are not used yet' },
  {
    path: 'clientCertHash',
    when: isOther(''),
    text: 'there is no certificate store here. Export the certificate as PFX, and name the file in clientCertFileName',
  },
  { path: 'responseBufferLimit', text: 'only minResponseBuffer holds a response back, and nothing more is buffered' },
  { path: 'cache', when: isCaching, text: 'nothing is cached yet' },
];

const below = (base: string, rows: Missing[]) => rows.map((row) => ({ ...row, path: `${base}.${row.path}` }));

const LOGGED = 'only rules of a site have it; the URL is logged as received';

const MISSING: Missing[] = [
  { path: 'farms.*.passConnectionCloseHeader', when: isTrue, text: 'connections of clients are kept for now' },
  {
    path: 'farms.*.affinity.useExternalCache',
    when: isTrue,
    text: 'host mappings are not shared with other routers yet',
  },
  { path: 'farms.*.affinity.useServerProvider', when: isTrue, text: 'no extension chooses servers by host name yet' },
  ...below('farms.*.protocol', PROTOCOL),
  ...below('proxy', PROTOCOL),
  ...['sites.*', 'sites.*.locations.*'].map((level) => ({
    path: `${level}.directoryBrowse.enabled`,
    when: isTrue,
    text: 'folders are not listed',
  })),
  { path: 'rules.list.*.action.logRewrittenUrl', when: isTrue, text: LOGGED },
  { path: 'rules.*.action.logRewrittenUrl', when: isTrue, text: LOGGED },
];

/** Warns of everything in `raw`, the configuration as written, that is accepted and ignored. */
export function warnOfMissing(raw: unknown, problems: ProblemList): void {
  for (const { path, when, text, name } of MISSING) {
    visit(raw, path.split('.'), [], (at, value) => {
      if (!when || when(value)) problems.warning(at, `${name ?? at.at(-1)} is ignored: ${text}`);
    });
  }
}

function visit(value: unknown, steps: string[], at: ConfigPath, found: (at: ConfigPath, value: unknown) => void): void {
  const [step, ...rest] = steps;
  if (value === undefined) return;
  if (step === undefined) found(at, value);
  if (step === undefined || typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (step === '*' || step === key) visit(child, rest, [...at, Array.isArray(value) ? Number(key) : key], found);
  }
}
