// The head of the request that goes to the server: the client's fields in their spelling and order, without what is
// meant for us alone, with what a server behind a proxy needs to know (arr.md 4.1, CONTRACT 3).
//
// The head is put together from runs of the client's text: on the plain path a handful of pieces, no object per field.

import type { ClientTlsInfo } from '../../model/client-tls.ts';
import type { RequestForwarding } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { isAuthority } from '../../wire/http1/authority.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { FIELD_STRIDE } from '../../wire/http1/message-head.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import { fieldLine, utf8AsLatin1 } from '../../wire/http1/serialise.ts';
import { UpgradePolicy } from './upgrade-policy.ts';

/** Passed on as it is. */
const KEEP = 0;
/** Never passed on: hop-by-hop, or the serialiser's, or ours to say (a client could otherwise say it for us). */
const DROP = 1;
/** Depends on the request or the configuration: #drops() decides. */
const ASK = 2;

const DROPPED = [
  'connection',
  'contentLength',
  'transferEncoding',
  'keepAlive',
  'te',
  'upgrade',
  'expect',
  'proxyConnection',
  'proxyAuthorization',
  'xForwardedFor',
  'xForwardedProto',
  'xForwardedHost',
  'xArrSsl',
  'xArrClientcert',
  'xArrLogId',
  'xOriginalUrl',
  'maxForwards',
] as const;

const HANDLING = new Uint8Array(64);
for (const name of DROPPED) HANDLING[FieldKind[name]] = DROP;
for (const name of ['host', 'trailer', 'underscore'] as const) HANDLING[FieldKind[name]] = ASK;

/** What forwarding depends on in a farm's configuration, worked out once. */
export class ForwardedHead implements RequestForwarding {
  readonly #config: FarmConfig;
  readonly #upgrades: UpgradePolicy;
  /** Lower-case names of fields that are ours to say and have another name than ARR gives them. */
  readonly #ownNames: ReadonlySet<string>;
  readonly #stealth: boolean;
  readonly #appends: boolean;
  /** Whether the configuration leaves the plain path open. */
  readonly #plain: boolean;
  readonly #forwardedBy: string;
  /** On the plain path: what stands before the client's address, its host, and the id of the request. */
  readonly #beforeFor: string;
  readonly #beforeHost: string;
  readonly #beforeSecureHost: string;
  readonly #beforeId: string;

  /** @param appends whether X-Forwarded-For of untrusted peers is appended to, as ARR does (compatibility: xForwardedFor) */
  constructor(config: FarmConfig, appends: boolean) {
    this.#config = config;
    this.#appends = appends;
    this.#upgrades = new UpgradePolicy(config.protocol.upgrade.allow);
    const { protocol } = config;
    const usual = ['x-forwarded-for', 'x-arr-ssl', 'x-arr-clientcert', 'x-arr-log-id'];
    const own = [
      protocol.xForwardedForHeaderName,
      protocol.sslHeaderName,
      protocol.clientCertHeaderName,
      protocol.logGuidName,
      protocol.xForwardedByHeader === '' ? '' : protocol.xForwardedByHeaderName,
    ].map((name) => name.toLowerCase());
    this.#ownNames = new Set(own.filter((name) => name !== '' && !usual.includes(name)));
    this.#stealth = protocol.stealthMode;
    this.#forwardedBy =
      protocol.xForwardedByHeader === '' || protocol.stealthMode
        ? ''
        : fieldLine(protocol.xForwardedByHeaderName, utf8AsLatin1(protocol.xForwardedByHeader));
    this.#beforeFor = `${this.#forwardedBy}${protocol.xForwardedForHeaderName}: `;
    this.#beforeHost = beforeHost('http');
    this.#beforeSecureHost = beforeHost('https');
    this.#beforeId = `\r\nMax-Forwards: ${protocol.maxForwards}\r\n${protocol.logGuidName}: `;
    this.#plain =
      !appends && !protocol.stealthMode && protocol.xForwardedForHeaderName !== '' && protocol.logGuidName !== '';
  }

