// The data plane as the control thread sees it: the same verbs whether it is a worker thread or, with `workers: 0`,
// lives in the caller's thread. Everything in these messages is plain data: a compiled function cannot cross (DESIGN 2).
import type { TlsMaterial } from '../model/certificate.ts';
import type { Config, ConfigProblem, ListenAddress, ListenerConfig } from '../model/config.ts';
import type { FoundName } from '../model/found-name.ts';
import type { FoundHost, HostUse, WantedHost } from '../model/host-use.ts';
import type { HashKey } from '../model/key-hash.ts';

/** What a data plane is made with, once. */
export interface DataPlaneSetup {
  /** Its row in the shared numbers. */
  row: number;
  serverBlocks: readonly SharedArrayBuffer[];
  gauges: SharedArrayBuffer;
  /** Of SourceRates. */
  sourceRates: SharedArrayBuffer;
}

/** One configuration, with all that compiling it takes: every data plane makes its Snapshot of it. */
export interface Revision {
  /** The snapshot's too. */
  id: number;
  config: Config;
  /** Slots of servers and farms, by their ids. */
  slots: ReadonlyMap<string, number>;
  serverBlocks: readonly SharedArrayBuffer[];
  affinitySecret: string;
  /** Memory for the bindings of clients, by farm; farms without affinity have none. */
  bindings: ReadonlyMap<string, SharedArrayBuffer>;
  /** Key of the hash that those go by. */
  bindingSeed: HashKey;
  /** Of the listeners. */
  tls: TlsMaterial;
  /** The same number in every worker of the process: orders ties. */
  tieSeed: number;
}

/** A listener whose address is settled: it is to be opened, or is open. */
export interface SettledListener {
  /** What makes it the same listener after a reload. */
  key: string;
  name: string;
  protocol: ListenerConfig['protocol'];
  address: ListenAddress;
  reusePort: boolean;
}

export interface DataPlanePort {
  /** Compiles `revision` and keeps it ready. @returns what is wrong with it */
  prepare(revision: Revision): Promise<ConfigProblem[]>;
  /** Requests from now on run on the revision that was prepared. @param addresses all known ones by host name */
  commit(addresses: ReadonlyMap<string, readonly string[]>): Promise<void>;
  /** Opens listeners; rejects, with none of them open, when one cannot be. */
  open(listeners: readonly SettledListener[]): Promise<void>;
  close(keys: readonly string[]): Promise<void>;
  setAddresses(host: string, addresses: readonly string[]): Promise<void>;
  /** A data plane asked for `host`: all of them get the answer. */
  learnName(host: string, found: FoundName): Promise<void>;
  /** The answer to onHostsWanted(), or what changed since. */
  learnHosts(found: readonly FoundHost[]): Promise<void>;
  /** Cuts what runs on the server `id` (FARM/ADDRESS) now. */
  cutServer(id: string): Promise<void>;
  /** Id of the oldest snapshot that a request under way still runs on. */
  oldestPinned(): Promise<number>;
  /** Stops as CONTRACT 6 says. @returns how many requests were cut */
  stop(): Promise<number>;
  /** Ends everything at once, whatever state it is in. */
  terminate(): Promise<void>;
}

/** What a data plane tells the control thread. */
export interface DataPlaneEvents {
  onLiveFailure(serverId: string, reason: string): void;
  /** Whole lines of the access log. */
  onLogLines(lines: Uint8Array<ArrayBuffer>): void;
  onUntrustedForward(peerAddress: string): void;
  /** The name of an origin has to be looked up; learnName() is the answer, always. */
  onNameWanted(host: string): void;
  /** Hosts have to be given servers; learnHosts() is the answer. */
  onHostsWanted(wanted: readonly WantedHost[]): void;
  /** So many requests were balanced without the servers of their hosts: no answer came in time. */
  onHostsUnanswered(requests: number): void;
  /** Some times in a second. */
  onHostUses(farm: string, uses: readonly HostUse[]): void;
  onInternalError(message: string): void;
}
