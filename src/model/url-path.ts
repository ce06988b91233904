// URL paths in the configuration of a site, where letter case does not count: which of them stand above a path.

/** @param above `/`, or without a slash at its end */
export function isAtOrBelow(path: string, above: string): boolean {
  if (above === '/') return true;
  if (path.length < above.length || path.slice(0, above.length).toLowerCase() !== above.toLowerCase()) return false;
  return path.length === above.length || path[above.length] === '/';
}

/** The deepest of `applications` that `path` belongs to; `/` where there is no other. */
export function applicationOf(path: string, applications: readonly string[]): string {
  let deepest = '/';
  for (const each of applications) if (each.length > deepest.length && isAtOrBelow(path, each)) deepest = each;
  return deepest;
}
