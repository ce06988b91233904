// The response of a case: what the router is told that the server answered, and what it says the client gets.
import { Buffer } from 'node:buffer';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import type { ExplainRequest, Explanation } from '../../src/index.ts';
import type { CaseResponse } from './case-requests.ts';

type GivenResponse = NonNullable<ExplainRequest['response']>;
type ExplainedResponse = NonNullable<Explanation['response']>;

const CODINGS: Readonly<Record<string, { encode(bytes: Buffer): Buffer; decode(bytes: Buffer): Buffer }>> = {
  gzip: { encode: (bytes) => gzipSync(bytes), decode: (bytes) => gunzipSync(bytes) },
  br: { encode: (bytes) => brotliCompressSync(bytes), decode: (bytes) => brotliDecompressSync(bytes) },
};

export function givenResponse({ status, headers, body }: CaseResponse): GivenResponse {
  const coding = headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1];
  if (coding === undefined) return { status, headers, ...(body === '' ? {} : { body }) };
  return { status, headers, bodyBase64: CODINGS[coding]!.encode(Buffer.from(body)).toString('base64') };
}

/** What `name` is in `response`, in the words of a case: a header, `status` or `body`. */
export function responseText(name: string, response: ExplainedResponse | undefined): string {
  if (response === undefined) return '(there is no response)';
  if (name === 'status') return String(response.status);
  if (name === 'body') return bodyText(response);
  const value = response.headers[name];
  return value === undefined ? 'absent' : `: ${[value].flat().join(', ')}`;
}

function bodyText({ headers, body, bodyBase64 }: ExplainedResponse): string {
  if (bodyBase64 === undefined) return body ?? '';
  const bytes = Buffer.from(bodyBase64, 'base64');
  const coding = CODINGS[String(headers['content-encoding'])];
  return (coding?.decode(bytes) ?? bytes).toString();
}
