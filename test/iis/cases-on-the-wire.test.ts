// The golden cases once more, on real connections: the router does what explain says that it would (README.md).
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRouter } from '../../src/index.ts';
import { type Backend, backend, ok } from '../kit/backend.ts';
import { client } from '../kit/client.ts';
import type { Case } from './case-file.ts';
import { CaseFolder } from './case-folder.ts';
import type { CaseResponse } from './case-requests.ts';
import { givenResponse } from './case-response.ts';
import { casesIn } from './describe-cases.ts';
import { canBeSent, compareOnTheWire, requestText } from './wire-case.ts';

/** Here the port of the listener is another one, and clients have one. */
const ABOUT_PORTS = /\{(?:SERVER|REMOTE)_PORT\}/;

const cases = casesIn(join(import.meta.dirname, 'cases')).filter(
  ([, { requests, entries }]) => requests.some(canBeSent) && !entries.some(({ text }) => ABOUT_PORTS.test(text)),
);

function responseBytes(response: CaseResponse | null): Buffer | string {
  if (response === null) return ok('');
  const { status, headers, body = '', bodyBase64 } = givenResponse(response);
  const bytes = bodyBase64 === undefined ? Buffer.from(body) : Buffer.from(bodyBase64, 'base64');
  const fields = (headers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} X\r\n${fields}Content-Length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
}

/** The case with its farm `shop` on this machine. */
function withServer(parsed: Case, { address }: Backend): Case {
  const server = `<server address="127.0.0.1"><applicationRequestRouting httpPort="${address.split(':')[1]}" /></server>`;
  const entries = parsed.entries.map((entry) => ({
    ...entry,
    text: entry.text.replace('<server address="10.0.0.1" />', server),
  }));
  return { ...parsed, entries };
}

/** Starts a router with the case in `folder`; @returns where it listens. */
async function run(parsed: Case, folder: CaseFolder): Promise<string> {
  const router = createRouter(
    { file: join(folder.path, parsed.config) },
    { pathMap: folder.pathMap, skipHttps: true, workers: 0, listen: ['127.0.0.1:0'], watch: false },
  );
  const { listeners } = await router.start();
  onTestFinished(() => router.stop());
  return listeners[0]!.url;
}

describe('on the wire', () => {
  it('there are enough of them', () => {
    expect(cases.length).toBeGreaterThan(150);
  });

  it.each(cases)('%s', async (_file, parsed) => {
    let answer: Buffer | string = '';
    const server = await backend(() => answer);
    const here = withServer(parsed, server);
    const folder = new CaseFolder(here);
    onTestFinished(() => folder.remove());
    const url = await run(here, folder);
    for (const request of parsed.requests.filter(canBeSent)) {
      answer = responseBytes(request.response);
      const before = server.requests.length;
      const peer = (await client(url)).send(requestText(request));
      await peer.closed();
      const { expected, seen } = await compareOnTheWire(request, peer, server.requests[before]);
      expect(
        seen.map((line) => folder.shown(line)),
        `${request.method} ${request.url}`,
      ).toEqual(expected);
    }
  });
});