  /**
   * The whole head, with its empty line.
   * @throws ProxyError loop when Max-Forwards has run out, badRequest for what limits.underscoreHeaders refuses,
   *   ruleFailed when a rule wrote something that no head may carry
   */
  headFor(ctx: RequestContext, server: Server): string {
    const { inbound, outbound } = ctx;
    const host = this.#hostFor(ctx, server);
    const hostStays = host === inbound.host && inbound.has(FieldKind.host);
    let head = `${inbound.method} ${outbound.target} HTTP/1.1\r\n`;
    if (!hostStays && host !== '') head += `Host: ${host}\r\n`;
    head += this.#keptFields(ctx, hostStays);
    if (outbound.fieldEdits !== null) head += editLines(outbound.fieldEdits);
    head += this.#ownLines(ctx, server);
    head += framingLines(inbound);
    const upgrade = inbound.wantsUpgrade ? this.offeredUpgrade(inbound) : '';
    if (upgrade !== '') head += `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
    else if (!this.#config.protocol.keepAlive) head += 'Connection: close\r\n';
    return `${head}\r\n`;
  }

  offeredUpgrade(inbound: RequestHead): string {
    return this.#upgrades.offered(inbound);
  }

  /** arr.md 5.2; '' where a rule wrote one, which then stands among its edits. */
  #hostFor(ctx: RequestContext, server: Server): string {
    const { protocol } = this.#config;
    if (typeof ctx.outbound.fieldEdits?.get('host') === 'string') return '';
    if (protocol.alternateHostName !== '') return protocol.alternateHostName;
    if (protocol.preserveHostHeader && ctx.inbound.host !== '') return ctx.inbound.host;
    return ctx.outbound.scheme === 'https' ? server.secureHostHeader : server.hostHeader;
  }

  /** The client's fields that go on, copied in runs. */
  #keptFields(ctx: RequestContext, hostStays: boolean): string {
    const { inbound, outbound } = ctx;
    const { text, fields } = inbound;
    const anyByName = inbound.connectionOptions !== null || outbound.fieldEdits !== null || this.#ownNames.size > 0;
    let kept = '';
    let runStart = inbound.fieldsStart;
    const end = inbound.fieldCount * FIELD_STRIDE;
    for (let at = 0; at < end; at += FIELD_STRIDE) {
      const handling = HANDLING[fields[at]!];
      if (handling === KEEP && !anyByName) continue;
      if (hostStays && fields[at] === FieldKind.host) continue;
      if (handling !== DROP && !this.#drops(ctx, at)) continue;
      const lineStart = fields[at + 1]!;
      if (runStart < lineStart) kept += text.slice(runStart, lineStart);
      runStart = at + FIELD_STRIDE < end ? fields[at + FIELD_STRIDE + 1]! : text.length;
    }
    return runStart < text.length ? kept + text.slice(runStart) : kept;
  }

  #drops(ctx: RequestContext, at: number): boolean {
    const { inbound } = ctx;
    const kind = inbound.fields[at]!;
    if (kind === FieldKind.host) return true;
    if (kind === FieldKind.trailer) return inbound.bodyKind !== BodyKind.chunked;
    if (kind === FieldKind.underscore) {
      const { underscoreHeaders } = ctx.snapshot.config.limits;
      if (underscoreHeaders === 'refuse')
        throw new ProxyError('badRequest', `the name of field ${inbound.nameAt(at / FIELD_STRIDE)} has an underscore`);
      if (underscoreHeaders === 'drop') return true;
    }
    const name = inbound.nameAt(at / FIELD_STRIDE).toLowerCase();
    return (
      inbound.connectionOptions?.includes(name) === true ||
      ctx.outbound.fieldEdits?.has(name) === true ||
      this.#ownNames.has(name)
    );
  }

  /** What we say of the client and of ourselves. */
  #ownLines(ctx: RequestContext, server: Server): string {
    const { inbound, outbound, connection } = ctx;
    const isPlain =
      this.#plain &&
      outbound.fieldEdits === null &&
      !connection.trusted &&
      inbound.host !== '' &&
      !inbound.has(FieldKind.maxForwards);
    if (!isPlain) return this.#ownLinesWithCare(ctx, server);
    const { includePortInXForwardedFor } = this.#config.protocol;
    const client = forwardedFor(ctx, includePortInXForwardedFor, false);
    const before = connection.secure ? this.#beforeSecureHost : this.#beforeHost;
    let lines = `${this.#beforeFor}${client}${before}${inbound.host}${this.#beforeId}${ctx.id}\r\n`;
    if (connection.tls !== null) lines += this.#tlsLines(connection.tls);
    return outbound.rewritten ? `${lines}X-Original-URL: ${inbound.path}\r\n` : lines;
  }

  /** arr.md 4.1. */
  #tlsLines(tls: ClientTlsInfo, edits: ReadonlyMap<string, unknown> | null = null): string {
    const { sslHeaderName, clientCertHeaderName } = this.#config.protocol;
    const isOurs = (name: string): boolean => name !== '' && edits?.has(name.toLowerCase()) !== true;
    let lines = isOurs(sslHeaderName) ? fieldLine(sslHeaderName, tls.arrSsl) : '';
    const certificate = tls.clientCertificate;
    if (certificate !== null && isOurs(clientCertHeaderName)) lines += fieldLine(clientCertHeaderName, certificate.der);
    return lines;
  }

