// What the fields of a W3C log were before they were logged: a space is logged as `+`, and IIS logs paths decoded.

const NOT_IN_PATHS = /[^!-~]|["<>\\^`{|}?#]/gu;
const BAD_PERCENT = /%(?![0-9A-Fa-f]{2})/g;

/**
 * A path that can be asked for again.
 * @param isRaw whether it was logged as it came
 */
export function loggedPath(stem: string, isRaw: boolean): string {
  if (isRaw) return stem;
  // A `+` of a client never gets this far: request filtering takes it for a double escape (404.11).
  const path = stem.replaceAll('+', '%20').replace(BAD_PERCENT, '%25');
  return path.replace(NOT_IN_PATHS, encode);
}

/** The value of a request header. @param name of it */
export function loggedHeader(name: string, field: string): string {
  switch (name.toLowerCase()) {
    case 'referer':
      return field; // a URL: its `+` are its own
    case 'cookie':
      return field.replaceAll(';+', '; ');
    default:
      return field.replaceAll('+', ' ');
  }
}

function encode(character: string): string {
  return encodeURIComponent(character.toWellFormed());
}
