// From a checked configuration to what data planes compile.
import type { BindingTables } from '../control/state/binding-tables.ts';
import { claimSlots } from '../control/state/server-slots.ts';
import type { TlsMaterial } from '../model/certificate.ts';
import type { Config } from '../model/config.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';
import type { Revision } from './data-plane-port.ts';

/** What a revision takes beside the configuration; it stays the same while a router runs. */
export interface RevisionParts {
  readonly table: ServerTableOwner;
  readonly affinitySecret: string;
  readonly bindings: BindingTables;
  readonly tieSeed: number;
}

/** Names of the listeners that are one. */
export function virtualServersOf({ listeners }: Config): string[] {
  return listeners.filter(({ virtualServer }) => virtualServer !== null).map(({ name }) => name);
}

/** `config` with all that compiling it takes; its servers have slots from now on. */
export function makeRevision(id: number, config: Config, tls: TlsMaterial, parts: RevisionParts): Revision {
  const { table, affinitySecret, bindings, tieSeed } = parts;
  const slots = claimSlots(table, config.farms, virtualServersOf(config));
  return {
    ...{ id, config, slots, serverBlocks: table.blocks, affinitySecret, tieSeed },
    bindings: bindings.claim(config.farms),
    bindingSeed: bindings.seed,
    tls,
  };
}
