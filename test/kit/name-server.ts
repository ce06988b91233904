// A name server of our own (RFC 1035 4): answers what a test says, at once, later or never.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

const TYPE_A = 1;
const TYPE_AAAA = 28;
const TYPE_SRV = 33;
const TYPE_NAMES: Readonly<Record<number, string>> = { [TYPE_A]: 'A', [TYPE_AAAA]: 'AAAA', [TYPE_SRV]: 'SRV' };
export const NO_ERROR = 0;
export const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;

interface SrvRecord {
  target: string;
  port: number;
  priority: number;
  weight: number;
  ttl: number;
}

interface Reply {
  code: number;
  records?: ({ address: string; ttl: number } | SrvRecord)[];
}

/** Answers "NAME TYPE" from `replies`, else "no such name" (RFC 1035 4). IPv6 addresses are written `::N`. */
export class NameServer {
  readonly #socket: Socket = createSocket('udp4');
  readonly replies = new Map<string, Reply | 'silence'>();
  /** What `replies` does not hold. */
  otherwise: Reply | 'silence' = { code: NO_SUCH_NAME };
  readonly asked: string[] = [];
  readonly #unanswered: [query: Buffer, from: RemoteInfo][] = [];

  async start(): Promise<string> {
    this.#socket.on('message', (query, from) => this.#take(query, from));
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  close(): void {
    this.#socket.close();
  }

  /** Answers what was met with silence, from `replies` as they are now. */
  breakSilence(): void {
    for (const [query, from] of this.#unanswered.splice(0)) this.#take(query, from);
  }

  #take(query: Buffer, from: RemoteInfo): void {
    const reply = this.#reply(query);
    if (reply === null) this.#unanswered.push([query, from]);
    else this.#socket.send(reply, from.port, from.address);
  }

  #reply(query: Buffer): Buffer | null {
    const labels: string[] = [];
    let at = 12;
    while (query[at] !== 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
      at += query[at]! + 1;
    }
    const type = query.readUInt16BE(at + 1);
    const question = `${labels.join('.').toLowerCase()} ${TYPE_NAMES[type] ?? type}`;
    this.asked.push(question);
    const reply = this.replies.get(question) ?? this.otherwise;
    if (reply === 'silence') return null;
    const records = reply.records ?? [];
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | reply.code, 2);
    head.writeUInt16BE(records.length, 6);
    head.fill(0, 8);
    return Buffer.concat([head, query.subarray(12, at + 5), ...records.map((record) => answer(type, record))]);
  }
}

function dataOf(type: number, record: { address: string } | SrvRecord): Buffer {
  if ('target' in record) {
    const { priority, weight, port, target } = record;
    const labels = target.split('.').map((label) => Buffer.from(`\0${label}`));
    for (const label of labels) label[0] = label.length - 1;
    const head = Buffer.alloc(6);
    for (const [index, number] of [priority, weight, port].entries()) head.writeUInt16BE(number, 2 * index);
    return Buffer.concat([head, ...labels, Buffer.alloc(1)]);
  }
  const data = Buffer.alloc(type === TYPE_A ? 4 : 16);
  if (isIPv4(record.address)) data.set(record.address.split('.').map(Number));
  else data.writeUInt16BE(Number.parseInt(record.address.slice(2), 16), 14);
  return data;
}

function answer(type: number, record: { address: string; ttl: number } | SrvRecord): Buffer {
  const data = dataOf(type, record);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(record.ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
