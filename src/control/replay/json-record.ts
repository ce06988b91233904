// A line of JSON: a request that somebody wrote, or a line of our own access log (CONTRACT 1 and 5).
import { AccessLogLines } from './access-log-record.ts';
import { headerList } from './header-list.ts';
import { jsonObject } from './json-object.ts';
import { BadLine, type ReplayRecord } from './record.ts';

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const KEYS: ReadonlySet<string> = new Set(['url', 'method', 'headers', 'client', 'expect']);

export class JsonRecords {
  readonly #log: AccessLogLines;

  /** @param loggedHeaders request headers that the access log has by its configuration, lower-case */
  constructor(loggedHeaders: readonly string[]) {
    this.#log = new AccessLogLines(loggedHeaders);
  }

  /** Null for a connection of a virtual server: it has no request. @throws BadLine */
  read(text: string, line: number): ReplayRecord | null {
    const value = jsonObject(text);
    if (value.protocol === 'tcp') return null;
    // A line of the log tells the URL in parts; a request has it whole.
    return 'scheme' in value && 'host' in value ? this.#log.read(value, line) : writtenRequest(value, line);
  }
}

function writtenRequest(value: Record<string, unknown>, line: number): ReplayRecord {
  const { url, method = 'GET', headers = [], client = '127.0.0.1', expect } = value;
  const unknown = Object.keys(value).find((key) => !KEYS.has(key));
  if (unknown !== undefined)
    throw new BadLine(`unknown key ${JSON.stringify(unknown)}: there are ${[...KEYS].join(', ')}`);
  if (typeof url !== 'string') throw new BadLine('url is missing');
  if (!/^https?:\/\/[^/?#]/i.test(url) || !URL.canParse(url))
    throw new BadLine(`url is ${JSON.stringify(url)}, not an absolute http or https URL`);
  if (typeof method !== 'string' || !METHOD.test(method)) throw new BadLine(`method is ${JSON.stringify(method)}`);
  if (typeof client !== 'string' || !isAddress(client))
    throw new BadLine(`client is ${JSON.stringify(client)}, not an IP address`);
  if (expect !== undefined && (typeof expect !== 'object' || expect === null || Array.isArray(expect)))
    throw new BadLine('expect is not an object, a part of the outcome');
  return {
    line,
    request: { url, method, headers: headerList(headers), client },
    expect,
    tellsSite: false,
    lacks: () => null,
  };
}

function isAddress(text: string): boolean {
  const host = text.includes(':') ? `[${text}]` : text;
  return /^(?:[\da-f.]*:[\da-f:.]*|\d+(?:\.\d+){3})$/i.test(text) && URL.canParse(`http://${host}/`);
}
