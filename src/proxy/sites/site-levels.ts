// Which level of a site's configuration is in force for a path: the one with the longest path above it.
import type { SiteLevel } from '../../model/site.ts';

export class SiteLevels {
  readonly #root: SiteLevel;
  /** By lower-case path: letter case does not count in IIS. */
  readonly #byPath: ReadonlyMap<string, SiteLevel>;

  /** @param levels one of them is that of `/` */
  constructor(levels: readonly SiteLevel[]) {
    this.#byPath = new Map(levels.map((level) => [level.config.path.toLowerCase(), level]));
    this.#root = this.#byPath.get('/')!;
  }

  at(path: string): SiteLevel {
    if (this.#byPath.size === 1) return this.#root;
    let above = path.toLowerCase();
    while (above.length > 1) {
      const level = this.#byPath.get(above);
      if (level !== undefined) return level;
      above = above.slice(0, above.lastIndexOf('/'));
    }
    return this.#root;
  }
}
