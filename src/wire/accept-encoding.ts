// Which content coding a client wants (RFC 9110 12.5.3).

const MEMBER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+|\*)[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/i;

/**
 * Those of `offered` that the client takes, the one it likes best first; among equals in the order offered.
 * @param field Accept-Encoding; undefined or '' takes the content as it is
 */
export function acceptedCodings<C extends string>(field: string | undefined, offered: readonly C[]): C[] {
  if (field === undefined) return [];
  const weights = new Map<string, number>();
  for (const member of field.split(',')) {
    const match = MEMBER.exec(member.trim());
    if (match === null) continue;
    const coding = match[1]!.toLowerCase();
    weights.set(coding === 'x-gzip' ? 'gzip' : coding, match[2] === undefined ? 1 : Number(match[2]));
  }
  const weigh = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  // The content as it is stands behind every coding of the same weight, and before one that the client likes less.
  const plain = weights.get('identity') ?? 0;
  return offered.filter((coding) => weigh(coding) > 0 && weigh(coding) >= plain).sort((a, b) => weigh(b) - weigh(a));
}
