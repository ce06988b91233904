// A real router in front of test servers, on ports of its own.
import { onTestFinished } from 'vitest';
import type { LogFacts, Logger } from '../../src/base/logger.ts';
import { type Clock, createRouter, type Router, SimulatedClock } from '../../src/index.ts';
import type { Backend } from './backend.ts';
import { client } from './client.ts';
import type { WirePeer } from './wire-peer.ts';

export interface RouterSetup {
  /** Worker threads [0: in the test's own thread]. */
  workers?: number;
  clock?: Clock;
}

export interface RunningRouter {
  readonly router: Router;
  /** Of the listener `web`. */
  readonly url: string;
  /** Of any listener. */
  urlOf(listener: string): string;
  /** What it logged. */
  readonly log: readonly { facts: LogFacts; message: string }[];
  connect(): Promise<WirePeer>;
}

/** Starts a router with this configuration; it ends with the test, and a fault of its own fails the test. */
export async function router(config: Record<string, unknown>, setup: RouterSetup = {}): Promise<RunningRouter> {
  const log: { facts: LogFacts; message: string }[] = [];
  const keep = (facts: LogFacts, message: string): void => void log.push({ facts, message });
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
  const created = createRouter(
    { ...STOP_AT_ONCE, ...config },
    { workers: setup.workers ?? 0, logger, clock: setup.clock },
  );
  const { listeners } = await created.start();
  onTestFinished(async () => {
    await stopped(created, setup.clock);
    const fault = log.find(({ facts }) => facts.event === 'internal-error');
    if (fault !== undefined) throw new Error(`the router failed inside: ${fault.facts.error}`);
  });
  const urlOf = (listener: string): string => listeners.find(({ name }) => name === listener)!.url;
  const url = urlOf('web');
  return { router: created, url, urlOf, log, connect: () => client(url) };
}

/** What a test leaves unfinished is cut. */
const STOP_AT_ONCE = { shutdownTimeout: '10ms', shutdownIdleGrace: '10ms' };

async function stopped(running: Router, clock: Clock | undefined): Promise<void> {
  let done = false;
  const stopping = running.stop().finally(() => {
    done = true;
  });
  while (clock instanceof SimulatedClock && !done) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await stopping;
}

/** What a farm named shop needs: listener `web` and these servers, with room for settings of both. */
export function shopConfig(
  servers: readonly (Backend | string)[],
  farm: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
): Record<string, unknown> {
  const addresses = servers.map((server) => (typeof server === 'string' ? server : server.address));
  return { listeners: { web: { address: '127.0.0.1:0' } }, farms: { shop: { servers: addresses, ...farm } }, ...rest };
}

/** A router in front of one farm of these servers. */
export function shop(
  servers: readonly (Backend | string)[],
  farm: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
  setup: RouterSetup = {},
): Promise<RunningRouter> {
  return router(shopConfig(servers, farm, rest), setup);
}
