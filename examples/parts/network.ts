// The network of a deployment with an address that moves: a namespace for each machine, all on one switch.
import { spawnSync } from 'node:child_process';

/** The machines, and what each is called at the switch. The routers and servers share one. */
export const MACHINES = {
  client: '192.0.2.100',
  'front-1': '192.0.2.11',
  'front-2': '192.0.2.12',
  inside: '192.0.2.20',
} as const;
export type Machine = keyof typeof MACHINES;

/** The address that the front tiers share. */
export const SHARED_ADDRESS = '192.0.2.10';
export const PREFIX = 24;

const SWITCH = 'switch';

export class Network {
  readonly #prefix: string;
  readonly #made: string[] = [];

  /** @param prefix of the names of its namespaces. Throws an Error of one line where namespaces cannot be made. */
  constructor(prefix: string) {
    this.#prefix = prefix;
    process.once('exit', () => this.remove());
    try {
      this.#add(SWITCH);
      this.#within(SWITCH, 'link', 'add', 'br0', 'type', 'bridge');
      this.#within(SWITCH, 'link', 'set', 'br0', 'up');
      for (const [machine, address] of Object.entries(MACHINES)) this.#plugIn(machine, address);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** The command as one that runs on a machine. */
  on(machine: Machine, command: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this.nameOf(machine), ...command];
  }

  /** The namespace of a machine. */
  nameOf(machine: Machine | typeof SWITCH): string {
    return `${this.#prefix}-${machine}`;
  }

  /** Once nothing runs in it. */
  remove(): void {
    for (const name of this.#made.splice(0)) spawnSync('ip', ['netns', 'del', name]);
  }

  #plugIn(machine: string, address: string): void {
    this.#add(machine);
    const peer = ['peer', 'name', 'eth0', 'netns', `${this.#prefix}-${machine}`];
    this.#within(SWITCH, 'link', 'add', 'name', machine, 'type', 'veth', ...peer);
    this.#within(SWITCH, 'link', 'set', 'dev', machine, 'master', 'br0', 'up');
    this.#within(machine, 'addr', 'add', `${address}/${PREFIX}`, 'dev', 'eth0');
    this.#within(machine, 'link', 'set', 'eth0', 'up');
    this.#within(machine, 'link', 'set', 'lo', 'up');
  }

  /** One that was left behind, with nothing in it, is made anew. */
  #add(machine: string): void {
    const name = `${this.#prefix}-${machine}`;
    const { status, stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
    if (status === 0 && stdout.trim() !== '')
      throw new Error(
        `namespace ${name} is in use by pid ${stdout.trim().split('\n').join(', ')}: does the example run already?`,
      );
    if (status === 0) ip('netns', 'del', name);
    ip('netns', 'add', name);
    this.#made.push(name);
  }

  #within(machine: string, ...args: string[]): void {
    ip('-n', `${this.#prefix}-${machine}`, ...args);
  }
}

/** Why no namespaces can be made here, in a sentence; null: they can. */
export function whyNoNetwork(): string | null {
  const name = `narrows-try-${process.pid}`;
  const { status, stderr, error } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (error !== undefined) return 'the command ip is not there: install iproute2';
  if (status !== 0) return `network namespaces need CAP_SYS_ADMIN and CAP_NET_ADMIN, which root has (${stderr.trim()})`;
  const pair = spawnSync('ip', ['-n', name, 'link', 'add', 'name', 'one', 'type', 'veth', 'peer', 'name', 'two'], {
    encoding: 'utf8',
  });
  ip('netns', 'del', name);
  if (pair.status !== 0)
    return `a virtual cable cannot be made: CAP_NET_ADMIN, or the kernel's veth is missing (${pair.stderr.trim()})`;
  if (spawnSync('keepalived', ['--version']).error !== undefined) return 'keepalived is not there: install it';
  return null;
}

function ip(...args: string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (error !== undefined || status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
