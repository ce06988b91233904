// `narrows vrrp-config`: configuration of keepalived for front tiers that share an address, and its health check script.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { adminUrl, duration, ipAddress, wholeNumber } from '../option-values.ts';
import { refuse } from '../refusal.ts';
import { keepalivedConfig, MADE_HERE, readyScript } from './keepalived.ts';

interface VrrpOptions {
  address: string[];
  interface: string;
  routerId: number;
  priority: number;
  peer: string[];
  advert: number;
  preempt: boolean;
  admin: string;
  script?: boolean;
  output?: string;
}

const USUAL_FOLDER = '/etc/keepalived';
const CONFIG = 'keepalived.conf';
const SCRIPT = 'narrows-ready.sh';

export function registerVrrpConfig(program: Command): void {
  program
    .command('vrrp-config')
    .description('print the configuration of keepalived for front tiers that share an address')
    .requiredOption('--address <address/prefix>', 'the shared address, such as 192.0.2.10/24; may be repeated', network)
    .requiredOption('--interface <name>', 'the network interface that has it, such as eth0', interfaceName)
    .requiredOption('--peer <ip>', "another front tier's own address; may be repeated", peer)
    .option(
      '--router-id <n>',
      'the same at all front tiers, and no other group in the network',
      wholeNumber(1, 255),
      51,
    )
    .option('--priority <n>', 'the highest holds the address; otherwise at each front tier', wholeNumber(1, 254), 100)
    .addOption(
      new Option('--advert <duration>', 'time between two signs of life; three missing ones move the address')
        .argParser(advert)
        .default(300, '300ms'),
    )
    .option('--no-preempt', 'one that comes back leaves the address where it is')
    .option('--admin <url>', 'admin API of the router on this machine', plainAdmin, 'http://127.0.0.1:9400')
    .option('--script', 'print the health check script instead')
    .option('-o, --output <folder>', `write ${CONFIG} and ${SCRIPT} there instead`)
    .action(vrrpConfig);
}

function vrrpConfig(options: VrrpOptions, command: Command): void {
  const mixed = [...options.address, ...options.peer].some((one) => isV6(one) !== isV6(options.address[0]!));
  if (mixed) command.error('error: addresses and peers are all IPv4 or all IPv6: one VRRP group has one of them');
  const own = options.peer.find((each) => options.address.some((address) => address.startsWith(`${each}/`)));
  if (own !== undefined) command.error(`error: ${own} is the shared address: --peer is the other front tier's own`);
  const folder = resolve(options.output ?? USUAL_FOLDER);
  if (/["\s$]/.test(folder)) command.error('error: keepalived takes no path with spaces, quotes or $ for a script');
  const { address: addresses, peer: peers } = options;
  const config = keepalivedConfig({ ...options, addresses, peers, script: join(folder, SCRIPT) });
  const script = readyScript(new URL(options.admin));
  if (options.output === undefined) return void process.stdout.write(options.script ? script : config);
  try {
    const why = whyNotThere(folder);
    if (why !== null) command.error(`error: ${why}`);
    writeBoth(folder, config, script);
  } catch (error) {
    refuse(error);
  }
}

/** Why the files should not be in this folder, in a sentence; null: they may. */
function whyNotThere(folder: string): string | null {
  const file = join(folder, CONFIG);
  if (isOfSomebody(file))
    return `${file} was not made here, and is left as it is: name another folder, or move it away`;
  const closed = closedFolder(folder);
  if (closed === null) return null;
  return `keepalived runs the script as nobody, who may not enter ${closed}: name another folder, or chmod o+x`;
}

/** Throws where the file system does. */
function writeBoth(folder: string, config: string, script: string): void {
  process.umask(0o022); // that of root may keep nobody out of what is made here
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, CONFIG), config);
  writeFileSync(join(folder, SCRIPT), script);
  chmodSync(join(folder, SCRIPT), 0o755); // also one that was there
}

/** It may hold other instances, which would be lost. */
function isOfSomebody(file: string): boolean {
  return existsSync(file) && !readFileSync(file, 'utf8').startsWith(MADE_HERE);
}

/** The first folder on the way there, of those that exist, that is not open to everybody; null: all are. */
function closedFolder(folder: string): string | null {
  const above = dirname(folder) === folder ? null : closedFolder(dirname(folder));
  if (above !== null || !existsSync(folder)) return above;
  return (statSync(folder).mode & 0o001) === 0 ? folder : null;
}

function isV6(address: string): boolean {
  return address.includes(':');
}

function network(written: string, before: string[] = []): string[] {
  const [address = '', prefix = '', ...rest] = written.split('/');
  const most = isV6(address) ? 128 : 32;
  if (!/^\d+$/.test(prefix) || Number(prefix) < 1 || Number(prefix) > most || rest.length > 0)
    throw new InvalidArgumentError('Expected ADDRESS/PREFIX such as 192.0.2.10/24.');
  return [...before, `${ipAddress(address)}/${Number(prefix)}`];
}

function peer(written: string, before: string[] = []): string[] {
  return [...before, ipAddress(written)];
}

/** As Linux has them: up to 15 characters. */
function interfaceName(written: string): string {
  if (/^[\w.@-]{1,15}$/.test(written)) return written;
  throw new InvalidArgumentError('Expected the name of a network interface such as eth0.');
}

/** VRRP version 3 counts in hundredths of a second. */
function advert(written: string): number {
  const ms = duration(written);
  if (ms >= 10 && ms <= 1000 && ms % 10 === 0) return ms;
  throw new InvalidArgumentError('Expected 10ms to 1s, in steps of 10ms.');
}

function plainAdmin(written: string): string {
  const url = new URL(adminUrl(written));
  if (url.protocol === 'http:' && url.username === '' && /^[\w.:[\]-]+$/.test(url.host)) return url.origin;
  throw new InvalidArgumentError('Expected the http URL of the router on this machine, such as http://127.0.0.1:9400.');
}
