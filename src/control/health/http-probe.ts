// One run of the URL test against a real server: GET, on a connection of its own, judged by status and body (arr.md 8.2).
import { get, type IncomingMessage } from 'node:http';
import { connect, type NetConnectOpts } from 'node:net';
import { inCodeRanges } from '../../model/code-ranges.ts';
import type { CodeRanges, HealthCheckConfig } from '../../model/farm-config.ts';
import type { ServerTlsConfig } from '../../model/server-tls.ts';
import type { ProbeRequest } from './probe-request.ts';
import { secureSocket } from './secure-socket.ts';
import { type HostLookup, placeOf } from './server-place.ts';

/** Bytes of a body that are read: a health page is small, and what comes later is not looked at. */
const BODY_BOUND = 262_144;

export interface Verdict {
  readonly passed: boolean;
  /** Null when no response came. */
  readonly status: number | null;
  readonly reason: string;
  /** Bytes that the server has free, as it says in X-Narrows-Memory-Available; absent where it does not. */
  readonly memoryAvailable?: number;
}

/**
 * Runs the test once. It never rejects: what goes wrong is the verdict.
 * @param signal ends the run; its reason, a text, becomes the verdict's
 */
export async function probeOverHttp(
  request: ProbeRequest,
  test: HealthCheckConfig,
  tls: ServerTlsConfig,
  lookup: HostLookup,
  signal: AbortSignal,
): Promise<Verdict> {
  let status: number | null = null;
  try {
    const place = await placeOf(request, lookup);
    signal.throwIfAborted();
    const response = await responseTo(request, place, tls, signal);
    status = response.statusCode!;
    if (!inCodeRanges(test.statusCodeMatch, status)) {
      response.destroy();
      return failed(status, `status ${status}, expected ${textOf(test.statusCodeMatch)}`);
    }
    const body = await bodyOf(response);
    if (!body.includes(test.responseMatch)) return failed(status, `the body does not contain "${test.responseMatch}"`);
    return { passed: true, status, reason: `status ${status}`, ...memoryOf(response) };
  } catch (error) {
    return failed(status, signal.aborted ? String(signal.reason) : (error as Error).message);
  }
}

function memoryOf({ headers }: IncomingMessage): { memoryAvailable?: number } {
  const said = String(headers['x-narrows-memory-available'] ?? '');
  return /^\d{1,15}$/.test(said) ? { memoryAvailable: Number(said) } : {};
}

function failed(status: number | null, reason: string): Verdict {
  return { passed: false, status, reason };
}

async function responseTo(
  request: ProbeRequest,
  place: NetConnectOpts,
  tls: ServerTlsConfig,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { preface } = request;
  const socket = request.secure ? await secureSocket(place, request.name, tls, preface, signal) : connect(place);
  if (preface !== null && !request.secure) socket.write(preface);
  const options = {
    path: request.path,
    headers: { Host: request.host, 'User-Agent': 'Narrows-Health', Accept: '*/*', Connection: 'close' },
    createConnection: () => socket,
    signal,
  };
  return new Promise((resolve, reject) => void get(options, resolve).on('error', reject));
}

/** The body up to BODY_BOUND; rejects when the response breaks off before its end. */
function bodyOf(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    response.on('data', (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      if (length < BODY_BOUND) return;
      resolve(Buffer.concat(pieces));
      response.destroy();
    });
    response.on('end', () => resolve(Buffer.concat(pieces)));
    response.on('error', () => reject(new Error('the connection closed before the response was whole')));
  });
}

function textOf(ranges: CodeRanges): string {
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
