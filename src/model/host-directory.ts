// What host-name affinity asks in a data plane, and in a dry run.
import type { Farm, Server } from './farm.ts';

/** The servers of a host, or of many: who has the same addresses shares the object. */
export interface HostServers {
  readonly addresses: readonly string[];
  /** Those of them that serve now: the same list until that changes. @param candidates servers that take new work */
  able(farm: Farm, candidates: readonly Server[]): readonly Server[];
  /** Whether the host has `server`, able or not. */
  has(server: Server): boolean;
}

/** One host as a data plane knows it; the same object as long as it is mapped. */
export interface HostRecord {
  readonly host: string;
  servers: HostServers;
  /** Since the control thread was last told. */
  requests: number;
  bytesSent: number;
  bytesReceived: number;
  /** A request has come since then. */
  isUsed: boolean;
  /** What the farm could offer when the control thread was last asked for more servers: it is not asked again for the same. */
  askedWith: readonly Server[] | null;
}

export interface HostDirectory {
  /** Undefined: nobody has asked for it yet. */
  find(farm: string, host: string): HostRecord | undefined;
  /** Asks the control thread to allocate servers; null when it did not answer in time, or has none. */
  ask(farm: string, host: string): Promise<HostRecord | null>;
  /** For a dry run: the servers that ask() would bring; null where nobody can say. */
  preview(farm: string, host: string): HostServers | null;
  /** A request for the host begins. */
  noteStart(farm: string, record: HostRecord): void;
  /** It is done. */
  noteEnd(farm: string, record: HostRecord, bytesSent: number, bytesReceived: number): void;
}
