// What the control thread and the data planes tell each other of hosts that are mapped to servers.

/** Host names of one farm that are mapped at one time: clients may make up any number. */
export const MOST_HOSTS = 200_000;

/** What a worker saw of a host since it last told. */
export interface HostUse {
  host: string;
  /** Those that are done. */
  requests: number;
  bytesSent: number;
  bytesReceived: number;
}

/** A host that a worker asks for. */
export interface WantedHost {
  farm: string;
  host: string;
}

/** Where it is to go; null: it is mapped to nothing, and has to be asked for. */
export interface FoundHost extends WantedHost {
  addresses: readonly string[] | null;
}
