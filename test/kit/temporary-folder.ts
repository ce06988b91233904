// Everything that tests write into the folder for temporary files goes with the run.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function useOwnFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-run-'));
  chmodSync(folder, 0o711); // keepalived runs what is in it as nobody
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
