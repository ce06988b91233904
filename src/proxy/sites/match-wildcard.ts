// The wildcards of httpRedirect: `*` is any text. Each star but the last takes the shortest text that lets the next
// piece match, so that no input makes the search run away.

/** @returns the text and what each star stands for; null when it does not match. Letter case does not count. */
export function matchWildcard(wildcard: string, text: string): string[] | null {
  const [first = '', ...pieces] = wildcard.toLowerCase().split('*');
  const folded = text.toLowerCase();
  const subject = folded.length === text.length ? text : folded;
  if (!folded.startsWith(first)) return null;
  const last = pieces.pop();
  if (last === undefined) return folded === first ? [subject] : null;
  const groups = [subject];
  let at = first.length;
  for (const piece of pieces) {
    const found = folded.indexOf(piece, at);
    if (found === -1) return null;
    groups.push(subject.slice(at, found));
    at = found + piece.length;
  }
  const end = folded.length - last.length;
  if (end < at || !folded.endsWith(last)) return null;
  return [...groups, subject.slice(at, end)];
}
