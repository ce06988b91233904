// Runs a text inside a worker thread of this process, as a debugger would: how tests make a worker die.
import { Session } from 'node:inspector';

/** @param name of the thread, as the router gave it: `narrows-0` is the first worker */
export async function runInWorker(name: string, expression: string): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    const sessionId = await new Promise<string>((resolve, reject) => {
      session.on('NodeWorker.attachedToWorker', ({ params }) => {
        if (params.workerInfo.title.endsWith(name)) resolve(params.sessionId);
      });
      session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, (error) => error && reject(error));
    });
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } });
    const told = new Promise<void>((resolve) => {
      session.on('NodeWorker.receivedMessageFromWorker', () => resolve());
      session.on('NodeWorker.detachedFromWorker', () => resolve());
    });
    session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    await told;
  } finally {
    session.disconnect();
  }
}
