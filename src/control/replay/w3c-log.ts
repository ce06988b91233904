// A log in the W3C extended format, as IIS and Narrows write it: lines read by the columns that #Fields names.
import type { AskedRequest } from '../../model/explain-request.ts';
import type { Explainer } from '../../model/explainer.ts';
import { hostName } from '../../wire/http1/authority.ts';
import { readLoggedQuery } from './arr-suffix.ts';
import { BadLine, type ReplayRecord } from './record.ts';
import { recordUrl } from './record-url.ts';
import { W3cColumns } from './w3c-columns.ts';
import { loggedHeader, loggedPath } from './w3c-text.ts';

type SiteFacts = Pick<Explainer, 'isSecurePort' | 'hostOfSite'>;

export class W3cLog {
  /** Null before the first #Fields. */
  #columns: W3cColumns | null = null;
  /** Narrows logs paths as they came, IIS logs them decoded. */
  #isRaw = false;
  #tellsRouted = false;
  readonly #config: SiteFacts;
  readonly #siteId: number | null;

  /**
   * @param config the log tells neither whether TLS is spoken on a port, nor the names of a site
   * @param siteId of the site, where the whole log is of one
   */
  constructor(config: SiteFacts, siteId: number | null) {
    this.#config = config;
    this.#siteId = siteId;
  }

  /** A line that begins with `#`. */
  directive(text: string): void {
    if (/^#Software:/i.test(text)) this.#isRaw = /^#Software:\s*Narrows/i.test(text);
    const fields = /^#Fields:\s*(.*?)\s*$/i.exec(text)?.[1];
    if (fields !== undefined) this.#columns = new W3cColumns(fields.split(/\s+/));
  }

  /** Null for a connection of a virtual server: it has no request. @throws BadLine */
  read(text: string, line: number): ReplayRecord | null {
    const columns = this.#columns;
    if (columns === null) throw new BadLine('neither JSON, nor a line of a W3C log behind its #Fields');
    const values = text.split(' ');
    if (values.length !== columns.count)
      throw new BadLine(
        `${values.length} ${values.length === 1 ? 'field' : 'fields'} where #Fields names ${columns.count}`,
      );
    if (columns.text(values, 'cs-method') === 'TCP') return null;
    const logged = readLoggedQuery(columns.value(values, 'cs-uri-query') ?? '-');
    this.#tellsRouted ||= logged.hasSuffix;
    const host = this.#host(columns, values);
    const request = this.#request(columns, values, logged.query, host);
    const tellsSite = host !== null && columns.text(values, 'cs-host') === null;
    const redacted = columns.redactedIn(values);
    const record: ReplayRecord = { line, request, tellsSite, lacks: (variable) => columns.lacks(variable, redacted) };
    const status = columns.number(values, 'sc-status');
    if (status !== null) {
      const subStatus = columns.number(values, 'sc-substatus');
      record.observed = { status, subStatus, routed: logged.routed, tellsRouted: this.#tellsRouted };
    }
    return record;
  }

  /** As logged, else one of the site, which IIS names W3SVC and its number. */
  #host(columns: W3cColumns, values: readonly string[]): string | null {
    const logged = columns.text(values, 'cs-host');
    if (logged !== null) return logged;
    const named = /^W3SVC(\d+)$/i.exec(columns.text(values, 's-sitename') ?? '')?.[1];
    const id = named === undefined ? this.#siteId : Number(named);
    return id === null ? null : this.#config.hostOfSite(id, columns.number(values, 's-port') ?? 80);
  }

  #request(columns: W3cColumns, values: readonly string[], query: string, host: string | null): AskedRequest {
    const stem = columns.text(values, 'cs-uri-stem');
    if (stem === null) throw new BadLine('there is no cs-uri-stem');
    const port = columns.number(values, 's-port');
    const scheme = this.#config.isSecurePort(port ?? 80) ? 'https' : 'http';
    const authority = host ?? bracketed(columns.text(values, 's-ip') ?? '127.0.0.1');
    const path = loggedPath(stem, this.#isRaw);
    const url = recordUrl(scheme, withPort(authority, port, scheme), query === '' ? path : `${path}?${query}`);
    const headers = columns.headers(values).map(([name, text]): [string, string] => [name, loggedHeader(name, text)]);
    if (host !== null) headers.unshift(['Host', host]);
    return {
      url,
      method: columns.text(values, 'cs-method') ?? 'GET',
      headers,
      client: columns.text(values, 'c-ip') ?? '127.0.0.1',
    };
  }
}

/** The port that the request came in at: the one of Host may be another, behind a port mapping. */
function withPort(authority: string, port: number | null, scheme: string): string {
  if (port === null) return authority;
  return port === (scheme === 'https' ? 443 : 80) ? hostName(authority) : `${hostName(authority)}:${port}`;
}

/** An IPv6 address as it stands in a URL. */
function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address.replace(/%.*$/, '')}]` : address;
}
