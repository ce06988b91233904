// Entry of a worker thread: a data plane that is called by messages. Nothing that is reached from here knows the control plane.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { DataPlane } from './data-plane.ts';
import type { DataPlaneEvents, DataPlaneSetup } from './data-plane-port.ts';
import type { PlaneCall, PlaneMessage } from './plane-messages.ts';

const control = parentPort!;

function send(message: PlaneMessage, transfer: ArrayBuffer[] = []): void {
  control.postMessage(message, transfer);
}

const events: DataPlaneEvents = {
  onLiveFailure: (...values) => send({ kind: 'event', event: 'onLiveFailure', arguments: values }),
  onLogLines: (lines) => send({ kind: 'event', event: 'onLogLines', arguments: [lines] }, [lines.buffer]),
  onUntrustedForward: (...values) => send({ kind: 'event', event: 'onUntrustedForward', arguments: values }),
  onNameWanted: (...values) => send({ kind: 'event', event: 'onNameWanted', arguments: values }),
  onHostsWanted: (...values) => send({ kind: 'event', event: 'onHostsWanted', arguments: values }),
  onHostsUnanswered: (...values) => send({ kind: 'event', event: 'onHostsUnanswered', arguments: values }),
  onHostUses: (...values) => send({ kind: 'event', event: 'onHostUses', arguments: values }),
  onInternalError: (...values) => send({ kind: 'event', event: 'onInternalError', arguments: values }),
};

const plane = new DataPlane(workerData as DataPlaneSetup, events, systemClock);

control.on('message', async ({ call, verb, arguments: values }: PlaneCall) => {
  try {
    const value = await (plane[verb] as (...given: unknown[]) => Promise<unknown>).apply(plane, values);
    send({ kind: 'answer', call, value });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    send({ kind: 'failure', call, error: { message, code } });
  }
});
