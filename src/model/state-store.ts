// Where live state is kept that routers may one day share: a name and a few verbs. In memory now.

/** Values by key, in the order of their last set(). */
export interface StateSpace<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): boolean;
  readonly size: number;
  /** The one that was set longest ago first. */
  entries(): Iterable<[key: string, value: V]>;
}

export interface StateStore {
  /** The values of one kind. */
  space<V>(name: string): StateSpace<V>;
}
