// A response as JSON, that somebody gives to explain: {status, headers, body | bodyBase64} (CONTRACT 4).
import type { GivenResponse } from '../../model/explain-request.ts';
import { headerList } from './header-list.ts';
import { jsonObject } from './json-object.ts';
import { BadLine } from './record.ts';

const KEYS: ReadonlySet<string> = new Set(['status', 'headers', 'body', 'bodyBase64']);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** @throws Error that says what is wrong with it */
export function readResponse(text: string): GivenResponse {
  const written = jsonObject(text);
  const unknown = Object.keys(written).find((key) => !KEYS.has(key));
  if (unknown !== undefined)
    throw new BadLine(`unknown key ${JSON.stringify(unknown)}: there are ${[...KEYS].join(', ')}`);
  const { status = 200, headers = [], body, bodyBase64 } = written;
  if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599)
    throw new BadLine(`status is ${JSON.stringify(status)}, not a number from 200 to 599`);
  if (body !== undefined && typeof body !== 'string') throw new BadLine('body is no text');
  if (bodyBase64 !== undefined && (typeof bodyBase64 !== 'string' || !BASE64.test(bodyBase64)))
    throw new BadLine('bodyBase64 is not base64');
  if (body !== undefined && bodyBase64 !== undefined) throw new BadLine('there are body and bodyBase64: one is enough');
  const list = headerList(headers);
  if (body !== undefined && list.some(([name, value]) => isCoding(name, value)))
    throw new BadLine(
      'Content-Encoding says that the body is no text: give its bytes as bodyBase64, or leave the header out',
    );
  return {
    status: status as number,
    headers: list,
    ...(body === undefined ? {} : { body }),
    ...(bodyBase64 === undefined ? {} : { bodyBase64 }),
  };
}

function isCoding(name: string, value: string): boolean {
  return name.toLowerCase() === 'content-encoding' && value.trim() !== '' && value.trim().toLowerCase() !== 'identity';
}
