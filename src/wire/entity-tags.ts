// Entity tags in If-Match, If-None-Match and If-Range (RFC 9110 8.8.3, 13.1).

const TAG = /^[ \t]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/;

/**
 * Whether a field names `tag`, or anything (`*`).
 * @param tag of the present representation; null when it has none
 * @param weak whether tags that differ in weakness only are the same (If-None-Match)
 */
export function namesTag(field: string, tag: string | null, weak: boolean): boolean {
  if (field.trim() === '*') return true;
  if (tag === null) return false;
  let rest = field;
  for (let match = TAG.exec(rest); match !== null; match = TAG.exec(rest)) {
    if (isSame(match[1]!, tag, weak)) return true;
    rest = rest.slice(match[0].length);
  }
  return false; // at what is no tag, reading ends
}

function isSame(a: string, b: string, weak: boolean): boolean {
  return weak ? opaque(a) === opaque(b) : a === b && !a.startsWith('W/');
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
