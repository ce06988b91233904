// Where servers come from while the router runs: what is asked, and how often.
import type { ServerConfig } from '../../model/farm-config.ts';

export interface MembershipSource {
  /** For people: `file members.yaml`, `SRV _http._tcp.shop.internal`. */
  readonly name: string;
  /** Time between two looks, ms. */
  readonly interval: number;
  /** The servers as they are now. Rejects where that cannot be told. */
  read(): Promise<ServerConfig[]>;
  close(): void;
}

/** Reads a list of servers, YAML or JSON. @throws Error that says what is wrong */
export type ParseServers = (text: string, source: string) => ServerConfig[];
