// The host and ports of an origin, read off the URL that a rule made.
import { isAuthority } from '../../wire/http1/authority.ts';

export interface OriginAddress {
  /** A name, or an address without brackets. */
  readonly host: string;
  /** By http and by https: the same one where the URL names one. */
  readonly httpPort: number;
  readonly httpsPort: number;
  /** As Host names it: without the default port of the scheme. */
  readonly hostHeader: string;
  readonly secureHostHeader: string;
}

/** No name is longer (RFC 1035 2.3.4); with brackets, dots and port. */
const LONGEST = 270;
/** What URL would drop, decode or take for the end of the host: nobody may read another host here than we do. */
const UNCLEAR = /[\x00-\x20\x7f@%\\/?#]/;

/** @param authority host[:port]; null where it names none. International names become their ASCII form, `0x7f.1` an address */
export function readOriginAddress(authority: string): OriginAddress | null {
  if (authority.length > LONGEST || UNCLEAR.test(authority)) return null;
  const url = URL.parse(`http://${authority}/`);
  const secure = URL.parse(`https://${authority}/`);
  if (url === null || secure === null || !isAuthority(url.host, 0, url.host.length)) return null;
  // Each of the two leaves out its own default port, and that only.
  const written = url.port || secure.port;
  if (written === '0') return null;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    httpPort: written === '' ? 80 : Number(written),
    httpsPort: written === '' ? 443 : Number(written),
    hostHeader: url.host,
    secureHostHeader: secure.host,
  };
}
