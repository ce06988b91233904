// The attributes of the affinity cookie (RFC 6265 4.1; SameSite and Partitioned: RFC 6265bis and CHIPS).
import type { AffinityConfig } from '../../model/farm-config.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { hostName } from '../../wire/http1/authority.ts';

/** Fewer would be a top-level domain, for which browsers take no cookie. */
const FEWEST_LABELS = 2;
const DOMAIN = /^(?=[a-z0-9._-]{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

export class CookieAttributes {
  readonly #plain: string;
  readonly #secure: string;
  readonly #labels: number | null;

  constructor(config: AffinityConfig) {
    this.#plain = attributesOf(config, false);
    this.#secure = attributesOf(config, true);
    this.#labels = config.cookieDomainLabels === null ? null : Math.max(FEWEST_LABELS, config.cookieDomainLabels);
  }

  /** What follows the value, from its first semicolon. */
  for({ connection, inbound }: RequestContext): string {
    const attributes = connection.secure ? this.#secure : this.#plain;
    return this.#labels === null ? attributes : attributes + domainOf(inbound.host, this.#labels);
  }
}

/**
 * SameSite as DESIGN 6 has it. SameSite=None and Partitioned need Secure on any listener, or browsers drop the cookie: whoever writes
 * one of them has TLS in front of us.
 */
function attributesOf({ sameSite, partitioned, cookiePath }: AffinityConfig, secure: boolean): string {
  const chosen = sameSite ?? (secure || partitioned ? 'None' : null);
  const isSecure = secure || partitioned || chosen === 'None';
  const parts = [
    `Path=${cookiePath}`,
    'HttpOnly',
    isSecure ? 'Secure' : '',
    chosen === null ? '' : `SameSite=${chosen}`,
    partitioned ? 'Partitioned' : '',
  ];
  return parts
    .filter((part) => part !== '')
    .map((part) => `; ${part}`)
    .join('');
}

/**
 * Never a port, an address or a single label: browsers drop such a cookie, and the client would change servers (arr.md 7.2). For them a host
 * with a dot at its end lies in no domain either.
 */
function domainOf(host: string, labels: number): string {
  const name = hostName(host).toLowerCase();
  if (!DOMAIN.test(name)) return '';
  return `; Domain=${name.split('.').slice(-labels).join('.')}`;
}
