// One source of servers, followed: it is asked again and again, and what it says is believed with care. A source that is empty, broken or gone
// keeps its last good servers; one that loses more than half of them must say so twice.
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig } from '../../model/farm-config.ts';
import type { MembershipSource } from './source.ts';

export interface SourceEvents {
  /** The servers are others now. */
  onChange(servers: readonly ServerConfig[]): void;
  /** It cannot be used, for a reason that is new. */
  onFault(reason: string): void;
  onRecovery(): void;
}

export class FollowedSource {
  readonly #source: MembershipSource;
  readonly #events: SourceEvents;
  readonly #stop: () => void;
  #servers: readonly ServerConfig[];
  #fault: string | null = null;
  /** More than half of the servers were missing at the last look. */
  #doubted = '';
  #isAsking = false;
  #isClosed = false;

  /** @param lastGood what it said before the router started */
  constructor(source: MembershipSource, clock: Clock, lastGood: readonly ServerConfig[], events: SourceEvents) {
    this.#source = source;
    this.#events = events;
    this.#servers = lastGood;
    this.#stop = clock.every(source.interval, () => void this.look());
  }

  get name(): string {
    return this.#source.name;
  }

  get servers(): readonly ServerConfig[] {
    return this.#servers;
  }

  /** Asks once. Resolves when it has been answered, or could not be. */
  async look(): Promise<void> {
    if (this.#isAsking || this.#isClosed) return;
    this.#isAsking = true;
    try {
      this.#take(await this.#source.read());
    } catch (error) {
      this.#refuse((error as Error).message);
    }
    this.#isAsking = false;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#source.close();
  }

  #take(servers: readonly ServerConfig[]): void {
    if (this.#isClosed) return;
    if (servers.length === 0 && this.#servers.length > 0) return this.#refuse('it names no servers');
    const text = JSON.stringify(servers);
    const isLoss = this.#losesMost(servers);
    if (isLoss && this.#doubted !== text) {
      this.#doubted = text;
      return; // it has to say so again
    }
    this.#doubted = '';
    if (this.#fault !== null) this.#events.onRecovery();
    this.#fault = null;
    if (text === JSON.stringify(this.#servers)) return;
    this.#servers = servers;
    this.#events.onChange(servers);
  }

  #losesMost(servers: readonly ServerConfig[]): boolean {
    const addresses = new Set(servers.map(({ address }) => address));
    const kept = this.#servers.filter(({ address }) => addresses.has(address)).length;
    return kept * 2 < this.#servers.length;
  }

  #refuse(reason: string): void {
    if (this.#isClosed || this.#fault === reason) return;
    this.#fault = reason;
    this.#events.onFault(reason);
  }
}
