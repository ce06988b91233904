// What became of one connection of a virtual server: for the access log.

/**
 * Why a connection ended. Both sides ended it, the client or the server first; one of them broke it off; nothing passed for
 * idleTimeout; an operator stopped the server, or the router stopped; or it never came to a server: a limit was reached, the first
 * bytes did not come or were none, the client left, no farm is for it, no server takes work, none has a place, none could be connected.
 */
export type ConnectionEnd =
  | 'client'
  | 'server'
  | 'clientBroke'
  | 'serverBroke'
  | 'idle'
  | 'stopped'
  | 'refused'
  | 'noFirstBytes'
  | 'malformed'
  | 'clientLeft'
  | 'noFarm'
  | 'noServer'
  | 'busy'
  | 'notConnected';

export interface ConnectionRecord {
  /** GUID, lower-case. */
  readonly id: string;
  /** Wall time, ms since 1970. */
  readonly receivedAt: number;
  readonly listener: string;
  /** '' on a Unix socket. */
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** That a TLS client asked for, where it was read; '' else. */
  readonly serverName: string;
  readonly farmName: string | null;
  /** Its address as written. */
  readonly serverAddress: string | null;
  readonly attempts: number;
  /** From the client, and to it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** ms. */
  readonly duration: number;
  readonly end: ConnectionEnd;
  /** In words, where `end` does not say it all; '' else. */
  readonly reason: string;
}
