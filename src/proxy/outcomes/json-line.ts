// The access log as JSON lines: the fields of CONTRACT 5 in its order; then, where they apply, the names of the rules
// that matched, what TLS was agreed on, and the error with its reason.
import type { ClientTlsInfo } from '../../model/client-tls.ts';
import type { ConnectionRecord } from '../../model/connection-record.ts';
import type { Outcome, RequestContext } from '../../model/request-context.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import { jsonString, jsonStringOfWire } from './json-text.ts';
import { attemptCount, type LineFormat } from './line-format.ts';
import { LogTime, milliseconds } from './log-time.ts';
import { loggedPath } from './logged-url.ts';
import { isSecretField, REDACTED } from './redaction.ts';

interface LoggedField {
  readonly name: string;
  /** The quoted key, with its colon. */
  readonly key: string;
  readonly secret: boolean;
}

export class JsonLineFormat implements LineFormat {
  readonly #time = new LogTime();
  readonly #fields: readonly LoggedField[];

  /** @param requestHeaders names of request header fields to log, in any case (accessLog.requestHeaders) */
  constructor(requestHeaders: readonly string[]) {
    this.#fields = requestHeaders.map((header) => {
      const name = header.toLowerCase();
      return { name, key: `${jsonString(name)}:`, secret: isSecretField(name) };
    });
  }

  line(ctx: RequestContext, outcome: Outcome): string {
    const { inbound } = ctx;
    let line = `{"time":"${this.#time.iso(ctx.receivedAt)}","id":"${ctx.id}","method":"${inbound.method}"`;
    line += `,"scheme":"${ctx.connection.secure ? 'https' : 'http'}","host":${jsonStringOfWire(inbound.host)}`;
    line += `,"url":${jsonStringOfWire(ctx.outbound.logged ? loggedPath(ctx) : inbound.target)},"client":${orNull(ctx.clientAddress)}`;
    line += `,"status":${outcome.status},"subStatus":${outcome.subStatus}`;
    line += `,"farm":${ctx.farm === null || ctx.farm.isOrigin ? 'null' : jsonString(ctx.farm.name)}`;
    line += `,"server":${ctx.server === null ? 'null' : jsonString(ctx.server.address)}`;
    line += `,"bytesIn":${outcome.bytesIn},"bytesOut":${outcome.bytesOut}`;
    line += `,"durationMs":${milliseconds(outcome.duration)},"attempts":${attemptCount(ctx)}`;
    line += `,"affinity":"${ctx.affinity}","userAgent":${wireOrNull(inbound.fieldOfKind(FieldKind.userAgent))}`;
    line += `,"referer":${wireOrNull(inbound.fieldOfKind(FieldKind.referer))}`;
    if (this.#fields.length > 0) line += `,"requestHeaders":${this.#requestHeaders(inbound)}`;
    if (ctx.connection.tls !== null) line += tlsFields(ctx.connection.tls);
    if (ctx.matchedRules !== null) line += `,"rules":[${ctx.matchedRules.map(jsonString).join(',')}]`;
    if (outcome.error !== null) line += `,"error":"${outcome.error}"`;
    if (outcome.reason !== '') line += `,"reason":${jsonString(outcome.reason)}`;
    return `${line}}\n`;
  }

  connectionLine(record: ConnectionRecord): string {
    const { clientAddress, serverName, farmName, serverAddress, end, reason } = record;
    let line = `{"time":"${this.#time.iso(record.receivedAt)}","id":"${record.id}","protocol":"tcp"`;
    line += `,"listener":${jsonString(record.listener)},"serverName":${orNull(serverName)}`;
    line += `,"client":${orNull(clientAddress)},"clientPort":${record.clientPort}`;
    line += `,"farm":${orNull(farmName ?? '')},"server":${orNull(serverAddress ?? '')}`;
    line += `,"bytesIn":${record.bytesIn},"bytesOut":${record.bytesOut}`;
    line += `,"durationMs":${milliseconds(record.duration)},"attempts":${record.attempts},"end":"${end}"`;
    if (reason !== '') line += `,"reason":${jsonString(reason)}`;
    return `${line}}\n`;
  }

  #requestHeaders(inbound: RequestHead): string {
    let text = '{';
    for (const { name, key, secret } of this.#fields) {
      const value = inbound.field(name);
      if (value === undefined) continue;
      if (text.length > 1) text += ',';
      text += key + (secret ? `"${REDACTED}"` : jsonStringOfWire(value));
    }
    return `${text}}`;
  }
}

function tlsFields({ protocol, cipher, serverName }: ClientTlsInfo): string {
  return `,"tls":"${protocol}","cipher":"${cipher}","serverName":${orNull(serverName)}`;
}

function orNull(text: string): string {
  return text === '' ? 'null' : jsonString(text);
}

function wireOrNull(latin1: string | undefined): string {
  return latin1 === undefined ? 'null' : jsonStringOfWire(latin1);
}
