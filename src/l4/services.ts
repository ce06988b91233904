// What the connections of virtual servers of one data plane share.
import type { Clock } from '../base/clock.ts';
import type { Deadlines } from '../base/deadlines.ts';
import type { ConnectionRecord } from '../model/connection-record.ts';
import type { Server } from '../model/farm.ts';
import type { DialTarget } from '../transport/dial.ts';
import type { ReadBuffers } from './read-buffers.ts';
import type { SourceRates } from './source-rates.ts';
import type { VirtualServer } from './virtual-server.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface VirtualServerServices {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly buffers: ReadBuffers;
  readonly waiting: WaitingRoom;
  readonly rates: SourceRates;
  /** limits.lingerTimeout, ms. */
  readonly lingerTimeout: number;
  /** Of the snapshot in force: the virtual server of the listener with this key. */
  virtualServer(listenerKey: string): VirtualServer | undefined;
  /** A new GUID. */
  newId(): string;
  /** A connection asks to be served; false when limits.connections is reached. */
  admit(): boolean;
  /** One that was admitted is done. @param record null: it is not to be told of */
  released(record: ConnectionRecord | null): void;
  /** One was turned away. */
  refused(): void;
  /** Tells `take` where to connect for `server`; null, with the reason, where its name has no address. */
  locate(server: Server, take: (target: DialTarget | null, reason: string) => void): void;
  /** The address that `server` was located at did not answer. */
  skipAddress(server: Server): void;
  /** For the live-traffic test. */
  failed(server: Server, reason: string): void;
}
