// A place where connecting gets no answer: a listener whose thread never accepts, and whose queue is full.
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';

const NEVER_ACCEPTS = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** @returns its address, as farms write it */
export async function silentServer(): Promise<string> {
  const worker = new Worker(NEVER_ACCEPTS, { eval: true });
  onTestFinished(() => void worker.terminate());
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  // The system queues a few; those that come behind them wait.
  const queued = Array.from({ length: 4 }, () => connect({ host: '127.0.0.1', port }));
  for (const socket of queued) onTestFinished(() => void socket.on('error', () => {}).destroy());
  await eventually(() => queued.filter((socket) => !socket.connecting).length >= 2);
  return `127.0.0.1:${port}`;
}
