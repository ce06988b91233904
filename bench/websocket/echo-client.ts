// WebSockets through a proxy: opened, then each sends a message as soon as the one before has come back.
import { connect, type Socket } from 'node:net';
import { frame, handshake } from './frames.ts';

export interface Echoes {
  messages: number;
  microseconds: number;
  /** Latency in µs. */
  p50: number;
  p99: number;
}

/** An open WebSocket of `url`. Rejects when it is not accepted, or closed. */
export function openSocket(url: string): Promise<Socket> {
  const { port, hostname, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`${url} closed a WebSocket`)));
    socket.once('data', (head) => {
      if (String(head).startsWith('HTTP/1.1 101 ')) resolve(socket);
      else reject(new Error(`${url} refused a WebSocket: ${head}`));
    });
    socket.write(handshake(host, '/ws/echo'));
  });
}

/** Sends messages of `payload` bytes over `sockets` for so many seconds. */
export async function echoes(sockets: readonly Socket[], payload: number, seconds: number): Promise<Echoes> {
  const question = frame(payload, true);
  const answer = frame(payload, false).length;
  const latencies: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  await Promise.all(sockets.map((socket) => converse(socket, question, answer, end, latencies)));
  const microseconds = (performance.now() - startedAt) * 1000;
  latencies.sort((a, b) => a - b);
  const at = (part: number) => latencies[Math.floor(latencies.length * part)]! * 1000;
  return { messages: latencies.length, microseconds, p50: at(0.5), p99: at(0.99) };
}

function converse(socket: Socket, question: Buffer, answer: number, end: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let come = 0;
    let sentAt = performance.now();
    const lost = (): void => reject(new Error('a WebSocket broke off'));
    const take = (piece: Buffer): void => {
      come += piece.length;
      if (come < answer) return;
      come = 0;
      const now = performance.now();
      latencies.push(now - sentAt);
      sentAt = now;
      if (now < end) return void socket.write(question);
      socket.off('data', take);
      socket.off('close', lost);
      resolve();
    };
    socket.on('data', take);
    socket.once('close', lost);
    socket.write(question);
  });
}
