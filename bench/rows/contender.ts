// One participant of a row while the row is measured: its running proxy, and how it is driven.
import { drive, type Summary } from '../load/drive.ts';
import { cpuTime } from '../measure/process-group.ts';
import { proxyKinds } from '../proxies/catalogue.ts';
import { type RunningProxy, startProxy } from '../proxies/running-proxy.ts';
import type { Participant, Row } from './row.ts';

const WARM_UP_SECONDS = 3;

export interface Sample {
  /** µs of CPU time of the proxy for one request. */
  cpu: number;
  /** Requests per second. */
  rate: number;
  /** Latency in µs. */
  p50: number;
  p99: number;
}

export class Contender {
  readonly #row: Row;
  readonly #proxy: RunningProxy;
  /** Requests per second as fast as it goes, seen while warming up. */
  readonly saturatedRate: number;
  /** Mean pause of a connection before its next request, ms. */
  #pause = 0;

  private constructor(row: Row, proxy: RunningProxy, saturatedRate: number) {
    this.#row = row;
    this.#proxy = proxy;
    this.saturatedRate = saturatedRate;
  }

  /** Starts the proxy and warms it up: a just-in-time compiler is to be done before anything counts. */
  static async start(row: Row, participant: Participant, scratch: string): Promise<Contender> {
    const kind = proxyKinds.find(({ name }) => name === participant.proxy)!;
    const proxy = await startProxy(kind, participant.variant, scratch);
    try {
      return new Contender(row, proxy, rateOf(await drive(proxy.url, row.load, WARM_UP_SECONDS, proxy.cookies)));
    } catch (error) {
      await proxy.program.stop();
      throw error;
    }
  }

  /**
   * From now on its connections pause so that they send `rate` requests per second together. What answers and wrk's own
   * timers add to the pause is measured in a first try, and taken off.
   */
  async slowDownTo(rate: number): Promise<void> {
    const turn = (this.#row.load.connections * 1000) / rate;
    this.#pause = turn;
    const tried = rateOf(await this.#drive(WARM_UP_SECONDS));
    const added = (this.#row.load.connections * 1000) / tried - turn;
    // The script reads 0 as "no pause at all".
    this.#pause = Math.max(turn - added, 0.1);
  }

  async sample(seconds: number): Promise<Sample> {
    const { group } = this.#proxy.program;
    const before = cpuTime(group);
    const summary = await this.#drive(seconds);
    const cpu = (cpuTime(group) - before) / summary.requests;
    return { cpu, rate: rateOf(summary), p50: summary.p50, p99: summary.p99 };
  }

  stop(): Promise<void> {
    return this.#proxy.program.stop();
  }

  #drive(seconds: number): Promise<Summary> {
    return drive(this.#proxy.url, this.#row.load, seconds, this.#proxy.cookies, this.#pause);
  }
}

function rateOf({ requests, microseconds }: Summary): number {
  return (requests * 1e6) / microseconds;
}
