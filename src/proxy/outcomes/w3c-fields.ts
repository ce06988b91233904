// The fields of the W3C extended log format under IIS's names: how each is read off a finished request. An empty
// value is `-`, a space is `+`, and nothing a client sent can end a line or a field.
import { errorKinds } from '../../model/proxy-error.ts';
import type { Outcome, RequestContext } from '../../model/request-context.ts';
import type { LogTime } from './log-time.ts';
import { loggedPath } from './logged-url.ts';
import { isSecretField, REDACTED } from './redaction.ts';
import { w3cText } from './w3c-text.ts';

/** What IIS logs when nobody chose, in its order. */
export const IIS_DEFAULT_FIELDS: readonly string[] = [
  'date',
  'time',
  's-ip',
  'cs-method',
  'cs-uri-stem',
  'cs-uri-query',
  's-port',
  'cs-username',
  'c-ip',
  'cs(User-Agent)',
  'cs(Referer)',
  'sc-status',
  'sc-substatus',
  'sc-win32-status',
  'time-taken',
];

/** Reads one field; the text is ready to be written. */
export type FieldReader = (ctx: RequestContext, outcome: Outcome, time: LogTime) => string;

const readers: Readonly<Record<string, FieldReader>> = {
  date: (ctx, _outcome, time) => time.date(ctx.receivedAt),
  time: (ctx, _outcome, time) => time.time(ctx.receivedAt),
  's-ip': (ctx) => w3cText(ctx.connection.localAddress),
  's-port': (ctx) => String(ctx.connection.localPort),
  'cs-method': (ctx) => w3cText(ctx.inbound.method),
  'cs-uri-stem': (ctx) => w3cText(stem(loggedPath(ctx))),
  'cs-uri-query': (ctx, outcome) => uriQuery(ctx, outcome),
  // IIS writes the user that it authenticated; Narrows authenticates nobody.
  'cs-username': () => '-',
  'cs-version': (ctx) => `HTTP/1.${ctx.inbound.minorVersion}`,
  'cs-host': (ctx) => w3cText(ctx.inbound.host),
  'c-ip': (ctx) => w3cText(ctx.clientAddress),
  'sc-status': (_ctx, outcome) => String(outcome.status),
  'sc-substatus': (_ctx, outcome) => String(outcome.subStatus),
  'sc-win32-status': (_ctx, outcome) => String(outcome.error === null ? 0 : errorKinds[outcome.error].win32),
  // IIS names the directions from the server's side: sc is server to client.
  'sc-bytes': (_ctx, outcome) => String(outcome.bytesOut),
  'cs-bytes': (_ctx, outcome) => String(outcome.bytesIn),
  'crypt-protocol': (ctx) => ctx.connection.tls?.protocol || '-',
  'crypt-cipher': (ctx) => ctx.connection.tls?.cipher || '-',
  'time-taken': (_ctx, outcome) => String(Math.round(outcome.duration)),
};

/** All names but those of headers. */
export const W3C_FIELDS: readonly string[] = Object.keys(readers);

/** The reader of a field, `cs(Header-Name)` included; null for a name that is none of ours. */
export function w3cFieldReader(field: string): FieldReader | null {
  const known = Object.hasOwn(readers, field) ? readers[field]! : null;
  if (known !== null) return known;
  const header = /^cs\(([^()\s]+)\)$/.exec(field)?.[1]?.toLowerCase();
  if (header === undefined) return null;
  if (isSecretField(header)) return (ctx) => (ctx.inbound.field(header) === undefined ? '-' : REDACTED);
  return (ctx) => w3cText(ctx.inbound.field(header) ?? '');
}

/**
 * The query, with ARR's suffix in the order that was seen (arr.md 4.5): the cache, the server, the id,
 * the server's status. A request that went to no farm carries the id alone.
 */
function uriQuery(ctx: RequestContext, outcome: Outcome): string {
  const path = loggedPath(ctx);
  const mark = path.indexOf('?');
  let text = mark === -1 || mark === path.length - 1 ? '' : `${w3cText(path.slice(mark + 1))}&`;
  if (ctx.farm !== null) text += 'X-ARR-CACHE-HIT=0&';
  if (ctx.server !== null) text += `SERVER-ROUTED=${w3cText(ctx.server.address)}&`;
  text += `X-ARR-LOG-ID=${ctx.id}`;
  return outcome.upstreamStatus === 0 ? text : `${text}&SERVER-STATUS=${outcome.upstreamStatus}`;
}

function stem(path: string): string {
  const mark = path.indexOf('?');
  return mark === -1 ? path : path.slice(0, mark);
}
