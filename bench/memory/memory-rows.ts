// The memory rows: idle connections and transfers, for the proxies that are made for many of both.
import { type ProxyName, plainVariant, proxyKinds } from '../proxies/catalogue.ts';
import { sayMissing, startProxy } from '../proxies/running-proxy.ts';
import { table } from '../report/table.ts';
import { type BulkGrowth, bulkGrowth } from './bulk-transfer.ts';
import { idleConnectionCost } from './idle-connections.ts';
import { withCollection } from './settled-memory.ts';

const MEASURED: readonly ProxyName[] = ['narrows', 'nginx', 'haproxy'];
const CONNECTIONS = 3_500;
const TRANSFER = 2 * 2 ** 30;
const SLOW = 150 * 2 ** 20;

export interface MemoryFigures extends BulkGrowth {
  proxy: ProxyName;
  /** Bytes for one idle connection. */
  idleConnection: number;
}

export async function memoryRows(wanted: readonly ProxyName[], scratch: string): Promise<MemoryFigures[]> {
  const figures: MemoryFigures[] = [];
  for (const proxy of MEASURED.filter((name) => wanted.includes(name))) {
    try {
      figures.push(await measure(proxy, scratch));
    } catch (error) {
      sayMissing(`${proxy} (memory)`, error);
    }
  }
  return figures;
}

export function memoryTable(figures: readonly MemoryFigures[]): string {
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const body = figures.map(({ proxy, idleConnection, download, upload }) => [
    proxy,
    (idleConnection / 1024).toFixed(1),
    megabytes(download),
    megabytes(upload),
  ]);
  const head = ['', 'KiB / idle connection', 'MiB grown, 2 GiB download', 'MiB grown, 2 GiB upload'];
  return `### Memory\n\n${table(head, body)}`;
}

async function measure(name: ProxyName, scratch: string): Promise<MemoryFigures> {
  const kind = proxyKinds.find((candidate) => candidate.name === name)!;
  const isNode = name === 'narrows';
  const proxy = await startProxy(kind, plainVariant, scratch, isNode ? withCollection : undefined);
  try {
    const collect = () => isNode && proxy.program.send('collect');
    const idleConnection = await idleConnectionCost(proxy, CONNECTIONS, collect);
    return { proxy: name, idleConnection, ...(await bulkGrowth(proxy, TRANSFER, SLOW)) };
  } finally {
    await proxy.program.stop();
  }
}
