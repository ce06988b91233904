// Host-name affinity where nothing runs: to check a configuration and to explain with it.
import type { HostDirectory } from '../model/host-directory.ts';

export const noHosts: HostDirectory = {
  find: () => undefined,
  ask: () => Promise.resolve(null),
  noteUse: () => {},
};

/** What explain sees of a running router: nothing is allocated. @param peek the servers of a host; null for none */
export function peekedHosts(peek: (farm: string, host: string) => readonly string[] | null): HostDirectory {
  return {
    ...noHosts,
    find(farm, host) {
      const addresses = peek(farm, host);
      if (addresses === null) return undefined;
      return { host, addresses, requests: 0, bytesSent: 0, bytesReceived: 0, servers: [], madeOf: null };
    },
  };
}
