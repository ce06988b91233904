// Whether curl is there: a user's own client, which tests run beside ours.
import { spawnSync } from 'node:child_process';

/** Says that `what` is not tested where there is none. @throws Error where CI is true: it has to be there */
export function hasCurl(what: string): boolean {
  if (spawnSync('curl', ['--version'], { stdio: 'ignore' }).error === undefined) return true;
  if (process.env.CI === 'true') throw new Error('curl is not installed');
  process.stderr.write(`SKIPPED: tests of ${what}, because curl is not installed\n`);
  return false;
}
