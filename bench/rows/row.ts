// The rows of the comparison: who takes part, under which load, and what Narrows is to reach.
import type { Load } from '../load/drive.ts';
import { type ProxyName, plainVariant, type Variant } from '../proxies/catalogue.ts';

export interface Participant {
  label: string;
  proxy: ProxyName;
  variant: Variant;
}

/** "`subject` costs at most `atMost` × the CPU per request (or the p99) of `peer`." */
export interface Target {
  figure: 'cpu' | 'p99';
  subject: string;
  peer: string;
  atMost: number;
}

export interface Row {
  name: string;
  title: string;
  load: Load;
  participants: readonly Participant[];
  /** Part of the saturated rate of the slowest participant at which each is driven; null: as fast as it goes. */
  pace: number | null;
  targets: readonly Target[];
}

const EVERYBODY: readonly ProxyName[] = ['narrows', 'nginx', 'haproxy', 'caddy', 'http-proxy-3', 'fastify-http-proxy'];
const THE_FAST: readonly ProxyName[] = ['narrows', 'nginx', 'haproxy'];
const SMALL: Load = { connections: 32, size: 'small', heads: 'plain', connection: 'keep' };

const plain = (names: readonly ProxyName[], variant: Variant = plainVariant, suffix = ''): Participant[] =>
  names.map((proxy) => ({ label: proxy + suffix, proxy, variant }));

const atMost = (peer: string, limit: number, figure: Target['figure'] = 'cpu'): Target => ({
  figure,
  subject: 'narrows',
  peer,
  atMost: limit,
});

const breakdown = (label: string, narrowsConfig?: string): Participant => ({
  label,
  proxy: 'narrows',
  variant: { ...plainVariant, narrowsConfig },
});

export const rows: readonly Row[] = [
  {
    name: 'small',
    title: 'Small responses, 32 keep-alive connections',
    load: SMALL,
    participants: plain(EVERYBODY),
    pace: null,
    // "At least 4 × cheaper than".
    targets: [atMost('nginx', 1.35), atMost('haproxy', 1.25), atMost('caddy', 1 / 4), atMost('http-proxy-3', 1 / 4)],
  },
  {
    name: 'connections',
    title: 'Small responses, 256 keep-alive connections',
    load: { ...SMALL, connections: 256 },
    participants: plain(EVERYBODY),
    pace: null,
    targets: [atMost('nginx', 1.45)],
  },
  {
    name: 'large',
    title: '64 KiB responses, 32 keep-alive connections',
    load: { ...SMALL, size: 'large' },
    participants: plain(EVERYBODY),
    pace: null,
    targets: [atMost('nginx', 1.45)],
  },
  {
    name: 'tcp-64k',
    title: '64 KiB through a listener that passes bytes, 32 connections',
    load: { ...SMALL, size: 'large' },
    participants: plain(['narrows', 'haproxy'], { ...plainVariant, tcp: true }),
    pace: null,
    targets: [atMost('haproxy', 1.6)],
  },
  {
    name: 'new-connection',
    title: 'A new client connection for each request, 32 at a time',
    load: { ...SMALL, connection: 'close' },
    participants: plain(EVERYBODY),
    pace: null,
    targets: [atMost('nginx', 2.3)],
  },
  {
    name: 'access-log',
    title: 'Small responses with the access log on, 32 keep-alive connections',
    load: SMALL,
    participants: plain(THE_FAST, { workers: 1, accessLog: true }),
    pace: null,
    targets: [atMost('nginx', 1.5)],
  },
  {
    name: 'workers',
    title: 'Two workers and one, 64 keep-alive connections',
    load: { ...SMALL, connections: 64 },
    participants: [...plain(THE_FAST), ...plain(THE_FAST, { workers: 2, accessLog: false }, ' × 2')],
    pace: null,
    targets: [{ figure: 'cpu', subject: 'narrows × 2', peer: 'narrows', atMost: 1.12 }],
  },
  {
    name: 'half-rate',
    title: 'Half of the saturated rate of the slowest of these, small responses, 128 keep-alive connections',
    load: { ...SMALL, connections: 128 },
    participants: plain(THE_FAST),
    pace: 0.5,
    targets: [atMost('nginx', 3, 'p99')],
  },
  {
    name: 'big-heads',
    title: '25 request headers and 1 KiB of cookies, 32 keep-alive connections',
    load: { ...SMALL, heads: 'big' },
    participants: plain(EVERYBODY),
    pace: null,
    targets: [],
  },
  {
    name: 'breakdown',
    title: 'Where the time goes: Narrows with one feature after the other, small responses, 32 connections',
    load: SMALL,
    participants: [
      breakdown('bare', 'bare'),
      breakdown('+ rule', 'rule'),
      breakdown('+ affinity', 'affinity'),
      breakdown('+ health, metrics'),
    ],
    pace: null,
    targets: [],
  },
];
