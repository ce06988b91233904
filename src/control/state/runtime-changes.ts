// What operators changed while the router ran: it lies over the configuration by FARM/ADDRESS, survives reloads and, where asked, a
// restart. A server that is gone from the configuration loses what was changed of it (CONTRACT 2, Runtime changes).
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import type { StateAction } from '../../model/farm-operations.ts';
import { serverId } from '../../model/server-table.ts';
import type { StateFile } from './state-file.ts';

/** What is changed of one server; what is absent is as configured. */
export interface ServerOverride {
  weight?: number;
  /** Kept only to be restored after a restart. */
  state?: StateAction;
  drain?: OwnLimits;
}

/** Of one drain, in place of those of the configuration. */
export interface OwnLimits {
  /** Milliseconds. */
  idleTimeout?: number;
  /** When it ends at the latest, ms since 1970; 0: no deadline. */
  until?: number;
}

/** Everything that was changed, plain data. `persisted` are the keys that survive a restart. */
interface Changes {
  /** By FARM/ADDRESS. */
  servers: Record<string, ServerOverride>;
  /** By farm: servers as an operator wrote them. */
  added: Record<string, Record<string, unknown>>;
  /** By farm: addresses. */
  removed: Record<string, string[]>;
  farms: Record<string, { enabled: boolean }>;
}

export type ReadServers = (value: unknown, source: string) => ServerConfig[];

/** Without a prototype: a farm may be called `constructor`, and a state file may say `__proto__`. */
const record = () => Object.create(null) as Record<string, never>;
const nothing = (): Changes => ({ servers: record(), added: record(), removed: record(), farms: record() });

export class RuntimeChanges {
  readonly #file: StateFile;
  readonly #readServers: ReadServers;
  readonly #now = nothing();
  /** The part of it that is on the disk. */
  readonly #kept = nothing();

  /** Takes up what was kept. */
  constructor(file: StateFile, readServers: ReadServers) {
    this.#file = file;
    this.#readServers = readServers;
    const kept = file.read() as Partial<Changes> | undefined;
    if (kept === undefined) return;
    try {
      checkShape(kept);
      for (const servers of Object.values(kept.added ?? {})) readServers(Object.values(servers), 'operator');
      for (const part of ['servers', 'added', 'removed', 'farms'] as const) {
        Object.assign(this.#kept[part], structuredClone(kept[part] ?? {}));
        Object.assign(this.#now[part], structuredClone(kept[part] ?? {}));
      }
    } catch (error) {
      file.putAside((error as Error).message);
    }
  }

  /** `farm` with what was changed of it; `servers` are those that it has without that. */
  overlay(farm: FarmConfig, servers: readonly ServerConfig[]): FarmConfig {
    const removed = new Set(this.#now.removed[farm.name]);
    const added = this.#readServers(Object.values(this.#now.added[farm.name] ?? {}), 'operator');
    // What an operator wrote of a server wins over what the configuration says of it.
    const members = [...servers.filter(({ address }) => !added.some((each) => each.address === address)), ...added];
    return {
      ...farm,
      enabled: this.#now.farms[farm.name]?.enabled ?? farm.enabled,
      servers: members
        .filter(({ address }) => !removed.has(address))
        .map((server) => {
          const weight = this.override(farm.name, server.address)?.weight;
          return weight === undefined ? server : { ...server, weight };
        }),
    };
  }

  /** Forgets what was changed of servers and farms that are in the configuration no more. @param members by farm, without changes */
  forgetGone(members: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const part of [this.#now, this.#kept]) {
      for (const id of Object.keys(part.servers)) {
        const slash = id.indexOf('/');
        const farm = id.slice(0, slash);
        const address = id.slice(slash + 1);
        const isThere = members.get(farm)?.has(address) || part.added[farm]?.[address] !== undefined;
        if (!isThere) delete part.servers[id];
      }
      for (const [farm, addresses] of Object.entries(part.removed)) {
        part.removed[farm] = addresses.filter((address) => members.get(farm)?.has(address));
      }
      for (const name of [...Object.keys(part.farms), ...Object.keys(part.added)]) {
        if (members.has(name)) continue;
        delete part.farms[name];
        delete part.added[name];
      }
    }
  }

  /** Whether anything can survive a restart: there is a state directory. */
  get canKeep(): boolean {
    return this.#file.exists;
  }

  override(farm: string, address: string): ServerOverride | undefined {
    return this.#now.servers[serverId(farm, address)];
  }

  farmEnabled(farm: string): boolean | null {
    return this.#now.farms[farm]?.enabled ?? null;
  }

  /** As the operator wrote it; undefined where none did. */
  addedServer(farm: string, address: string): unknown {
    return this.#now.added[farm]?.[address];
  }

  setWeight(farm: string, address: string, weight: number | null, persist: boolean): void {
    this.#change(persist, ({ servers }) =>
      setOverride(servers, serverId(farm, address), { weight: weight ?? undefined }),
    );
  }

  /** @param state undefined: as configured @param drain of a drain that has limits of its own */
  setState(
    farm: string,
    address: string,
    state: StateAction | undefined,
    persist: boolean,
    drain: OwnLimits = {},
  ): void {
    this.#change(persist, ({ servers }) =>
      setOverride(servers, serverId(farm, address), {
        state,
        drain: Object.keys(drain).length === 0 ? undefined : drain,
      }),
    );
  }

  /** The drain of a server has ended: what was to be kept of it is how it ended. */
  drained(farm: string, address: string): void {
    const id = serverId(farm, address);
    const isKept = this.#kept.servers[id]?.state === 'Drain';
    if (this.#now.servers[id]?.state === 'Drain') this.setState(farm, address, 'GracefulStop', isKept);
  }

  setFarmEnabled(farm: string, enabled: boolean | null, persist: boolean): void {
    this.#change(persist, ({ farms }) => {
      if (enabled === null) delete farms[farm];
      else farms[farm] = { enabled };
    });
  }

