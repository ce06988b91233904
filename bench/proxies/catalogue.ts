// The proxies of the comparison: where each listens and how each is started.
import { accessSync, constants, copyFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '../measure/program.ts';

const BENCH = join(import.meta.dirname, '..');
const PEERS = join(BENCH, 'peers');

export type ProxyName = 'narrows' | 'nginx' | 'haproxy' | 'caddy' | 'http-proxy-3' | 'fastify-http-proxy';

/** How a proxy is to run. */
export interface Variant {
  workers: number;
  accessLog: boolean;
  /** With a listener that speaks TLS, on the port above by SECURE_PORT_OFFSET. */
  tls?: boolean;
  /** With a listener that passes bytes, on the port above by TCP_PORT_OFFSET: it is what is driven. */
  tcp?: boolean;
  /** Another configuration of Narrows, for the breakdown: a file in bench/narrows without its ending. */
  narrowsConfig?: string;
}

export interface ProxyKind {
  name: ProxyName;
  port: number;
  /** @param scratch folder for what it writes */
  command(variant: Variant, scratch: string): Command;
}

export const plainVariant: Variant = { workers: 1, accessLog: false };

export const SECURE_PORT_OFFSET = 10;
export const TCP_PORT_OFFSET = 20;

export const proxyKinds: readonly ProxyKind[] = [
  { name: 'narrows', port: 28100, command: narrows },
  { name: 'nginx', port: 28101, command: nginxPeer },
  { name: 'haproxy', port: 28102, command: haproxy },
  { name: 'caddy', port: 28103, command: caddy },
  { name: 'http-proxy-3', port: 28104, command: () => nodePeer(import.meta.resolve('../peers/http-proxy-3.ts')) },
  {
    name: 'fastify-http-proxy',
    port: 28105,
    command: () => nodePeer(import.meta.resolve('../peers/fastify-http-proxy.ts')),
  },
];

/** An nginx with `config`, in the foreground; also the back end's. */
export function nginx(config: string, workers: number, scratch: string): Command {
  // As root its workers would become another user, who cannot read the scratch folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const global = `daemon off; worker_processes ${workers}; ${user}`;
  return { file: onPath('nginx'), args: ['-e', 'stderr', '-p', scratch, '-c', config, '-g', global] };
}

export function narrowsLauncher(): string {
  return join(BENCH, '..', 'bin', 'narrows');
}

export function narrowsConfig(variant: Variant): string {
  const name = variant.accessLog ? 'logged' : variant.tls ? 'tls' : variant.tcp ? 'tcp' : variant.narrowsConfig;
  return name === undefined ? join(BENCH, 'narrows.yaml') : join(BENCH, 'narrows', `${name}.yaml`);
}

function narrows(variant: Variant, scratch: string): Command {
  return {
    file: narrowsLauncher(),
    args: ['run', '-c', narrowsConfig(variant), '--workers', String(variant.workers)],
    env: { BENCH_SCRATCH: scratch },
  };
}

function nginxPeer(variant: Variant, scratch: string): Command {
  if (variant.tls) return nginx(nginxWithTls(scratch), variant.workers, scratch);
  const config = variant.accessLog ? 'nginx-logged.conf' : 'nginx-plain.conf';
  return nginx(join(PEERS, config), variant.workers, scratch);
}

/** nginx looks for certificates, as for files to include, beside its configuration: all of it goes to where they are. */
function nginxWithTls(scratch: string): string {
  for (const name of ['nginx-tls.conf', 'nginx-common.conf', 'nginx-locations.conf'])
    copyFileSync(join(PEERS, name), join(scratch, name));
  return join(scratch, 'nginx-tls.conf');
}

function haproxy(variant: Variant): Command {
  return {
    file: onPath('haproxy'),
    args: ['-db', '-f', join(PEERS, 'haproxy.cfg')],
    env: { BENCH_THREADS: String(variant.workers), ...(variant.accessLog && { BENCH_ACCESS_LOG: '1' }) },
  };
}

function caddy(variant: Variant, scratch: string): Command {
  return {
    file: onPath('caddy'),
    args: ['run', '--config', join(PEERS, 'Caddyfile'), '--adapter', 'caddyfile'],
    env: { GOMAXPROCS: String(variant.workers), XDG_CONFIG_HOME: scratch, XDG_DATA_HOME: scratch },
  };
}

function nodePeer(script: string): Command {
  return { file: process.execPath, args: [fileURLToPath(script)] };
}

/** Debian keeps servers in /usr/sbin, which is not on everybody's path. */
function onPath(program: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (found === undefined) throw new Error(`${program} is not installed`);
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
