// The request that somebody asks about, as the listener would hand it to the journey: read by the router's own
// scanner, with a connection that never was.
import { Buffer } from 'node:buffer';
import type { Clock } from '../base/clock.ts';
import type { AskedRequest } from '../model/explain-request.ts';
import { ProxyError } from '../model/proxy-error.ts';
import { RequestContext } from '../model/request-context.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Step } from '../model/trace.ts';
import { clientBehind } from '../proxy/listener/client-address.ts';
import { refusalCode } from '../proxy/listener/refusal.ts';
import { FieldKind } from '../wire/http1/fields.ts';
import type { RequestHead } from '../wire/http1/request-head.ts';
import { RequestHeadScanner } from '../wire/http1/request-head-scanner.ts';
import { fieldLine, utf8AsLatin1 } from '../wire/http1/serialise.ts';
import { explainedConnection } from './explained-connection.ts';

const NO_ID = '00000000-0000-0000-0000-000000000000';

/** @returns the head as a listener of `snapshot` reads it, or why it would refuse it */
export function explainedHead(snapshot: Snapshot, request: AskedRequest): RequestHead | ProxyError {
  let text: string;
  try {
    text = `${headText(request)}\r\n`;
  } catch (error) {
    return new ProxyError('badRequest', (error as Error).message);
  }
  const bytes = Buffer.from(text, 'latin1');
  const scanner = new RequestHeadScanner(snapshot.config.limits);
  if (scanner.scan(bytes, 0, bytes.length) >= 0) return scanner.head();
  const { status, reason } = scanner.refusal ?? { status: 400, reason: 'the request is not complete' };
  return new ProxyError(refusalCode(status), reason);
}

/** @throws HeadError for a header that no request can carry; URIError for a URL that is no text */
function headText({ url, method, headers }: AskedRequest): string {
  const namesHost = headers.some(([name]) => name.toLowerCase() === 'host');
  let text = `${method} ${targetOf(url)} HTTP/1.1\r\n`;
  if (!namesHost) text += fieldLine('Host', new URL(url).host);
  for (const [name, value] of headers) text += fieldLine(name, utf8AsLatin1(value));
  return text;
}

/** Path and query as written: URL's own path has dot segments resolved, which the router must see. */
function targetOf(url: string): string {
  const written = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? '';
  const target = written.startsWith('/') ? written : `/${written}`;
  return target.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent); // as a browser does with what nobody can send
}

/** @param steps gets what each stage decides */
export function explainedContext(
  snapshot: Snapshot,
  head: RequestHead,
  request: AskedRequest,
  clock: Clock,
  steps: Step[],
): RequestContext {
  const connection = explainedConnection(snapshot, head.host, request);
  const forwardedFor = connection.trusted ? head.fieldOfKind(FieldKind.xForwardedFor) : undefined;
  const client =
    forwardedFor === undefined
      ? { address: request.client, port: 0 }
      : clientBehind(connection, forwardedFor, snapshot.trustedProxies!);
  return new RequestContext(
    ...([NO_ID, clock.wall(), clock.monotonic(), connection, client.address, client.port] as const),
    ...([head, snapshot, null, steps] as const),
  );
}
