// The web.config files in the folders of sites, as one load meets them: whose part each file is, and which of them the load
// does without.
import { decodeText } from '../../base/decode-text.ts';
import { readRegularFile } from '../../base/read-regular-file.ts';
import type { BrokenFolderConfig } from '../../model/site-config.ts';
import { LARGEST_XML } from './read-xml.ts';

/** A folder whose web.config is left out, and all that is below it. */
interface BrokenFolder extends BrokenFolderConfig {
  site: string;
}

export class FolderFiles {
  readonly broken: BrokenFolder[] = [];
  readonly #leftOut: ReadonlySet<string>;
  /** By the path of a file that was read: each web.config that it is, or that takes a section from it. */
  readonly #owners = new Map<string, Set<string>>();

  /** @param leftOut absolute paths of web.config files that are not read */
  constructor(leftOut: ReadonlySet<string> = new Set()) {
    this.#leftOut = leftOut;
  }

  isLeftOut(file: string): boolean {
    return this.#leftOut.has(file);
  }

  /** The web.config `file` is read, with `parts` that stand elsewhere. */
  noteRead(file: string, parts: readonly string[]): void {
    for (const each of [file, ...parts]) this.#owners.set(each, (this.#owners.get(each) ?? new Set()).add(file));
  }

  /** The folder at the URL path `path` goes without `files`: its web.config and those below. */
  noteBroken(site: string, path: string, files: readonly string[]): void {
    const may = (word: RegExp) => files.some((file) => mayHold(file, word));
    this.broken.push({
      site,
      path,
      mayHaveRules: may(/rewrite|configSource/i),
      mayGuard: may(/security|configSource/i),
    });
  }

  /** The web.config files that a fault in `file` belongs to; none where it is no file of a site's folder. */
  ownersOf(file: string): readonly string[] {
    return [...(this.#owners.get(file) ?? [])];
  }

  /** Absolute paths of all that was read. */
  get read(): string[] {
    return [...this.#owners.keys()];
  }
}

/** A fault may hide a section of a file, but not the word for it. */
function mayHold(file: string, word: RegExp): boolean {
  try {
    return word.test(decodeText(readRegularFile(file, LARGEST_XML)));
  } catch {
    return true;
  }
}
