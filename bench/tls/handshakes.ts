// New TLS connections, one request each: with a whole handshake, or resuming a session. Both sides agree on X25519 alone.
import { type ConnectionOptions, connect } from 'node:tls';
import { SERVER_NAME } from './certificate.ts';

const AT_ONCE = 16;
const REQUEST = `GET /shop/small/handshake HTTP/1.1\r\nHost: ${SERVER_NAME}\r\nConnection: close\r\n\r\n`;

export interface Handshakes {
  connections: number;
  microseconds: number;
  /** Time of a connection from its beginning to the end of the response, in µs. */
  p50: number;
  p99: number;
}

/** A session of the server at `port` that may be resumed. */
export function openSession(port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(optionsOf(port));
    socket.once('error', reject);
    socket.once('session', (session: Buffer) => {
      resolve(session);
      socket.destroy();
    });
    socket.write(REQUEST);
    socket.resume();
  });
}

/**
 * Makes connections for so many seconds.
 * @param session that each resumes; null: each makes a whole handshake
 * @throws Error when one fails, or resumes or not against expectation
 */
export async function shakeHands(port: number, session: Buffer | null, seconds: number): Promise<Handshakes> {
  const times: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      await requestOnce(port, session);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  const microseconds = (performance.now() - startedAt) * 1000;
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(times.length * part)]! * 1000;
  return { connections: times.length, microseconds, p50: at(0.5), p99: at(0.99) };
}

function requestOnce(port: number, session: Buffer | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...optionsOf(port), ...(session === null ? {} : { session }) }, () => {
      if (socket.isSessionReused() !== (session !== null))
        reject(new Error(`port ${port}: sessions resume otherwise than expected`));
      socket.write(REQUEST);
    });
    let head = '';
    socket.on('data', (piece: Buffer) => {
      if (head.length < 12) head += piece.toString('latin1', 0, 12);
    });
    socket.once('error', reject);
    socket.once('close', () =>
      head.startsWith('HTTP/1.1 200') ? resolve() : reject(new Error(`port ${port}: ${head}`)),
    );
  });
}

function optionsOf(port: number): ConnectionOptions {
  return {
    ...{ host: '127.0.0.1', port, servername: SERVER_NAME, rejectUnauthorized: false },
    ...{ ecdhCurve: 'X25519', minVersion: 'TLSv1.3' },
  };
}
