// What the control thread and the data planes tell each other of hosts that are mapped to servers.

/** What a worker saw of a host since it last told. */
export interface HostUse {
  host: string;
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
