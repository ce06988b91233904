// A real admin API in front of a made-up router, for tests of the API and of the commands that talk to it.
import { type AdminServer, startAdmin } from '../../src/admin/start-admin.ts';
import type { LogFacts, Logger } from '../../src/base/logger.ts';
import { SimulatedClock } from '../../src/base/simulated-clock.ts';
import type { AdminPort } from '../../src/model/admin-port.ts';
import type { AdminConfig } from '../../src/model/config.ts';
import type { FarmOperations } from '../../src/model/farm-operations.ts';
import type { RouterStatus } from '../../src/model/status.ts';

export const sampleStatus: RouterStatus = {
  version: '1.2.3',
  startedAt: '2026-01-01T00:00:00.000Z',
  snapshot: { id: 4, loadedAt: '2026-01-01T01:00:00.000Z', lastError: null },
  needsRestart: [],
  workers: [{ id: 0, startedAt: '2026-01-01T00:00:00.000Z', restarts: 0, connections: 3 }],
  listeners: [{ name: 'web', url: 'http://127.0.0.1:8080' }],
  farms: [
    {
      name: 'shop',
      enabled: true,
      queuedRequests: 0,
      servers: [
        {
          address: '127.0.0.1:9001',
          weight: 100,
          state: 'Active',
          isHealthy: true,
          source: 'file',
          priorityGroup: 0,
          leaving: false,
          override: null,
          drain: null,
          weightPercent: 100,
          warmingUp: false,
          circuit: 'closed',
          evidence: null,
          counters: {
            totalRequests: 1200,
            failedRequests: 2,
            currentRequests: 5,
            requestPerSecond: 12.5,
            bytesSent: 2048,
            bytesReceived: 3_145_728,
            totalWebSocketRequests: 7,
            currentWebSocketRequests: 3,
            failedWebSocketRequests: 1,
            webSocketBytesSent: 512,
            webSocketBytesReceived: 4096,
            responseTime: 8.25,
          },
        },
        {
          address: '127.0.0.1:9002',
          weight: 50,
          state: 'Draining',
          isHealthy: false,
          source: 'file',
          priorityGroup: 0,
          leaving: false,
          override: null,
          drain: null,
          weightPercent: 100,
          warmingUp: false,
          circuit: 'closed',
          evidence: {
            by: 'urlTest',
            reason: 'URL test: status 503',
            since: '2026-01-01T02:00:00.000Z',
            lastResults: [
              { at: '2026-01-01T02:00:00.000Z', passed: false, status: 503, reason: 'status 503', duration: 4 },
            ],
          },
          counters: {
            totalRequests: 0,
            failedRequests: 0,
            currentRequests: 0,
            requestPerSecond: 0,
            bytesSent: 0,
            bytesReceived: 0,
            totalWebSocketRequests: 0,
            currentWebSocketRequests: 0,
            failedWebSocketRequests: 0,
            webSocketBytesSent: 0,
            webSocketBytesReceived: 0,
            responseTime: 0,
          },
        },
      ],
    },
  ],
};

/** Nothing may be done: tests replace what they are about. */
const refusingOperations = {} as FarmOperations;

/** Answers as a router at rest would; `changes` replace what a test is about. */
export function samplePort(changes: Partial<AdminPort> = {}): AdminPort {
  return {
    status: () => sampleStatus,
    certificates: () => ({ certificates: [], warnings: [] }),
    metrics: async () => '# HELP up It is.\n# TYPE up gauge\nup 1\n',
    metricsType: 'text/plain; version=0.0.4; charset=utf-8',
    reload: async () => [],
    explain: async (request) => ({ outcome: { kind: 'none' }, asked: request }),
    isLive: () => true,
    isReady: () => true,
    farms: refusingOperations,
    pause: async () => undefined,
    audit: {
      record: (author, change) => ({ id: 1, at: sampleStatus.startedAt, ...author, change }),
      entries: [],
      find: () => undefined,
    },
    ...changes,
  };
}

/** Keeps what it is told: `[level, facts, message]`. */
export class RecordingLogger implements Logger {
  readonly lines: [level: string, facts: LogFacts, message: string][] = [];
  debug(facts: LogFacts, message: string): void {
    this.lines.push(['debug', facts, message]);
  }
  info(facts: LogFacts, message: string): void {
    this.lines.push(['info', facts, message]);
  }
  warn(facts: LogFacts, message: string): void {
    this.lines.push(['warn', facts, message]);
  }
  error(facts: LogFacts, message: string): void {
    this.lines.push(['error', facts, message]);
  }
}

/** On 127.0.0.1 and a free port unless `config` says otherwise. */
export function startSampleAdmin(
  port: AdminPort = samplePort(),
  config: Partial<AdminConfig> = {},
  logger: Logger = new RecordingLogger(),
): Promise<AdminServer> {
  const address = config.address ?? { kind: 'tcp', host: '127.0.0.1', port: 0 };
  return startAdmin({ address, token: config.token ?? null }, port, {
    version: '1.2.3',
    logger,
    clock: new SimulatedClock(),
  });
}
