// Substitution and flags of a RewriteRule → the action of a rule.
import { statusPhrase } from '../../../wire/status-phrases.ts';
import { NotConvertible } from './convert-pattern.ts';
import { convertText, type TextScope } from './convert-text.ts';
import type { Flag } from './flags.ts';
import type { ParsedRule } from './read-directives.ts';

export interface ConvertedAction {
  /** As in the configuration; null for None. Defaults are left out. */
  action: Record<string, string | number | boolean> | null;
  stopProcessing: boolean;
  /** The target is another server: `proxy.enabled` is needed. */
  proxied: boolean;
  /** A rewrite to a path of the same site. */
  local: boolean;
  notes: string[];
}

const REDIRECTS: Readonly<Record<string, string>> = {
  ...{ '': 'Found', temp: 'Found', 302: 'Found', permanent: 'Permanent', 301: 'Permanent' },
  ...{ seeother: 'SeeOther', 303: 'SeeOther', 307: 'Temporary' },
};

/**
 * @param base what is put before a relative target
 * @throws NotConvertible
 */
export function convertAction({ substitution, flags }: ParsedRule, scope: TextScope, base: string): ConvertedAction {
  const has = (name: string): boolean => flags.some((flag) => flag.name === name);
  const stopProcessing = ['L', 'END', 'P', 'PT', 'F', 'G'].some(has);
  const plain = { action: null, stopProcessing, proxied: false, local: false, notes: [] };
  const status = answeredStatus(flags);
  if (status !== null) return { ...plain, action: customResponse(status), stopProcessing: true };
  const redirect = flags.find(({ name }) => name === 'R');
  if (substitution === '-' && !redirect) return plain;
  if (substitution === '-') throw new NotConvertible('a redirect needs a target');

  const { path, query } = splitQuery(substitution);
  const target = convertText(path, scope);
  const own = query === null || query === '' ? null : convertText(query, { ...scope, escapeGroups: has('B') });
  const absolute = /^[a-z][a-z0-9+.-]*:|^[^/?]*:\/\//i.test(path);
  const placed = (absolute || !/^(?!\/|\{(?!R:))/.test(target.expression) ? '' : base) + target.expression || '/';
  const append = query === null ? !has('QSD') : has('QSA');
  const url = {
    url: own === null ? placed : `${placed}?${own.expression}`,
    ...(append ? {} : { appendQueryString: false }),
  };
  const notes = [...target.notes, ...(own?.notes ?? [])];
  if (absolute && !redirect && /:\/\/%\{(?:HTTP_HOST|SERVER_NAME)\}/i.test(path))
    notes.push('Apache takes its own name for a rewrite on the site; here it is a redirect');

  if (redirect || (absolute && !has('P'))) {
    const type = redirectType(redirect?.value ?? '');
    if (absolute && !path.includes('://')) throw new NotConvertible(`a redirect to ${path} cannot be written here`);
    return {
      ...plain,
      action: { type: 'Redirect', ...url, ...(type === 'Permanent' ? {} : { redirectType: type }) },
      notes,
    };
  }
  if (has('P')) checkOrigin(path, absolute);
  return { ...plain, action: { type: 'Rewrite', ...url }, proxied: absolute, local: !absolute, notes };
}

/** The status that F, G or `R=4xx` answers; null for other rules. */
function answeredStatus(flags: readonly Flag[]): number | null {
  for (const { name, value } of flags) {
    if (name === 'F') return 403;
    if (name === 'G') return 410;
    if (name === 'R' && value !== null && /^[45]\d\d$/.test(value)) return Number(value);
  }
  return null;
}

/** Whether the status of flag R can be answered. */
export function isRedirect({ value }: Flag): boolean {
  return Object.hasOwn(REDIRECTS, (value ?? '').toLowerCase()) || /^[45]\d\d$/.test(value ?? '');
}

function customResponse(status: number): Record<string, string | number> {
  return { type: 'CustomResponse', statusCode: status, statusReason: statusPhrase(status) };
}

function redirectType(value: string): string {
  const type = REDIRECTS[value.toLowerCase()];
  if (type === undefined) throw new NotConvertible(`there is no redirect with status ${value}`);
  return type;
}

/** Splits at the first `?` that is no part of `%{…}` or `${…}`; a query of null: there is no `?`. */
function splitQuery(substitution: string): { path: string; query: string | null } {
  let depth = 0;
  for (let at = 0; at < substitution.length; at++) {
    const character = substitution[at];
    if (character === '\\') at++;
    else if (character === '{') depth++;
    else if (character === '}') depth--;
    else if (character === '?' && depth === 0)
      return { path: substitution.slice(0, at), query: substitution.slice(at + 1) };
  }
  return { path: substitution, query: null };
}

function checkOrigin(path: string, absolute: boolean): void {
  if (!absolute) throw new NotConvertible('flag P needs a whole URL');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(path)?.[1]?.toLowerCase();
  if (scheme === 'balancer') throw new NotConvertible('define the farm in `farms`, and rewrite to http://FARM/…');
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw new NotConvertible(`servers are not reached by ${scheme}`);
}
