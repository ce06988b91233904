// Host-name affinity where nothing is allocated: to check a configuration, and to explain.
import type { HostDirectory } from '../model/host-directory.ts';
import { SharedHostServers } from '../proxy/affinity/host-servers.ts';

/** Where nothing runs. */
export const noHosts: HostDirectory = {
  find: () => undefined,
  ask: () => Promise.resolve(null),
  preview: () => null,
  noteStart: () => {},
  noteEnd: () => {},
};

/** What a running router knows. */
export interface PeekedHosts {
  /** The servers of a host; null for none. */
  peek(farm: string, host: string): readonly string[] | null;
  /** Those that it would have after a request now. */
  preview(farm: string, host: string): readonly string[] | null;
}

export function peekedHosts(hosts: PeekedHosts): HostDirectory {
  return {
    ...noHosts,
    find(farm, host) {
      const addresses = hosts.peek(farm, host);
      if (addresses === null) return undefined;
      const numbers = { requests: 0, bytesSent: 0, bytesReceived: 0, isUsed: false };
      return { host, servers: new SharedHostServers(addresses), ...numbers, askedWith: null };
    },
    preview(farm, host) {
      const addresses = hosts.preview(farm, host);
      return addresses === null ? null : new SharedHostServers(addresses);
    },
  };
}
