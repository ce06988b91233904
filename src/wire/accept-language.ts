// Which languages a client wants (RFC 9110 12.5.4).

const MEMBER = /^([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/i;
const MOST_LANGUAGES = 10;

/** Language tags, best first, at most ten; of each that has a region, the language alone stands behind it. */
export function acceptedLanguages(field: string | undefined): string[] {
  const members = (field ?? '').split(',', MOST_LANGUAGES).flatMap((member) => {
    const match = MEMBER.exec(member.trim());
    const weight = match?.[2] === undefined ? 1 : Number(match[2]);
    return match === null || weight === 0 ? [] : [{ tag: match[1]!, weight }];
  });
  const tags = members.toSorted((a, b) => b.weight - a.weight).flatMap(({ tag }) => [tag, tag.split('-')[0]!]);
  return [...new Set(tags)];
}
