// What IIS did with a request beside what would be done here: the way it went, redirects and statuses made by rules.
import type { ExplainedOutcome } from '../../model/explanation.ts';
import { hostName } from '../../wire/http1/authority.ts';
import type { Observed } from './record.ts';

export interface Judgement {
  verdict: 'same' | 'different' | 'cannot be judged';
  /** In words, unless it is the same. */
  why: string;
}

const SAME: Judgement = { verdict: 'same', why: '' };
const different = (why: string): Judgement => ({ verdict: 'different', why });
const cannot = (why: string): Judgement => ({ verdict: 'cannot be judged', why });

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The addresses of the servers of each farm, by its name. */
export type FarmServers = ReadonlyMap<string, readonly string[]>;

export function judge(outcome: ExplainedOutcome, observed: Observed, farms: FarmServers): Judgement {
  const { routed } = observed;
  if (outcome.kind === 'proxy') return routed === null ? judgeUnrouted(observed) : judgeFarm(outcome, routed, farms);
  if (routed !== null) return different(`it was sent to ${routed === '' ? 'a server' : routed}`);
  switch (outcome.kind) {
    case 'redirect':
      return judgeStatus(outcome.status, null, observed);
    case 'customResponse':
    case 'error':
      return judgeStatus(outcome.status, outcome.subStatus, observed);
    case 'abort':
      return observed.status === 0 ? SAME : different(`it was answered with ${shown(observed)}`);
    case 'static':
      return judgeContent(observed);
    case 'rewrite':
    case 'none':
      return observed.status === 404 ? SAME : different(`it was answered with ${shown(observed)}`);
  }
}

function judgeFarm(
  { farm, server, url }: Extract<ExplainedOutcome, { kind: 'proxy' }>,
  routed: string,
  farms: FarmServers,
): Judgement {
  if (routed === '') return cannot('the log does not name the server (SERVER-ROUTED)');
  const here = farm === undefined ? [server ?? '', new URL(url).host] : (farms.get(farm) ?? []);
  if (here.some((address) => isSameServer(address, routed))) return SAME;
  const others = [...farms].filter(([, servers]) => servers.some((address) => isSameServer(address, routed)));
  const where = others.length === 0 ? 'no farm here has it' : `of farm ${others.map(([name]) => name).join(', ')}`;
  return different(`it was sent to ${routed}: ${where}`);
}

/** ARR names a server as its farm does, and older builds without the port. */
function isSameServer(address: string, routed: string): boolean {
  const [ours, theirs] = [address.toLowerCase(), routed.toLowerCase()];
  return ours === theirs || hostName(ours) === theirs || ours === hostName(theirs);
}

/** Here it would be sent to a server; there it was answered. */
function judgeUnrouted(observed: Observed): Judgement {
  const { status, tellsRouted } = observed;
  if (REDIRECTS.has(status)) return different(`it was redirected with ${status}`);
  if (status === 502 || status === 503) return cannot(`it was answered with ${shown(observed)}: no server was there`);
  if (status === 400 || status === 408)
    return cannot(`it ended with ${shown(observed)}: the client left, or sent no whole request`);
  if (status >= 500 || status === 0) return cannot(`it failed with ${shown(observed)}`);
  if (status < 400 && !tellsRouted) return cannot('the log does not tell which requests went to servers');
  return different(`it was answered with ${shown(observed)}, without a server`);
}

function judgeStatus(status: number, subStatus: number | null, observed: Observed): Judgement {
  const isSame =
    status === observed.status &&
    (subStatus === null || observed.subStatus === null || subStatus === observed.subStatus);
  return isSame ? SAME : different(`it was answered with ${shown(observed)}`);
}

/** A file that is served here: what IIS made of it is as good unless it sent the client elsewhere. */
function judgeContent(observed: Observed): Judgement {
  if (observed.status < 300 || observed.status === 304) return SAME;
  if (REDIRECTS.has(observed.status) || observed.status === 404 || observed.status === 403)
    return different(`it was answered with ${shown(observed)}`);
  return cannot(`it was answered with ${shown(observed)}`);
}

function shown({ status, subStatus }: Observed): string {
  return subStatus === null || subStatus === 0 ? `${status}` : `${status}.${subStatus}`;
}
