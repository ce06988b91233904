// What the operating system says of a started program and everything it started: one process group.
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc in one second (USER_HZ: 100 on every Linux that Node runs on). */
const TICKS_PER_SECOND = 100;

/** User and system time in µs of all threads of the group's living processes (proc(5): utime and stime). */
export function cpuTime(group: number): number {
  let ticks = 0;
  for (const { fields } of members(group)) ticks += Number(fields[11]) + Number(fields[12]);
  return (ticks * 1_000_000) / TICKS_PER_SECOND;
}

/** Resident memory of the group in bytes; pages that its processes share count for each. */
export function residentMemory(group: number): number {
  let kilobytes = 0;
  for (const { pid } of members(group)) {
    const status = readProc(`/proc/${pid}/status`);
    kilobytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  }
  return kilobytes * 1024;
}

/** `fields` begin with the state: the third field of /proc/PID/stat, after the name in its brackets. */
function* members(group: number): Generator<{ pid: string; fields: string[] }> {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = readProc(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[2]) === group) yield { pid, fields };
  }
}

/** Empty when the process has ended meanwhile. */
function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
