// What data planes tell the control thread, and who hears it.
import type { Logger } from '../base/logger.ts';
import type { HostMappings } from '../control/hosts/host-mappings.ts';
import type { FoundHost } from '../model/host-use.ts';
import type { AccessLogFile } from './access-log-file.ts';
import type { DataPlaneEvents } from './data-plane-port.ts';
import type { LiveState } from './live-state.ts';

/** Peers that a router warns of at most: each is named once, and a client may come from any number of addresses. */
const MOST_PEERS = 100;

/** @param answerHosts takes the answer to onHostsWanted() to the data planes */
export function planeEvents(
  live: LiveState,
  hosts: HostMappings,
  answerHosts: (found: readonly FoundHost[]) => void,
  accessLog: AccessLogFile,
  logger: Logger,
): DataPlaneEvents {
  const warned = new Set<string>();
  return {
    onLiveFailure: (id, reason) => live.health.liveFailure(id, reason),
    onLogLines: (lines) => accessLog.write(lines),
    onNameWanted: (host) => live.names.want(host),
    onHostsWanted: (wanted) => answerHosts(hosts.find(wanted)),
    onHostsUnanswered: (requests) =>
      logger.warn(
        { event: 'hosts-unanswered', requests },
        `${requests} requests were balanced as if their hosts had no servers: too many new host names came at once`,
      ),
    onHostUses: (farm, uses) => hosts.noteUses(farm, uses),
    onInternalError: (message) =>
      logger.error({ event: 'internal-error', error: message }, 'a request failed by a fault of the router'),
    onUntrustedForward(peer) {
      if (warned.has(peer) || warned.size >= MOST_PEERS) return;
      warned.add(peer);
      logger.warn(
        { event: 'untrusted-forwarded-for', peer },
        `${peer} sends X-Forwarded-For and is not trusted: if it is your proxy, set trustedProxies: ["${peer}"]`,
      );
    },
  };
}
