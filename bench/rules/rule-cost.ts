// Row `rules`: CPU time of the rules alone, per request, in this process: the stage of the router on heads as they come from
// the wire. Sockets and servers would hide it in their noise.
import { configFromObject } from '../../src/control/config/load-config.ts';
import type { ClientConnectionInfo } from '../../src/model/client.ts';
import type { ConfigProblem } from '../../src/model/config.ts';
import { RequestContext } from '../../src/model/request-context.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { compileRules } from '../../src/proxy/rules/compile-rules.ts';
import { rulesStage } from '../../src/proxy/rules/rules-stage.ts';
import type { RequestHead } from '../../src/wire/http1/request-head.ts';
import { RequestHeadScanner } from '../../src/wire/http1/request-head-scanner.ts';
import { type RuleList, ruleLists } from './rule-lists.ts';

export interface RuleCost {
  name: string;
  /** µs CPU per request, one for each round. */
  samples: number[];
}

const REQUESTS = 20_000;
const WARM_UP = 40_000;

const HEAD = `GET /shop/cart?item=4711&size=xl HTTP/1.1
Host: www.example.com
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36
Accept: text/html,application/xhtml+xml
Accept-Language: en-GB,en;q=0.8
Accept-Encoding: gzip, br
Referer: https://www.example.com/shop/
Cookie: session=0123456789abcdef0123456789abcdef; theme=dark
X-Tenant: acme
X-Request-Source: mobile
Cache-Control: max-age=0

`.replaceAll('\n', '\r\n');

export const CONNECTION: ClientConnectionInfo = {
  listener: 'web',
  peerAddress: '192.0.2.7',
  peerPort: 51_000,
  localAddress: '192.0.2.1',
  localPort: 8080,
  secure: false,
  tls: null,
  trusted: false,
  certificateRequired: false,
};

/** Each list `rounds` times, in turn. */
export async function ruleCosts(rounds: number): Promise<RuleCost[]> {
  const runs: { cost: RuleCost; measure: () => number }[] = [];
  for (const list of ruleLists) {
    const measure = await measureOf(list);
    runs.push({ cost: { name: list.name, samples: [] }, measure });
  }
  for (let round = 0; round < rounds; round++) for (const { cost, measure } of runs) cost.samples.push(measure());
  return runs.map(({ cost }) => cost);
}

async function measureOf({ rules, maps = {} }: RuleList): Promise<() => number> {
  const farms = { shop: { servers: ['127.0.0.1:28001'] } };
  const { config } = await configFromObject({ farms, rules, rewriteMaps: maps });
  const problems: ConfigProblem[] = [];
  const { global } = compileRules(config, [], problems);
  const fault = problems.find(({ severity }) => severity === 'error');
  if (global === null || fault !== undefined) throw new Error(fault?.message ?? 'no rules');
  const stage = rulesStage(global);
  const heads = Array.from({ length: 16 }, headOf);
  const run = (requests: number) => {
    for (let i = 0; i < requests; i++) {
      const head = heads[i & 15]!;
      const ctx = new RequestContext('id', 0, 0, CONNECTION, '192.0.2.7', 51_000, head, {} as Snapshot, null, null);
      ctx.outbound.target = head.path;
      stage.onRequest!(ctx);
      if (ctx.matchedRules?.at(-1) !== 'last' && ctx.matchedRules?.at(-1) !== 'mapped') throw new Error('wrong rule');
    }
  };
  run(WARM_UP);
  return () => {
    const before = process.cpuUsage();
    run(REQUESTS);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / REQUESTS;
  };
}

/** Of a request of the bench. */
export function headOf(): RequestHead {
  const bytes = Buffer.from(HEAD, 'latin1');
  const scanner = new RequestHeadScanner({ requestLine: 8192, headerBytes: 32_768, headerCount: 100 });
  if (scanner.scan(bytes, 0, bytes.length) !== bytes.length) throw new Error(JSON.stringify(scanner.refusal));
  return scanner.head();
}
