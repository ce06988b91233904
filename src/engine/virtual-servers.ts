// The virtual servers of one data plane, and what their connections have of it.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Deadlines } from '../base/deadlines.ts';
import { ReadBuffers } from '../l4/read-buffers.ts';
import type { VirtualServerServices } from '../l4/services.ts';
import { SourceRates } from '../l4/source-rates.ts';
import { compileVirtualServer, type VirtualServer } from '../l4/virtual-server.ts';
import { WaitingRoom } from '../l4/waiting-room.ts';
import type { ConnectionRecord } from '../model/connection-record.ts';
import type { Server } from '../model/farm.ts';
import { listenerKey } from '../model/listener-key.ts';
import type { ServerTable } from '../model/server-table.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { UpstreamServices } from '../proxy/upstream/upstream-services.ts';
import type { DialTarget } from '../transport/dial.ts';

/** What the data plane does for them. */
export interface VirtualServerHost {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  admit(): boolean;
  refused(): void;
  /** A connection that was admitted is done. */
  ended(record: ConnectionRecord | null): void;
  /** A server could not be connected. */
  failed(server: Server, reason: string): void;
}

export class VirtualServers implements VirtualServerServices {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly buffers = new ReadBuffers();
  readonly waiting = new WaitingRoom();
  readonly rates: SourceRates;
  lingerTimeout = 0;
  readonly #host: VirtualServerHost;
  readonly #upstream: UpstreamServices;
  #byKey: ReadonlyMap<string, VirtualServer> = new Map();
  #prepared: ReadonlyMap<string, VirtualServer> = new Map();

  /** @param rates memory of SourceRates.allocate() */
  constructor(host: VirtualServerHost, upstream: UpstreamServices, rates: SharedArrayBuffer) {
    this.rates = new SourceRates(rates);
    this.clock = host.clock;
    this.deadlines = host.deadlines;
    this.#host = host;
    this.#upstream = upstream;
  }

  /** Compiles those of `snapshot`. @param slots of the revision that it was made of */
  prepare(snapshot: Snapshot, table: ServerTable, slots: ReadonlyMap<string, number>): void {
    const stateOf = (slotId: string) => table.state(slots.get(slotId)!);
    const byKey = new Map<string, VirtualServer>();
    for (const listener of snapshot.config.listeners) {
      const compiled = compileVirtualServer(listener, snapshot, stateOf);
      if (compiled !== null) byKey.set(listenerKey(listener), compiled);
    }
    this.#prepared = byKey;
  }

  /** Connections from now on begin on what was prepared. */
  commit({ config }: Snapshot): void {
    this.lingerTimeout = config.limits.lingerTimeout;
    this.#byKey = this.#prepared;
  }

  virtualServer(key: string): VirtualServer | undefined {
    return this.#byKey.get(key);
  }

  newId(): string {
    return randomUUID();
  }

  admit(): boolean {
    return this.#host.admit();
  }

  released(record: ConnectionRecord | null): void {
    this.#host.ended(record);
  }

  refused(): void {
    this.#host.refused();
  }

  locate(server: Server, take: (target: DialTarget | null, reason: string) => void): void {
    this.#upstream.locate(server, false, take);
  }

  skipAddress(server: Server): void {
    this.#upstream.skipAddress(server);
  }

  failed(server: Server, reason: string): void {
    this.#host.failed(server, reason);
  }
}
