// What Linux tells of a process that runs: how it was started.
import { readFileSync } from 'node:fs';

/** Its command, or NAME=VALUE of its environment, in the words that it was given. */
export function wordsOf(pid: number, file: 'cmdline' | 'environ'): string[] {
  return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').slice(0, -1);
}

export function environmentOf(pid: number): Record<string, string> {
  return Object.fromEntries(
    wordsOf(pid, 'environ').map((word) => [word.split('=', 1)[0]!, word.slice(word.indexOf('=') + 1)]),
  );
}
