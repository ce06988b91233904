// The plainest test of a server: a connection can be made.
import { connect, isIP } from 'node:net';
import type { HostLookup, Verdict } from './http-probe.ts';
import type { ProbeRequest } from './probe-request.ts';

/** Runs the test once; it never rejects. @param signal ends the run; its reason, a text, becomes the verdict's */
export async function probeOverTcp(
  { target, port }: ProbeRequest,
  lookup: HostLookup,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    const place =
      target.kind === 'unix'
        ? { path: target.path }
        : { host: isIP(target.host) === 0 ? await lookup(target.host) : target.host, port };
    signal.throwIfAborted();
    await connected(place, signal);
    return { passed: true, status: null, reason: 'connected' };
  } catch (error) {
    return { passed: false, status: null, reason: signal.aborted ? String(signal.reason) : (error as Error).message };
  }
}

function connected(place: { path: string } | { host: string; port: number }, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, signal });
    socket.on('error', reject);
    socket.on('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
