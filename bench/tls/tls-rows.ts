// The TLS rows: requests on connections that are kept, and new connections with a whole handshake or a resumed session.
import { affinityCookies } from '../load/affinity-cookies.ts';
import { drive, type Load } from '../load/drive.ts';
import { cpuTime } from '../measure/process-group.ts';
import { type ProxyName, plainVariant, proxyKinds, SECURE_PORT_OFFSET } from '../proxies/catalogue.ts';
import { type RunningProxy, sayMissing, startProxy } from '../proxies/running-proxy.ts';
import type { Target } from '../rows/row.ts';
import type { Measured, RunConditions } from '../rows/run-row.ts';
import { makeCertificate } from './certificate.ts';
import { openSession, shakeHands } from './handshakes.ts';

const MEASURED: readonly ProxyName[] = ['narrows', 'nginx'];
const LOAD: Load = { connections: 32, size: 'small', heads: 'plain', connection: 'keep' };
const WARM_UP_SECONDS = 3;

export type TlsRowName = 'tls' | 'tls-full' | 'tls-resumed';

export interface TlsRow {
  readonly name: TlsRowName;
  readonly title: string;
  readonly targets: readonly Target[];
}

const atMost = (limit: number): Target => ({ figure: 'cpu', subject: 'narrows', peer: 'nginx', atMost: limit });

export const tlsRows: readonly TlsRow[] = [
  { name: 'tls', title: 'Small responses over TLS, 32 keep-alive connections', targets: [atMost(1.35)] },
  {
    name: 'tls-full',
    title: 'New TLS 1.3 connections, ECDSA P-256 and X25519, one request each',
    targets: [atMost(1.8)],
  },
  { name: 'tls-resumed', title: 'The same, resuming a session', targets: [atMost(3)] },
];

interface Peer {
  readonly proxy: RunningProxy;
  readonly port: number;
  readonly cookies: readonly string[];
  readonly session: Buffer;
  readonly measured: Measured;
}

/** Interleaved rounds of one row. */
export async function measureTlsRow(
  { name }: TlsRow,
  wanted: readonly ProxyName[],
  conditions: RunConditions,
): Promise<Measured[]> {
  makeCertificate(conditions.scratch);
  const peers: Peer[] = [];
  try {
    for (const proxy of MEASURED.filter((one) => wanted.includes(one))) {
      const peer = await startPeer(proxy, name, conditions.scratch).catch((error) => sayMissing(proxy, error));
      if (peer) peers.push(peer);
    }
    for (let round = 0; round < conditions.rounds; round++) {
      for (let n = 0; n < peers.length; n++)
        await takeSample(peers[(n + round) % peers.length]!, name, conditions.seconds);
      const latest = peers.map(({ measured }) => `${measured.label} ${measured.samples.at(-1)!.cpu.toFixed(1)}`);
      conditions.say(`${name} ${round + 1}/${conditions.rounds}: ${latest.join('  ')}`);
    }
  } finally {
    for (const { proxy } of peers) await proxy.program.stop();
  }
  return peers.map(({ measured }) => measured);
}

async function startPeer(name: ProxyName, row: TlsRowName, scratch: string): Promise<Peer> {
  const kind = proxyKinds.find((one) => one.name === name)!;
  const proxy = await startProxy(kind, { ...plainVariant, tls: true }, scratch);
  const port = kind.port + SECURE_PORT_OFFSET;
  try {
    const cookies = await affinityCookies(proxy.url);
    const peer = { proxy, port, cookies, session: await openSession(port), measured: { label: name, samples: [] } };
    await load(peer, row, WARM_UP_SECONDS);
    return peer;
  } catch (error) {
    await proxy.program.stop();
    throw error;
  }
}

async function takeSample(peer: Peer, row: TlsRowName, seconds: number): Promise<void> {
  const { group } = peer.proxy.program;
  const before = cpuTime(group);
  const { requests, microseconds, p50, p99 } = await load(peer, row, seconds);
  const cpu = (cpuTime(group) - before) / requests;
  peer.measured.samples.push({ cpu, rate: (requests * 1e6) / microseconds, p50, p99 });
}

async function load({ port, cookies, session }: Peer, row: TlsRowName, seconds: number) {
  if (row === 'tls') return drive(`https://127.0.0.1:${port}`, LOAD, seconds, cookies);
  const { connections, ...times } = await shakeHands(port, row === 'tls-full' ? null : session, seconds);
  return { requests: connections, ...times };
}
