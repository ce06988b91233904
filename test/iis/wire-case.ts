// Sends the requests of a case to a running router, and writes what came of them in the words of the case. Only what can be
// seen on the wire is looked at: explain tells the rest.
import type { Buffer } from 'node:buffer';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { ReceivedRequest } from '../kit/backend.ts';
import { fieldOf, type Response } from '../kit/message.ts';
import type { WirePeer } from '../kit/wire-peer.ts';
import type { CaseRequest, ExpectedLine } from './case-requests.ts';

/** Kinds of outcome, and what one sees of them. */
const LOCAL: ReadonlySet<string> = new Set(['none', 'rewrite']);

/** Whether a request can be sent as it is: in clear, from here, and to a port that the case leaves open. */
export function canBeSent({ url, client, expected }: CaseRequest): boolean {
  const [kind, target = ''] = expected[0]!.text.split(' ');
  if (kind === 'proxy' && !target.startsWith('http://shop/')) return false;
  return client === null && /^http:\/\/[^/?#:]+(?:[/?#]|$)/.test(url);
}

/** The request on the wire. */
export function requestText({ method, url, headers }: CaseRequest): string {
  const [, host, target] = /^http:\/\/([^/?#]+)([^#]*)/.exec(url)!;
  const given = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const needsHost = !headers.some(([name]) => name.toLowerCase() === 'host');
  const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
  const framing = method === 'POST' && length === 0 ? 'Content-Length: 0\r\n' : '';
  const path = target!.startsWith('/') ? target : `/${target}`;
  const head = `${method} ${path} HTTP/1.1\r\n${needsHost ? `Host: ${host}\r\n` : ''}${given}${framing}`;
  return `${head}Connection: close\r\n\r\n${'x'.repeat(length)}`;
}

/**
 * What is expected of `request`, and what was seen.
 * @param peer has sent it, and everything came
 * @param reached what reached the server of the farm `shop`, if anything did
 */
export async function compareOnTheWire(
  request: CaseRequest,
  peer: WirePeer,
  reached: ReceivedRequest | undefined,
): Promise<{ expected: string[]; seen: string[] }> {
  const response = peer.bytes.length === 0 ? null : await peer.response(request.method);
  const lines = request.expected.filter((line) => isVisible(line, request));
  const expected = lines.map((line) => shown(line, wanted(line)));
  const seen = lines.map((line) => {
    if (line.about === 'header')
      return shown(line, reached ? (fieldOf(reached, line.name) ?? '(none)') : '(no request)');
    if (line.about === 'outcome') return shown(line, outcomeSeen(line.text, response, reached?.startLine ?? ''));
    return shown(line, response === null ? '(closed)' : partSeen(line, response));
  });
  return { expected, seen };
}

/** A static file is answered by the site, whatever the case says that a server would have answered. */
function isVisible({ about, text }: ExpectedLine, { expected, response }: CaseRequest): boolean {
  if (about === 'response') return expected[0]!.text.startsWith('proxy') || response === null;
  return about === 'outcome' || about === 'description' || (about === 'header' && text !== 'untouched');
}

function shown({ about, name }: ExpectedLine, text: string): string {
  return `${about} ${name}: ${text}`;
}

/** The expectation as the wire shows it: the reason of an error and a sub-status are not sent. */
function wanted({ about, text }: ExpectedLine): string {
  if (about !== 'outcome') return text === 'removed' || text === 'absent' ? '(none)' : text.replace(/^: /, '');
  const [kind, ...rest] = text.split(' ');
  if (LOCAL.has(kind!)) return 'nothing to be had here';
  if (kind === 'static') return '200';
  if (kind === 'proxy') return rest[0]!.replace('http://shop', '');
  if (kind === 'abort') return '(closed)';
  return rest.join(' ').replace(/^(\d{3})\.\d+/, '$1');
}

function outcomeSeen(text: string, response: Response | null, startLine: string): string {
  const [kind] = text.split(' ');
  if (kind === 'proxy') return startLine.split(' ')[1] ?? `not sent on: ${response?.startLine}`;
  if (response === null) return '(closed)';
  if (LOCAL.has(kind!))
    return response.status >= 403 && response.status <= 405 ? 'nothing to be had here' : response.head;
  if (kind === 'redirect') return `${response.status} ${fieldOf(response, 'location')}`;
  if (kind === 'answer') return response.startLine.replace('HTTP/1.1 ', '');
  return String(response.status);
}

function partSeen({ about, name, text }: ExpectedLine, response: Response): string {
  if (about === 'description' || name === 'body') return bodyText(response);
  if (name === 'status') return String(response.status);
  if (name === 'says') return bodyText(response).includes(text) ? text : bodyText(response);
  return fieldOf(response, name) ?? '(none)';
}

function bodyText(response: Response): string {
  const coding = fieldOf(response, 'content-encoding');
  const decode = coding === 'gzip' ? gunzipSync : coding === 'br' ? brotliDecompressSync : (bytes: Buffer) => bytes;
  return decode(response.body).toString();
}
