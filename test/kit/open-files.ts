// The files that this process has open, as Linux shows them.
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const DESCRIPTORS = '/proc/self/fd';

/** What it has open in `directory`; files that have no name any more are in it too. */
export function openIn(directory: string): string[] {
  return readdirSync(DESCRIPTORS)
    .map(linkOf)
    .filter((path) => path.startsWith(directory));
}

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(join(DESCRIPTORS, descriptor));
  } catch {
    return ''; // of the listing itself
  }
}
