// For tests: a request as it stands when its outcome is settled, its head read by the router's own scanner.
import type { ClientConnectionInfo } from '../../src/model/client.ts';
import type { Farm } from '../../src/model/farm.ts';
import type { CodeRanges } from '../../src/model/farm-config.ts';
import { type Outcome, RequestContext } from '../../src/model/request-context.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { RequestHead } from '../../src/wire/http1/request-head.ts';
import { RequestHeadScanner } from '../../src/wire/http1/request-head-scanner.ts';
import { sampleConnection } from './sample-connection.ts';
import { sampleFarm, sampleServers, sampleTable } from './sample-farm.ts';

/** @param head latin1: request line and field lines, without the empty line */
function scannedHead(head: string): RequestHead {
  const scanner = new RequestHeadScanner({ requestLine: 16_384, headerBytes: 65_536, headerCount: 128 });
  const bytes = Buffer.from(`${head}\r\n\r\n`, 'latin1');
  if (scanner.scan(bytes, 0, bytes.length) !== bytes.length) throw new Error(`not a whole head: ${head}`);
  return scanner.head();
}

export interface FinishedRequest {
  head?: string;
  connection?: Partial<ClientConnectionInfo>;
  client?: string;
  outcome?: Partial<Outcome>;
}

export const REQUEST_ID = '3f0a1b2c-0000-4000-8000-123456789abc';

export function finishedRequest(request: FinishedRequest = {}): RequestContext {
  const inbound = scannedHead(request.head ?? 'GET /a/b?q=1 HTTP/1.1\r\nHost: www.example.com');
  const connection = { ...sampleConnection, ...request.connection };
  const ctx = new RequestContext(
    REQUEST_ID,
    Date.UTC(2026, 0, 2, 3, 4, 5, 67),
    1000,
    connection,
    request.client ?? '192.0.2.7',
    51_000,
    inbound,
    {} as Snapshot,
    null,
    null,
  );
  ctx.outcome = { ...served, ...request.outcome };
  return ctx;
}

const served: Outcome = {
  status: 200,
  subStatus: 0,
  error: null,
  reason: '',
  upstreamStatus: 200,
  bytesIn: 100,
  bytesOut: 2000,
  bytesSent: 150,
  bytesReceived: 1900,
  duration: 12.3456,
  responseTime: 10,
};

/** A farm with live servers at the given addresses, and no policies. */
export function farmOf(name: string, addresses: string[], liveTrafficFailureCodes: CodeRanges = [[500, 999]]): Farm {
  const plain = sampleFarm(name, addresses);
  const config = { ...plain, healthCheck: { ...plain.healthCheck, liveTrafficFailureCodes } };
  const servers = sampleServers(config, sampleTable(config));
  return {
    name,
    isOrigin: false,
    ...{ retry: null, breaker: null, queue: null },
    config,
    servers,
    candidates: () => servers,
    whyNoServer: () => '',
    balancer: { name: 'first', pick: (candidates) => candidates[0]! },
    affinity: null,
    connections: null,
    forwarding: { headFor: () => '', offeredUpgrade: () => '' },
  };
}
