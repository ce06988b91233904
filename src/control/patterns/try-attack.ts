// Tries a text on a regular expression that may run away, without running away with it.
import { runInNewContext } from 'node:vm';

/** Far more than any sound match takes, far less than an attack does, ms. */
const LIMIT = 100;
const MOST_ATTEMPTS = 5;

/** Whether matching `text` takes longer than a tenth of a second of this thread's own time. */
export function takesLonger(expression: RegExp, text: string): boolean {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const before = process.threadCpuUsage();
    try {
      runInNewContext('expression.test(text)', { expression, text }, { timeout: LIMIT });
      return false;
    } catch {
      // The limit is by the clock on the wall: on a busy machine it may have been somebody else's time.
      const { user, system } = process.threadCpuUsage(before);
      if (user + system > (LIMIT * 1000) / 2) return true;
    }
  }
  return true;
}
