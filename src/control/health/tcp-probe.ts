// The plainest test of a server: a connection can be made.
import { connect, type NetConnectOpts } from 'node:net';
import type { Verdict } from './http-probe.ts';
import type { ProbeRequest } from './probe-request.ts';
import { type HostLookup, placeOf } from './server-place.ts';

/** Runs the test once; it never rejects. @param signal ends the run; its reason, a text, becomes the verdict's */
export async function probeOverTcp(request: ProbeRequest, lookup: HostLookup, signal: AbortSignal): Promise<Verdict> {
  try {
    const place = await placeOf(request, lookup);
    signal.throwIfAborted();
    await connected(place, request.preface, signal);
    return { passed: true, status: null, reason: 'connected' };
  } catch (error) {
    return { passed: false, status: null, reason: signal.aborted ? String(signal.reason) : (error as Error).message };
  }
}

/** @param preface what the server wants to hear first; null for nothing */
function connected(place: NetConnectOpts, preface: Buffer | null, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, signal });
    socket.on('error', reject);
    socket.on('connect', () => {
      if (preface === null) socket.destroy();
      else socket.end(preface, () => socket.destroy());
      resolve();
    });
  });
}
