// Where a rule stands, in a word: as the steps of explain and lists of rules name it.

export const GLOBAL_SCOPE = 'global';

/**
 * @param set 'global', or the name of a site
 * @param base what the rule's URLs are relative to: `/`, or a folder with a slash at both ends
 */
export function ruleScope(set: string, base: string): string {
  return set === GLOBAL_SCOPE ? set : set + folderOfBase(base);
}

/** Without the slash at its end. */
export function folderOfBase(base: string): string {
  return base === '/' ? base : base.slice(0, -1);
}
