// What may be written as the URL of a health test.

/**
 * @param written a path of the server, an absolute http or https URL, `tcp:` to connect only, or '' for no test
 * @returns it as it is used; null when it is none of these
 */
export function readTestUrl(written: string): string | null {
  if (written === '' || (written.startsWith('/') && !/[\s\x00-\x1f]/.test(written))) return written;
  if (/^https?:\/\//i.test(written) && URL.canParse(written)) return written;
  return /^tcp:$/i.test(written) ? 'tcp:' : null;
}
