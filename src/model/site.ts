// A site, compiled: which requests it gets is decided by its bindings, what is in force for them by its levels.
import type { BindingConfig, BrokenFolderConfig, LevelConfig, SiteConfig } from './site-config.ts';

/** One level of a site's configuration: its root, a folder, an application (url-rewrite.md 1). */
export interface SiteLevel {
  /** Small, and unique in its snapshot: what rooms compile for a level they keep by this number. */
  readonly id: number;
  readonly config: LevelConfig;
}

export interface FolderAndRest {
  /** Absolute. */
  readonly folder: string;
  /** Begins with a slash, or is empty. */
  readonly rest: string;
}

export interface Site {
  readonly name: string;
  readonly config: SiteConfig;
  /** All of them; the first is that of `/`. */
  readonly levels: readonly SiteLevel[];
  /** The level whose settings are in force for `path`, which is decoded and begins with a slash. */
  levelAt(path: string): SiteLevel;
  /** The folder at or above `path` that answers 500.19; null where there is none. `path` as for levelAt(). */
  brokenAbove(path: string): BrokenFolderConfig | null;
  /** The folder that `path` is looked up in, and what of it is left to look up there; null where the site has no folder. */
  folderOf(path: string): FolderAndRest | null;
  /** URL path of the application that `path` belongs to: `/`, or without a slash at the end. */
  applicationAt(path: string): string;
}

/** The site of a request, and the binding that chose it. */
export interface ChosenSite {
  readonly site: Site;
  /** Null for a site without bindings. */
  readonly binding: BindingConfig | null;
}