  /** @param written as an item of `servers`; it has been read */
  add(farm: string, address: string, written: unknown, persist: boolean): void {
    this.#change(persist, ({ added, removed }) => {
      removed[farm] = (removed[farm] ?? []).filter((each) => each !== address);
      added[farm] = { ...added[farm], [address]: written };
    });
  }

  /** One that the configuration or a source has is gone again once it is put back there. */
  remove(farm: string, address: string, persist: boolean): void {
    this.#change(persist, ({ added, removed }) => {
      const { [address]: _, ...others } = added[farm] ?? {};
      added[farm] = others;
      removed[farm] = [...new Set([...(removed[farm] ?? []), address])];
    });
  }

  /** The server that the configuration or a source has is a member again. */
  restore(farm: string, address: string, persist: boolean): void {
    this.#change(persist, ({ removed }) => {
      removed[farm] = (removed[farm] ?? []).filter((each) => each !== address);
    });
  }

  isRemoved(farm: string, address: string): boolean {
    return this.#now.removed[farm]?.includes(address) ?? false;
  }

  /** What is kept comes back with a restart, whatever was changed since that is not kept. */
  #change(persist: boolean, apply: (changes: Changes) => void): void {
    apply(this.#now);
    if (!persist) return;
    apply(this.#kept);
    this.#file.write(this.#kept);
  }
}

const STATES: readonly unknown[] = ['Start', 'Drain', 'GracefulStop', 'ForcefulStop'];

function areLimits(drain: unknown): boolean {
  if (typeof drain !== 'object' || drain === null) return false;
  const { idleTimeout = 0, until = 0 } = drain as Record<string, unknown>;
  return [idleTimeout, until].every((time) => Number.isInteger(time) && Number(time) >= 0);
}

/** A file that another version wrote, or a person. @throws Error that says what is wrong */
function checkShape({ servers = {}, added = {}, removed = {}, farms = {} }: Partial<Changes>): void {
  for (const part of [servers, added, removed, farms]) {
    if (typeof part !== 'object' || part === null) throw new Error('it has another shape');
  }
  for (const [id, { weight, state, drain = {} }] of Object.entries(servers)) {
    const isWeight = weight === undefined || (Number.isInteger(weight) && weight >= 1);
    if (!isWeight || !areLimits(drain) || (state !== undefined && !STATES.includes(state)))
      throw new Error(`what it says of ${id} is not known`);
  }
  for (const [farm, addresses] of Object.entries(removed)) {
    const isList = Array.isArray(addresses) && addresses.every((address) => typeof address === 'string');
    if (!isList) throw new Error(`the removed servers of ${farm} are no list of addresses`);
  }
  for (const [farm, { enabled }] of Object.entries(farms)) {
    if (typeof enabled !== 'boolean') throw new Error(`whether farm ${farm} is online is not said`);
  }
}

function setOverride(
  servers: Record<string, ServerOverride>,
  id: string,
  change: { [Key in keyof ServerOverride]: ServerOverride[Key] | undefined },
): void {
  const entries = Object.entries({ ...servers[id], ...change }).filter(([, value]) => value !== undefined);
  if (entries.length === 0) delete servers[id];
  else servers[id] = Object.fromEntries(entries);
}
