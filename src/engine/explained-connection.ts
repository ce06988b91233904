// The connection that a request would have come by: the URL's port tells the listener, its scheme whether it is secure
// (CONTRACT 4), and its host the address, where several are listened on.
import type { ClientConnectionInfo } from '../model/client.ts';
import type { ListenerConfig } from '../model/config.ts';
import type { AskedRequest } from '../model/explain-request.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { hostName } from '../wire/http1/authority.ts';
import { entranceOf, isAt } from './listener-of-url.ts';

const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const IP_ADDRESS = /^(?:\d+(?:\.\d+){3}|\[[\da-f:.]+\])$/i;

/** @param host of the request's head */
export function explainedConnection(snapshot: Snapshot, host: string, request: AskedRequest): ClientConnectionInfo {
  const url = new URL(request.url);
  const entrance = entranceOf(url);
  const { secure, port: localPort } = entrance;
  const listeners = snapshot.config.listeners.filter((listener) => isAt(listener, entrance));
  const wanted = addressOf(snapshot, url, host, localPort, secure);
  const listener = listeners.find((each) => hostOf(each) === wanted) ?? listeners[0];
  return {
    listener: listener?.name ?? '',
    peerAddress: request.client,
    peerPort: 0,
    localAddress: localAddress(listener, wanted),
    localPort,
    certificateRequired: false, // who only asks has none to show
    secure,
    tls: null,
    trusted: snapshot.trustedProxies?.has(request.client) ?? false,
  };
}

/** The address in the URL, or of the binding that has the host; null: any. */
function addressOf({ config }: Snapshot, url: URL, host: string, port: number, secure: boolean): string | null {
  if (IP_ADDRESS.test(url.hostname)) return url.hostname.replace(/^\[|\]$/g, '');
  const name = hostName(host).toLowerCase();
  const bindings = config.sites.flatMap((site) => site.bindings);
  const own = bindings.find(
    (each) => each.host === name && each.port === port && (each.protocol === 'https') === secure,
  );
  return own === undefined || own.address === '*' ? null : own.address;
}

/** A listener on every address has that of the request; one on an address has no other. */
function localAddress(listener: ListenerConfig | undefined, wanted: string | null): string {
  const host = listener === undefined ? null : hostOf(listener);
  return host === null || ANY_ADDRESS.has(host) ? (wanted ?? '127.0.0.1') : host;
}

function hostOf({ address }: ListenerConfig): string | null {
  return address.kind === 'tcp' ? address.host : null;
}
