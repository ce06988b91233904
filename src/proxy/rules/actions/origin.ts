// The origin of an absolute URL: `http://shop`, a farm or any host (url-rewrite.md 13).

export interface Origin {
  readonly scheme: 'http' | 'https';
  /** Name of a farm, or host[:port]; lower-case. */
  readonly authority: string;
}

const HTTP_ORIGIN = /^(https?):\/\/([^/?#]*)/i;
/** No blanks or controls, no user, nothing that another parser could read as the end of the host. */
const AUTHORITY = /^[^\x00-\x20\x7f@%\\"<>^`{|}\ud800-\udfff]+$/;

const BEYOND_ASCII = /[^\x00-\x7f]/;

/** The origin that `url` begins with and where it ends, or null when `url` is a path. */
export function readOrigin(url: string): { origin: Origin; end: number } | null {
  const found = HTTP_ORIGIN.exec(url);
  if (found === null) return null;
  const scheme = found[1].toLowerCase() as Origin['scheme'];
  return { origin: { scheme, authority: found[2].toLowerCase() }, end: found[0].length };
}

/**
 * Whether `authority` can be the name of a farm or a host. A host goes into a header: in letters beyond ASCII it is nobody's
 * name on the wire.
 * @param farms names, lower-case
 */
export function canBeDestination(authority: string, farms: ReadonlySet<string>): boolean {
  return AUTHORITY.test(authority) && (farms.has(authority) || !BEYOND_ASCII.test(authority));
}
