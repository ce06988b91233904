// What is fast must also be safe: sends the corpus of malformed requests to Narrows as the bench configures it.
import { connect } from 'node:net';
import { malformedRequests } from '../../src/wire/http1/malformed-corpus.ts';
import { plainVariant, proxyKinds } from '../proxies/catalogue.ts';
import { startProxy } from '../proxies/running-proxy.ts';

const ANSWER_LIMIT = 15_000;

export interface CorpusResult {
  sent: number;
  /** One line for each request that was not refused as the corpus says. */
  faults: string[];
}

export async function sendCorpus(scratch: string): Promise<CorpusResult> {
  const proxy = await startProxy(proxyKinds.find(({ name }) => name === 'narrows')!, plainVariant, scratch);
  const faults: string[] = [];
  try {
    for (const { name, bytes, status } of malformedRequests) {
      const answer = await exchange(Number(new URL(proxy.url).port), bytes);
      const fault = faultOf(answer, status);
      if (fault !== null) faults.push(`${name}: ${fault}`);
    }
  } finally {
    await proxy.program.stop();
  }
  return { sent: malformedRequests.length, faults };
}

function faultOf(answer: string | null, status: number): string | null {
  if (answer === null) return `no answer and no close within ${ANSWER_LIMIT / 1000} s`;
  const got = /^HTTP\/1\.[01] (\d{3}) /.exec(answer)?.[1];
  if (got !== String(status)) return `answered ${got ?? JSON.stringify(answer.slice(0, 40))}, not ${status}`;
  // Every response of the back end has this field.
  if (/^X-Served-By:/im.test(answer)) return 'reached the server';
  return null;
}

/** Everything that comes until the connection is closed; null when it is not closed in time. */
function exchange(port: number, bytes: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    // A reset after the answer loses nothing that was read.
    socket.on('error', () => {});
    socket.once('close', () => resolve(answer));
    socket.setTimeout(ANSWER_LIMIT, () => {
      resolve(null);
      socket.destroy();
    });
  });
}
