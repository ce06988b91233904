// `expect` of a request: a part of the outcome, compared deeply.

/** Where `actual` is not what `expected` asks for: `status: 302, not 301`; null when all of it is there. */
export function differenceFrom(expected: unknown, actual: unknown, path = ''): string | null {
  if (!isObject(expected)) {
    if (Object.is(expected, actual)) return null;
    const shown = actual === undefined ? 'absent' : JSON.stringify(actual);
    return `${path === '' ? 'outcome' : path}: ${shown}, not ${JSON.stringify(expected)}`;
  }
  if (!isObject(actual) || Array.isArray(expected) !== Array.isArray(actual))
    return `${path === '' ? 'outcome' : path}: ${JSON.stringify(actual) ?? 'absent'}, not ${JSON.stringify(expected)}`;
  if (Array.isArray(expected) && expected.length !== (actual as unknown as unknown[]).length)
    return `${path}: ${(actual as unknown as unknown[]).length} members, not ${expected.length}`;
  for (const [key, value] of Object.entries(expected)) {
    const difference = differenceFrom(
      value,
      Object.hasOwn(actual, key) ? actual[key] : undefined,
      path === '' ? key : `${path}.${key}`,
    );
    if (difference !== null) return difference;
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
