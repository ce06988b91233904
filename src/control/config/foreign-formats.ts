// Configuration files that are no YAML, and files in the folders of sites, as the loader sees them: whoever reads them
// gives the same tree that YAML gives, with places in the files it came from.
import { extname } from 'node:path';
import type { LocatedProblem } from '../../model/config-error.ts';
import type { MapNode } from '../../model/config-node.ts';

/** Reads what other programs write; the engine brings it. */
export interface ForeignFormats {
  /** Reads the file `file` with the text `text`. */
  read(text: string, file: string): Promise<ForeignRead>;
  /** Adds to the sites in `root`, in place, what files in their folders say about them. */
  addSiteFiles(root: MapNode): Promise<Omit<ForeignRead, 'root'>>;
}

interface ForeignRead {
  /** Null where the file could not be read: then `problems` says why. */
  root: MapNode | null;
  /** Absolute paths of what was read, and of files that would be read if they were there. */
  files: string[];
  problems: LocatedProblem[];
}

/** Whether a file is one of IIS by its name or its text. */
export function isXml(text: string, file: string): boolean {
  return isXmlName(file) || /^\uFEFF?\s*<[?!A-Za-z]/.test(text);
}

export function isXmlName(file: string): boolean {
  return ['.xml', '.config', '.xdt'].includes(extname(file).toLowerCase());
}
