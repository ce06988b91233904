// A tcp listener as written, compiled: its farms in place of their names.
import type { ListenerConfig, VirtualServerConfig } from '../model/config.ts';
import type { Farm } from '../model/farm.ts';
import { listenerKey } from '../model/listener-key.ts';
import type { AddressSet } from '../model/listener-rules.ts';
import type { ServerState } from '../model/server-state.ts';
import { listenerSlotId } from '../model/server-table.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compilePool, type Pool } from './pools.ts';

export interface VirtualServer {
  /** Of the listener. */
  readonly name: string;
  readonly config: VirtualServerConfig;
  /** Where no pool fits; null: such connections are closed. */
  readonly farm: Farm | null;
  /** Empty: nothing of a connection has to be seen. */
  readonly pools: readonly Pool[];
  /** Peers whose connections begin with a PROXY header; null: nobody's do. */
  readonly senders: AddressSet | null;
  /** Its own numbers, for all workers. */
  readonly state: ServerState;
  /** Of the snapshot. */
  readonly snapshotId: number;
}

/** Null for a listener that speaks HTTP. @param stateOf the numbers of the slot with this name */
export function compileVirtualServer(
  listener: ListenerConfig,
  snapshot: Snapshot,
  stateOf: (slotId: string) => ServerState,
): VirtualServer | null {
  const config = listener.virtualServer;
  if (config === null) return null;
  const farmOf = (name: string | null): Farm | null =>
    name === null ? null : (snapshot.farms.get(name.toLowerCase()) ?? null);
  return {
    name: listener.name,
    config,
    farm: farmOf(config.farm),
    pools: config.pools.map((pool) => compilePool(pool, farmOf(pool.farm))),
    senders: snapshot.listeners.get(listenerKey(listener))?.proxySenders ?? null,
    state: stateOf(listenerSlotId(listener.name)),
    snapshotId: snapshot.id,
  };
}
