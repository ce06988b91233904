// Reloading: another configuration comes into force in a router that runs, all of it or nothing (CONTRACT 2, Reload).
import type { Clock } from '../base/clock.ts';
import { releaseOtherSlots } from '../control/state/server-slots.ts';
import type { Config } from '../model/config.ts';
import { listenerKey } from '../model/listener-key.ts';
import type { PreparedLog } from './access-log-file.ts';
import type { Revision, SettledListener } from './data-plane-port.ts';
import { type CheckedConfig, refuseFaults } from './load-checked.ts';
import { makeRevision, virtualServersOf } from './make-revision.ts';
import type { Running } from './running.ts';
import { servedListeners, settleListeners } from './settle-listeners.ts';
import { tlsMaterial } from './tls-material.ts';

/** How often it is looked whether requests still run on an older configuration, ms. */
const UNPINNED_LOOK = 1000;

/** What stands ready beside the running configuration. */
interface Prepared {
  readonly revision: Revision;
  readonly opened: readonly SettledListener[];
  readonly log: PreparedLog;
}

/** Brings what operators and sources changed into force. To be called when no other change is under way. */
export async function reapplyConfig(running: Running, clock: Clock): Promise<void> {
  const { written, control } = running;
  const config = control.present(written.config);
  await applyConfig(running, written, config, clock);
}

/**
 * Brings `written` into force, as `config` has it. To be called when no other change is under way (DataPlanes.inTurn).
 * @throws ListenError, or the system's error where the access log cannot be opened: then nothing has changed
 */
export async function applyConfig(
  running: Running,
  written: CheckedConfig,
  config: Config,
  clock: Clock,
): Promise<void> {
  const checked = { ...written, config };
  const before = running.checked.config;
  const { planes, live, table, admin, control } = running;
  running.cancelRecycling();
  let prepared: Prepared;
  try {
    prepared = await prepare(running, checked);
  } catch (error) {
    live.use(before);
    releaseOtherSlots(table, before.farms, virtualServersOf(before));
    running.bindings.release(before.farms);
    await admin.abandon();
    recycleWhenUnpinned(running, clock);
    throw error;
  }
  await planes.commit(prepared.revision);
  running.written = written;
  running.checked = checked;
  running.revision = prepared.revision;
  await prepared.log.commit();
  await swapListeners(running, prepared.opened);
  releaseOtherSlots(table, config.farms, virtualServersOf(config));
  running.bindings.release(config.farms);
  table.advanceEpoch();
  live.use(config);
  live.health.apply(config.farms);
  control.applied(config, written.config);
  admin.commit(config.admin);
  recycleWhenUnpinned(running, clock);
}

/** Everything that can fail; listeners come last, since a client may find a new one open at once. */
async function prepare(running: Running, checked: CheckedConfig): Promise<Prepared> {
  const { config } = checked;
  const { planes, live, accessLog, admin, listeners, threads } = running;
  const open = new Set(listeners.map(({ key }) => key));
  const added = servedListeners(config).filter((listener) => !open.has(listenerKey(listener)));
  const opened = await settleListeners(added, threads > 1, listeners);
  await live.learn(config);
  await admin.prepare(config.admin);
  const revision = makeRevision(running.revision.id + 1, config, tlsMaterial(checked, running), running);
  refuseFaults(await planes.prepare(revision), checked);
  const log = await accessLog.prepare(config.accessLog);
  try {
    await planes.open(opened);
  } catch (error) {
    await log.abandon();
    throw error;
  }
  return { revision, opened, log };
}

/** Closes those that went; those that stay are not touched, they may have another name. */
async function swapListeners(running: Running, opened: readonly SettledListener[]): Promise<void> {
  const names = new Map(servedListeners(running.checked.config).map((each) => [listenerKey(each), each.name]));
  const all = [...running.listeners, ...opened];
  running.listeners = all.flatMap((each) => {
    const name = names.get(each.key);
    return name === undefined ? [] : [{ ...each, name }];
  });
  await running.planes.close(all.filter(({ key }) => !names.has(key)).map(({ key }) => key));
}

/** Slots of servers that went serve others once no request runs on an older configuration (DESIGN 2). */
function recycleWhenUnpinned(running: Running, clock: Clock): void {
  const { planes, table } = running;
  running.cancelRecycling = clock.every(UNPINNED_LOOK, () => {
    void planes.inTurn(async () => {
      if ((await planes.oldestPinned()) < running.revision.id) return;
      running.cancelRecycling();
      table.recycleReleased();
    });
  });
}
