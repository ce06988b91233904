// What host-name affinity asks in a data plane, and in a dry run.
import type { Server } from './farm.ts';

/** One host as a data plane knows it; the same object as long as it is mapped. */
export interface HostRecord {
  readonly host: string;
  addresses: readonly string[];
  /** Since the control thread was last told. */
  requests: number;
  bytesSent: number;
  bytesReceived: number;
  /** Servers of `addresses` in the farm that they were last looked up in. */
  servers: readonly Server[];
  /** What `servers` was made of. */
  madeOf: unknown;
}

export interface HostDirectory {
  /** Undefined: nobody has asked for it yet. */
  find(farm: string, host: string): HostRecord | undefined;
  /** Asks the control thread to allocate servers; null when it did not answer in time, or has none. */
  ask(farm: string, host: string): Promise<HostRecord | null>;
  /** A request for the host is done. */
  noteUse(farm: string, record: HostRecord, bytesSent: number, bytesReceived: number): void;
}
