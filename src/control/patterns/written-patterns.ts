// Every regular expression that rules of a configuration hold, wherever they stand in it: of rules and their conditions, of
// outbound rules and of preconditions.

export interface WrittenPattern {
  readonly text: string;
  readonly ignoreCase: boolean;
}

/** Each once. A rule, or whatever else has patterns, is known by its `patternSyntax`. */
export function writtenPatterns(config: unknown): WrittenPattern[] {
  const found = new Map<string, WrittenPattern>();
  search(config, false, found);
  return [...found.values()];
}

function search(value: unknown, isExpression: boolean, found: Map<string, WrittenPattern>): void {
  if (typeof value !== 'object' || value === null) return;
  const { patternSyntax, pattern, url, ignoreCase } = value as Record<string, unknown>;
  const inside = patternSyntax === undefined ? isExpression : patternSyntax === 'ECMAScript';
  const text = pattern ?? url;
  if (inside && typeof text === 'string' && typeof ignoreCase === 'boolean') {
    found.set(`${ignoreCase} ${text}`, { text, ignoreCase });
  }
  for (const child of Array.isArray(value) ? value : Object.values(value)) search(child, inside, found);
}
