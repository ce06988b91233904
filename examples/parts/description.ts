// What is where: a line for each process of a deployment.
import type { StartedProcess } from './started-process.ts';

/** A table: title, pid, where it listens, and its admin API. */
export function describe(
  fronts: readonly StartedProcess[],
  frontListeners: readonly string[],
  routers: readonly StartedProcess[],
  routerListeners: readonly string[],
  servers: readonly StartedProcess[],
): string {
  const rows = [
    ...fronts.map((front) => line(front, frontListeners, true)),
    ...routers.map((router) => line(router, routerListeners, true)),
    ...servers.map((server) => line(server, ['server'], false)),
  ];
  return `${rows.join('\n')}\n`;
}

/** A process that listens nowhere has its pid alone. */
function line(started: StartedProcess, listeners: readonly string[], hasAdmin: boolean): string {
  if (!started.listens) return `  ${started.title.padEnd(12)} pid ${started.pid}`;
  const places = listeners.map((name) => withoutSlash(started.url(name)));
  const admin = hasAdmin ? `admin ${withoutSlash(started.url('admin'))}` : '';
  return `  ${started.title.padEnd(12)} pid ${String(started.pid).padEnd(8)} ${places.join(' ')} ${admin}`.trimEnd();
}

function withoutSlash({ href }: URL): string {
  return href.replace(/\/$/, '');
}
