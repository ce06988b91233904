// Resident memory of a proxy once it has come to rest, its garbage collected where it has any.
import { setTimeout as pause } from 'node:timers/promises';
import { residentMemory } from '../measure/process-group.ts';
import type { Command } from '../measure/program.ts';
import type { RunningProxy } from '../proxies/running-proxy.ts';

/** Memory counts as settled when it moved by less than this in half a second. */
const SETTLED = 128 * 1024;

/** Bytes. @param collect forces a garbage collection, where the proxy has one */
export async function settledMemory(proxy: RunningProxy, collect: () => void): Promise<number> {
  for (let last = Number.POSITIVE_INFINITY; ; ) {
    collect();
    await pause(500);
    const now = residentMemory(proxy.program.group);
    if (Math.abs(last - now) < SETTLED) return now;
    last = now;
  }
}

/** Starts Narrows so that it collects when it is told to. */
export function withCollection(command: Command): Command {
  const preload = import.meta.resolve('./force-collection.ts');
  return { ...command, channel: true, env: { ...command.env, NODE_OPTIONS: `--import=${preload}` } };
}
