// The virtual servers of one data plane, and what their connections have of it.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Deadlines } from '../base/deadlines.ts';
import { ReadBuffers } from '../l4/read-buffers.ts';
import type { VirtualServerServices } from '../l4/services.ts';
import { compileVirtualServer, type VirtualServer } from '../l4/virtual-server.ts';
import { WaitingRoom } from '../l4/waiting-room.ts';
import type { ConnectionRecord } from '../model/connection-record.ts';
import type { Server } from '../model/farm.ts';
import { listenerKey } from '../model/listener-key.ts';
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
  ended(record: ConnectionRecord): void;
  /** A server could not be connected. */
  failed(server: Server, reason: string): void;
}

export class VirtualServers implements VirtualServerServices {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly buffers = new ReadBuffers();
  readonly waiting = new WaitingRoom();
  lingerTimeout = 0;
  readonly #host: VirtualServerHost;
  readonly #upstream: UpstreamServices;
  #byKey: ReadonlyMap<string, VirtualServer> = new Map();

  constructor(host: VirtualServerHost, upstream: UpstreamServices) {
    this.clock = host.clock;
    this.deadlines = host.deadlines;
    this.#host = host;
    this.#upstream = upstream;
  }

  /** Connections from now on begin on `snapshot`. */
  use(snapshot: Snapshot): void {
    this.lingerTimeout = snapshot.config.limits.lingerTimeout;
    const byKey = new Map<string, VirtualServer>();
    for (const listener of snapshot.config.listeners) {
      const compiled = compileVirtualServer(listener, snapshot);
      if (compiled !== null) byKey.set(listenerKey(listener), compiled);
    }
    this.#byKey = byKey;
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

  released(record: ConnectionRecord): void {
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
