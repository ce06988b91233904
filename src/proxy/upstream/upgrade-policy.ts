// Which switches of protocol a client may ask a server for (RFC 9110 7.8), and whether a 101 answers what was asked.
import { hash } from 'node:crypto';
import type { UpgradeStep } from '../../model/trace.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { listMembers } from '../../wire/http1/list-members.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { isFieldName } from '../../wire/http1/serialise.ts';

const WEBSOCKET = 'websocket';

/** RFC 6455 1.3. */
const ACCEPT_SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Compiled from protocol.upgrade.allow of a farm. */
export class UpgradePolicy {
  readonly #allowed: ReadonlySet<string>;

  /** @param allowed names of protocols, without their versions, in any case */
  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed.map((name) => name.toLowerCase()));
  }

  /**
   * What of the client's Upgrade is passed on, in lower case; '' for nothing. A request with a body is answered as it is:
   * the protocol could change only behind its last byte. A WebSocket begins with a GET (RFC 6455 4.1).
   */
  offered(inbound: RequestHead): string {
    if (!inbound.wantsUpgrade || hasBody(inbound)) return '';
    const isGet = inbound.method === 'GET';
    return listMembers(inbound.fieldOfKind(FieldKind.upgrade)!)
      .filter((protocol) => this.#allows(protocol) && (isGet || protocol !== WEBSOCKET))
      .join(', ');
  }

  /** @param protocol `name`, or `name/version` */
  #allows(protocol: string): boolean {
    const slash = protocol.indexOf('/');
    if (slash < 0) return this.#allowed.has(protocol);
    return this.#allowed.has(protocol.slice(0, slash)) && isFieldName(protocol.slice(slash + 1));
  }
}

/** For explain. @param offered as UpgradePolicy.offered() gave it */
export function upgradeStep(inbound: RequestHead, offered: string): UpgradeStep {
  const asked = inbound.fieldOfKind(FieldKind.upgrade)!;
  return { stage: 'upgrade', asked, passed: offered, reason: reasonOf(inbound, offered) };
}

function reasonOf(inbound: RequestHead, offered: string): string {
  if (offered !== '') return 'a 101 of the server begins a session, any other response is one to a request';
  if (!inbound.wantsUpgrade) return 'not passed on: Connection does not name it, or the request is not HTTP/1.1';
  if (hasBody(inbound)) return 'not passed on: the request has a body';
  const asked = listMembers(inbound.fieldOfKind(FieldKind.upgrade)!);
  if (inbound.method !== 'GET' && asked.includes(WEBSOCKET)) return 'not passed on: a WebSocket begins with a GET';
  return 'not passed on: protocol.upgrade.allow does not name it';
}

function hasBody({ bodyKind, contentLength }: RequestHead): boolean {
  return bodyKind === BodyKind.chunked || contentLength > 0;
}

/** Why the 101 `head` is no answer to `inbound`; null where it is. @param offered as UpgradePolicy.offered() gave it */
export function whySwitchRefused(inbound: RequestHead, offered: string, head: ResponseHead): string | null {
  if (offered === '') return 'switched protocols without being asked';
  const chosen = listMembers(head.fieldOfKind(FieldKind.upgrade) ?? '').filter((name) => name !== '');
  if (chosen.length === 0) return 'switched protocols without saying to which one (Upgrade)';
  const asked = listMembers(offered);
  const other = chosen.find((name) => !asked.includes(name));
  if (other !== undefined) return `switched to ${other} where ${offered} was asked for`;
  if (!chosen.includes(WEBSOCKET)) return null;
  const accept = head.field('sec-websocket-accept');
  if (accept === undefined) return 'began a WebSocket without Sec-WebSocket-Accept';
  const answers = accept === acceptOf(inbound.field('sec-websocket-key') ?? '');
  return answers ? null : 'began a WebSocket with a Sec-WebSocket-Accept that does not answer the key';
}

/** @param upgrade value of the Upgrade field of a 101 */
export function isWebSocket(upgrade: string): boolean {
  return listMembers(upgrade).includes(WEBSOCKET);
}

/** RFC 6455 4.2.2. */
function acceptOf(key: string): string {
  return hash('sha1', key + ACCEPT_SALT, 'base64');
}
