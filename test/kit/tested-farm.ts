// A farm whose health is tested: real servers, a clock that stands still until told, the table that workers read.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/base/simulated-clock.ts';
import type { HealthEvent } from '../../src/control/health/health-event.ts';
import { HealthProber } from '../../src/control/health/health-prober.ts';
import { claimSlots } from '../../src/control/state/server-slots.ts';
import type { FarmConfig, HealthCheckConfig } from '../../src/model/farm-config.ts';
import { ServerTable } from '../../src/model/server-table.ts';
import { ServerTableOwner } from '../../src/model/server-table-owner.ts';
import { sampleFarm } from './sample-farm.ts';
import { until } from './until.ts';

/** A server whose answer can be changed, and which counts. */
class TestedServer {
  status = 200;
  /** Requests received. */
  asked = 0;
  /** True: no answer comes. */
  isSilent = false;
  waiting: ServerResponse[] = [];
  readonly #server: Server = createServer((_, response) => {
    this.asked += 1;
    if (this.isSilent) this.waiting.push(response);
    else response.writeHead(this.status).end();
  });

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
    return this;
  }
}

/** @param random what chance gives each time [the middle] */
export async function testedFarm(servers: number, test: Partial<HealthCheckConfig>, random = () => 0.5) {
  const backends = await Promise.all(Array.from({ length: servers }, () => new TestedServer().start()));
  const addresses = backends.map((backend) => backend.address);
  const farmOf = (changes: Partial<HealthCheckConfig> = {}, members = addresses): FarmConfig => {
    const farm = sampleFarm('shop', members);
    Object.assign(farm.healthCheck, { url: '/health', ...test, ...changes });
    return farm;
  };
  const clock = new SimulatedClock();
  const table = ServerTableOwner.create(1);
  const events: HealthEvent[] = [];
  const prober = new HealthProber({
    clock,
    table,
    lookup: (host) => host,
    random: { next: random },
    onChange: (event) => void events.push(event),
  });
  onTestFinished(() => prober.close());
  const apply = (farm: FarmConfig) => {
    claimSlots(table, [farm]);
    prober.apply([farm]);
  };
  apply(farmOf());
  const id = (index: number) => `shop/${addresses[index]}`;
  const slot = (index: number) => table.slotOf(id(index))!;
  const healthy = (index: number) => table.state(slot(index)).healthy;
  const worker = ServerTable.attach(table.blocks, 0);
  /** Real requests that a worker sent to the server, so many of them failed. */
  const served = (index: number, requests: number, failures = 0) => {
    const state = worker.state(slot(index));
    for (let request = 0; request < requests; request++) {
      state.started();
      state.ended(request < failures ? 500 : 200, 0, 0, 1, request < failures);
    }
  };
  const seen = new Map<string, number>();
  /** Waits until every server's test has one more result than at the last call. */
  const nextResults = async (indexes = backends.map((_, index) => index)) => {
    for (const index of indexes) {
      const last = () => prober.evidence(id(index))!.lastResults.at(-1)?.at ?? -1;
      await until(() => last() > (seen.get(id(index)) ?? -1));
      seen.set(id(index), last());
    }
  };
  return { backends, addresses, farmOf, apply, clock, table, events, prober, id, slot, healthy, served, nextResults };
}
