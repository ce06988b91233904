// Row `outbound`: how fast bodies go through outbound rules, in this process: the stage of the router and its transforms on a
// page that comes in pieces. Sockets and servers would hide it in their noise.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { configFromObject } from '../../src/control/config/load-config.ts';
import type { BodyTransform } from '../../src/model/body-transform.ts';
import type { ConfigProblem } from '../../src/model/config.ts';
import { RequestContext } from '../../src/model/request-context.ts';
import { ResponseDraft } from '../../src/model/response-draft.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { compileOutboundSets } from '../../src/proxy/rules/outbound/compile-outbound-sets.ts';
import { outboundStage } from '../../src/proxy/rules/outbound/outbound-stage.ts';
import { ResponseHeadScanner } from '../../src/wire/http1/response-head-scanner.ts';
import { CONNECTION, headOf } from '../rules/rule-cost.ts';
import { samplePage } from './sample-page.ts';

export interface BodySpeed {
  name: string;
  /** MiB of the page per second of CPU time, all threads of this process; one for each round. */
  samples: number[];
  /** MiB that the resident memory has grown over all rounds. */
  grown: number;
}

const MIB = 1_048_576;
const PIECE = 65_536;
const PAGES = 40;
const WARM_UP = 40;

const inner = '^http://inner\\.example:8081/(.*)';
const tagRule = (name: string, filterByTags: string, pattern: string, value: string) => ({
  name,
  preCondition: 'isHtml',
  match: { filterByTags, pattern },
  action: { type: 'Rewrite', value },
});
const THREE = [
  tagRule('links', 'A, Area, Link', inner, 'https://www.example.com/{R:1}'),
  tagRule('images', 'Img, Script', inner, 'https://static.example.com/{R:1}'),
  tagRule('forms', 'Form, A', '^/cart/(.*)', '/basket/{R:1}'),
];
const SEARCH = {
  name: 'text',
  match: { pattern: 'http://inner\\.example:8081' },
  action: { type: 'Rewrite', value: 'https://www.example.com' },
};

interface Case {
  name: string;
  rules: object[];
  encoding: string;
  encode: (page: Buffer) => Buffer;
}

const asItIs = (page: Buffer) => page;
const quickBrotli = (page: Buffer) => brotliCompressSync(page, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

const cases: readonly Case[] = [
  { name: 'three tag rules', rules: THREE, encoding: '', encode: asItIs },
  { name: 'three tag rules, gzip', rules: THREE, encoding: 'gzip', encode: (page) => gzipSync(page) },
  { name: 'three tag rules, br', rules: THREE, encoding: 'br', encode: quickBrotli },
  { name: 'one pattern rule', rules: [SEARCH], encoding: '', encode: asItIs },
];

/** Each case `rounds` times, in turn. */
export async function bodySpeeds(rounds: number): Promise<BodySpeed[]> {
  const page = samplePage(MIB);
  const speeds: BodySpeed[] = [];
  for (const each of cases) {
    const run = await runOf(each, page);
    await run(WARM_UP);
    const before = process.memoryUsage.rss();
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = process.cpuUsage();
      await run(PAGES);
      const { user, system } = process.cpuUsage(start);
      samples.push((PAGES * page.length) / MIB / ((user + system) / 1e6));
    }
    speeds.push({ name: each.name, samples, grown: (process.memoryUsage.rss() - before) / MIB });
  }
  return speeds;
}

async function runOf({ rules, encoding, encode }: Case, page: Buffer): Promise<(pages: number) => Promise<void>> {
  const preConditions = { isHtml: { add: [{ input: '{RESPONSE_CONTENT_TYPE}', pattern: '^text/html' }] } };
  const { config } = await configFromObject({ outboundRules: { preConditions, rules } });
  const problems: ConfigProblem[] = [];
  const sets = compileOutboundSets(config, [], problems);
  const fault = problems.find(({ severity }) => severity === 'error');
  if (sets === null || fault !== undefined) throw new Error(fault?.message ?? 'no rules');
  const stage = outboundStage(sets);
  const body = encode(page);
  const head = headOf();
  const responseHead = responseHeadOf(encoding);
  return async (pages) => {
    for (let n = 0; n < pages; n++) {
      const ctx = new RequestContext('id', 0, 0, CONNECTION, '192.0.2.7', 51_000, head, {} as Snapshot, null, null);
      const draft = new ResponseDraft(responseHead);
      stage.onResponseHead!(ctx, draft);
      const length = await through(draft.transform!, body);
      if (encoding === '' && length === page.length) throw new Error('nothing was rewritten');
    }
  };
}

function responseHeadOf(encoding: string) {
  const field = encoding === '' ? '' : `Content-Encoding: ${encoding}\r\n`;
  const bytes = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n${field}\r\n`);
  const scanner = new ResponseHeadScanner({ headerBytes: 8192, headerCount: 100 });
  scanner.scan(bytes, 0, bytes.length);
  return scanner.head('GET');
}

/** @returns how many bytes came out */
function through(transform: BodyTransform, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let at = 0;
    let out = 0;
    let ended = false;
    const feed = (): void => {
      for (; at < body.length && !transform.full; at += PIECE)
        transform.write(body, at, Math.min(at + PIECE, body.length));
      if (ended || at < body.length) return;
      ended = true;
      transform.end();
    };
    transform.begin({
      write: (_, start, end) => {
        out += end - start;
      },
      ready: feed,
      done: () => resolve(out),
      fail: reject,
    });
    feed();
  });
}