  /** The same where a trusted peer has said some of it already, or a rule: then the rule has the last word. */
  #ownLinesWithCare(ctx: RequestContext, server: Server): string {
    const { inbound, outbound } = ctx;
    const { protocol } = this.#config;
    const edits = outbound.fieldEdits;
    let lines = this.#forwardedBy;
    if (protocol.xForwardedForHeaderName !== '' && edits?.has(protocol.xForwardedForHeaderName.toLowerCase()) !== true)
      lines += `${protocol.xForwardedForHeaderName}: ${forwardedFor(ctx, protocol.includePortInXForwardedFor, this.#appends)}\r\n`;
    if (edits?.has('x-forwarded-proto') !== true) lines += `X-Forwarded-Proto: ${forwardedProto(ctx)}\r\n`;
    if (inbound.host !== '' && edits?.has('x-forwarded-host') !== true)
      lines += `X-Forwarded-Host: ${forwardedHost(ctx)}\r\n`;
    const forwards = maxForwards(inbound, protocol.maxForwards, server);
    if (this.#stealth) return lines;
    lines += `Max-Forwards: ${forwards}\r\n`;
    if (protocol.logGuidName !== '') lines += `${protocol.logGuidName}: ${ctx.id}\r\n`;
    if (ctx.connection.tls !== null) lines += this.#tlsLines(ctx.connection.tls, edits);
    return outbound.rewritten ? `${lines}X-Original-URL: ${inbound.path}\r\n` : lines;
  }
}

function beforeHost(scheme: string): string {
  return `\r\nX-Forwarded-Proto: ${scheme}\r\nX-Forwarded-Host: `;
}

function editLines(edits: ReadonlyMap<string, string | null>): string {
  let lines = '';
  for (const [name, value] of edits) {
    if (value === null) continue;
    if (name === 'host' && !isAuthority(value, 0, value.length))
      throw new ProxyError('ruleFailed', `a rule set Host to "${value}", which is no host[:port]`);
    lines += fieldLine(name, value);
  }
  return lines;
}

/** The serialiser's own fields: the body is framed as the client framed it, for every method (RFC 9112 6.3). */
function framingLines(inbound: RequestHead): string {
  let lines = '';
  if (inbound.bodyKind === BodyKind.chunked) lines = 'Transfer-Encoding: chunked\r\n';
  else if (inbound.has(FieldKind.contentLength)) lines = `Content-Length: ${inbound.contentLength}\r\n`;
  if (inbound.expectContinue) lines += 'Expect: 100-continue\r\n';
  if (inbound.acceptsTrailers) lines += 'TE: trailers\r\nConnection: TE\r\n';
  return lines;
}

/** Replaced unless the peer is trusted: then the peer is added to what it said (CONTRACT 3). */
function forwardedFor(ctx: RequestContext, withPort: boolean, appends: boolean): string {
  const { peerAddress, peerPort, trusted } = ctx.connection;
  const shown = peerAddress.includes(':') && withPort ? `[${peerAddress}]` : peerAddress === '' ? 'unix' : peerAddress;
  const peer = withPort && peerPort > 0 ? `${shown}:${peerPort}` : shown;
  const before = trusted || appends ? ctx.inbound.fieldOfKind(FieldKind.xForwardedFor) : undefined;
  return before === undefined || before === '' ? peer : `${before}, ${peer}`;
}

function forwardedProto(ctx: RequestContext): string {
  const said = ctx.connection.trusted ? ctx.inbound.fieldOfKind(FieldKind.xForwardedProto) : undefined;
  return said ?? (ctx.connection.secure ? 'https' : 'http');
}

function forwardedHost(ctx: RequestContext): string {
  const said = ctx.connection.trusted ? ctx.inbound.fieldOfKind(FieldKind.xForwardedHost) : undefined;
  return said ?? ctx.inbound.host;
}

/** arr.md 15 row 22: one less than what came, where that is less than ours. */
function maxForwards(inbound: RequestHead, configured: number, server: Server): number {
  const said = inbound.fieldOfKind(FieldKind.maxForwards);
  if (said === undefined || !/^\d{1,9}$/.test(said)) return configured;
  const left = Number(said);
  if (left === 0)
    throw new ProxyError(
      'loop',
      `Max-Forwards is 0: the request goes round in a loop, and was to go on to ${server.id}`,
    );
  return Math.min(left - 1, configured);
}
