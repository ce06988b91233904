// The WebSocket rows: CPU time for one small message there and back, and memory of sessions that are silent.
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuTime } from '../measure/process-group.ts';
import { settledMemory, withCollection } from '../memory/settled-memory.ts';
import { type ProxyName, plainVariant, proxyKinds } from '../proxies/catalogue.ts';
import { type RunningProxy, sayMissing, startProxy } from '../proxies/running-proxy.ts';
import { table } from '../report/table.ts';
import type { Measured, RunConditions } from '../rows/run-row.ts';
import { echoes, openSocket } from './echo-client.ts';
import { startEchoServer } from './echo-server.ts';

const MEASURED: readonly ProxyName[] = ['narrows', 'nginx', 'haproxy'];
/** Bytes of a message. */
const PAYLOAD = 128;
const TALKING = 32;
const SILENT = 5_000;
const AT_ONCE = 100;
const WARM_UP_SECONDS = 3;

interface Talker {
  proxy: RunningProxy;
  sockets: Socket[];
  measured: Measured;
}

/** An echo of 128 bytes over 32 WebSockets, in interleaved rounds. */
export async function echoRow(wanted: readonly ProxyName[], conditions: RunConditions): Promise<Measured[]> {
  const server = await startEchoServer(PAYLOAD);
  const talkers: Talker[] = [];
  try {
    for (const name of MEASURED.filter((one) => wanted.includes(one))) {
      const talker = await startTalker(name, conditions.scratch).catch((error) => sayMissing(name, error));
      if (talker) talkers.push(talker);
    }
    for (let round = 0; round < conditions.rounds; round++) {
      for (let n = 0; n < talkers.length; n++)
        await takeSample(talkers[(n + round) % talkers.length]!, conditions.seconds);
      const latest = talkers.map(({ measured }) => `${measured.label} ${measured.samples.at(-1)!.cpu.toFixed(1)}`);
      conditions.say(`websocket ${round + 1}/${conditions.rounds}: ${latest.join('  ')}`);
    }
  } finally {
    for (const { proxy, sockets } of talkers) {
      for (const socket of sockets) socket.destroy();
      await proxy.program.stop();
    }
    server.close();
  }
  return talkers.map(({ measured }) => measured);
}

async function startTalker(name: ProxyName, scratch: string): Promise<Talker> {
  const proxy = await startProxy(proxyKinds.find((kind) => kind.name === name)!, plainVariant, scratch);
  const sockets = await Promise.all(Array.from({ length: TALKING }, () => openSocket(proxy.url)));
  await echoes(sockets, PAYLOAD, WARM_UP_SECONDS);
  return { proxy, sockets, measured: { label: name, samples: [] } };
}

async function takeSample({ proxy, sockets, measured }: Talker, seconds: number): Promise<void> {
  const before = cpuTime(proxy.program.group);
  const { messages, microseconds, p50, p99 } = await echoes(sockets, PAYLOAD, seconds);
  const cpu = (cpuTime(proxy.program.group) - before) / messages;
  measured.samples.push({ cpu, rate: (messages * 1e6) / microseconds, p50, p99 });
}

export interface SilentCost {
  proxy: ProxyName;
  /** Bytes of resident memory for each session. */
  bytes: number;
}

/** What 5,000 WebSockets cost that have had one message each. */
export async function silentCosts(wanted: readonly ProxyName[], scratch: string): Promise<SilentCost[]> {
  const server = await startEchoServer(PAYLOAD);
  const costs: SilentCost[] = [];
  for (const name of MEASURED.filter((one) => wanted.includes(one))) {
    const cost = await silentCost(name, scratch).catch((error) => sayMissing(`${name} (websocket-idle)`, error));
    if (cost) costs.push(cost);
  }
  server.close();
  return costs;
}

async function silentCost(name: ProxyName, scratch: string): Promise<SilentCost> {
  const kind = proxyKinds.find((candidate) => candidate.name === name)!;
  const isNode = name === 'narrows';
  const proxy = await startProxy(kind, plainVariant, scratch, isNode ? withCollection : undefined);
  const collect = () => isNode && proxy.program.send('collect');
  const sockets: Socket[] = [];
  try {
    const warm = await openSome(proxy.url, TALKING);
    await echoes(warm, PAYLOAD, WARM_UP_SECONDS);
    for (const socket of warm) socket.destroy();
    const before = await settledMemory(proxy, collect);
    while (sockets.length < SILENT) sockets.push(...(await openSome(proxy.url, AT_ONCE)));
    await echoes(sockets, PAYLOAD, 0);
    await pause(500);
    return { proxy: name, bytes: ((await settledMemory(proxy, collect)) - before) / SILENT };
  } finally {
    for (const socket of sockets) socket.destroy();
    await proxy.program.stop();
  }
}

function openSome(url: string, count: number): Promise<Socket[]> {
  return Promise.all(Array.from({ length: count }, () => openSocket(url)));
}

export function silentTable(costs: readonly SilentCost[]): string {
  const body = costs.map(({ proxy, bytes }) => [proxy, (bytes / 1024).toFixed(1)]);
  return `### Silent WebSockets\n\n${table(['', `KiB for each of ${SILENT}`], body)}`;
}
