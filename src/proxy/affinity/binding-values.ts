// What an affinity cookie says, and how it is written: the two kinds of value fulfil this (CONTRACT 2, affinity value).
import type { Server } from '../../model/farm.ts';

/** What a cookie value was found to say. */
export interface Binding {
  readonly server: Server;
  /** Good, but to be written again: an old secret, ARR's own hash, another kind of value, or an old time. */
  readonly renew: boolean;
}

export interface BindingValues {
  /** Null when the value is none of ours, or its time is over. */
  read(value: string): Binding | null;
  /** The value for a client that is bound to `server` now. */
  issue(server: Server): string;
  /** The value that takes the place of `value`, which read() called good. */
  renew(value: string, server: Server): string;
}
