// The compiled configuration: frozen, one for each revision, swapped by one assignment. A request keeps the one it began with.
import type { Config } from './config.ts';
import type { OutcomeSink, Stage } from './extensions.ts';
import type { Farm, Origins } from './farm.ts';
import type { AddressSet, ListenerRules } from './listener-rules.ts';

export interface Snapshot {
  readonly id: number;
  readonly config: Config;
  /** By lower-case name. */
  readonly farms: ReadonlyMap<string, Farm>;
  /** The farm that everything goes to when there is one farm and no rule (CONTRACT 2, absent sections). */
  readonly onlyFarm: Farm | null;
  /** Hosts that are no farm; null: requests go to farms only (proxy.enabled). */
  readonly origins: Origins | null;
  /** Somewhere a path that decodes differently a second time is taken: who takes none refuses it in a stage. */
  readonly allowsDoubleEscaping: boolean;
  /** Whose X-Forwarded-* are believed; null: nobody's. */
  readonly trustedProxies: AddressSet | null;
  /** By key of the listener (listener-key.ts). */
  readonly listeners: ReadonlyMap<string, ListenerRules>;
  /** A listener asks clients for certificates, or one has: connections of it may still be there. */
  readonly asksForCertificates: boolean;
  /** Stages that act on this snapshot's requests, in the order of journey.ts. */
  readonly stages: readonly Stage[];
  /** Those of them that edit answers made here. */
  readonly answerStages: readonly Stage[];
  /** Of extensions: they hear of outcomes after our own. */
  readonly sinks: readonly OutcomeSink[];
}
