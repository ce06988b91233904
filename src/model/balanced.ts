// What farms, affinity and balancing methods know of what they find a server for: a request, or the connection of a client of a
// virtual server, which has no head and no URL.
import type { Farm, Server } from './farm.ts';
import type { HostRecord } from './host-directory.ts';
import type { AffinityVerdict } from './request-context.ts';

export interface Balanced {
  /** Null in a dry run, which takes no turn. */
  readonly client: object | null;
  readonly clientAddress: string;
  readonly farm: Farm | null;
  candidates: readonly Server[];
  readonly hostRecord: HostRecord | null;
  affinity: AffinityVerdict;
  /** The server that the client is bound to although it takes no new work; null where there is none. */
  boundServer: Server | null;
  readonly server: Server | null;
  readonly attempts: readonly { readonly server: Server }[] | null;
}
