// An answer made here, without a server: by a rule, a file of a site, or because something failed.
import { Buffer } from 'node:buffer';
import type { FoundFile } from '../base/find-file.ts';
import { fieldLine } from '../wire/http1/serialise.ts';
import { statusPhrase } from '../wire/status-phrases.ts';
import { BODY_NONE, type ClientExchange } from './client.ts';

export interface LocalAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly subStatus: number;
  /** Reason phrase. */
  readonly reason: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly contentType: string;
  readonly body: string;
}

/** Contents of files, by version. */
export interface ContentMemory {
  contentOf(file: FoundFile): Buffer | null;
  wants(file: FoundFile): boolean;
  keep(file: FoundFile, version: string, bytes: Buffer): void;
}

/** A file, sent as it stands on the disk when it is opened. What is sent of it, and as which status, is settled then. */
export interface FileAnswer {
  readonly kind: 'file';
  /** 200; another status makes it the page of an error, which is neither conditional nor sent in parts. */
  readonly status: number;
  readonly subStatus: number;
  readonly reason: string;
  /** Path and query that it answers. */
  readonly url: string;
  /** Where it stands, for people. */
  readonly path: string;
  /** What is opened: the file itself, or a compressed neighbour of it. */
  readonly source: FoundFile;
  /** Where the content of small files is remembered; null: it is read from the disk. */
  readonly memory: ContentMemory | null;
  readonly contentType: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Ends its entity tag, so that encodings of one file differ; null: it has no entity tag. */
  readonly tagSuffix: string | null;
}

/** The connection is dropped and nothing is sent (action AbortRequest). */
export interface Abort {
  readonly kind: 'abort';
}

export type Answer = LocalAnswer | FileAnswer | Abort;

/** Sends the client elsewhere. @param location in wire form; @param told HTML: what the page says of it */
export function redirectAnswer(status: number, location: string, told: string): LocalAnswer {
  return {
    kind: 'answer',
    status,
    subStatus: 0,
    reason: statusPhrase(status),
    fields: [['Location', location]],
    contentType: 'text/html; charset=utf-8',
    body: `<!doctype html><title>Moved</title><p>${told}\n`,
  };
}

/**
 * Sends `answer` whole; finish() is left to the caller.
 * @param method of the request: HEAD gets no body
 * @param date of now, as the Date field has it
 */
export function sendAnswer(client: ClientExchange, answer: LocalAnswer, method: string, date: string): void {
  sendWithHead(client, localAnswerHead(answer, date), answer, method);
}

/** The same with a head that is another by now. */
export function sendWithHead(client: ClientExchange, head: string, answer: LocalAnswer, method: string): void {
  if (hasBody(answer, method)) {
    const body = Buffer.from(answer.body);
    client.sendHead(head, body.length);
    client.sendBody(body, 0, body.length);
  } else {
    client.sendHead(head, BODY_NONE);
  }
  client.endBody('');
}

/** @param method of the request */
export function hasBody(answer: LocalAnswer, method: string): boolean {
  return method !== 'HEAD' && mayHaveBody(answer);
}

/** The head of `answer`, with what it says of the body. */
export function localAnswerHead(answer: LocalAnswer, date: string): string {
  const head = answerHead(answer, date);
  if (!mayHaveBody(answer)) return head;
  const type = answer.body === '' ? '' : fieldLine('Content-Type', answer.contentType);
  return `${head}${type}Content-Length: ${Buffer.byteLength(answer.body)}\r\n`;
}

function mayHaveBody({ status }: LocalAnswer): boolean {
  return status !== 204 && status !== 304;
}

/** Status line, Server, Date and the fields of `answer`. */
export function answerHead(
  { status, reason, fields }: Pick<LocalAnswer, 'status' | 'reason' | 'fields'>,
  date: string,
): string {
  let head = `HTTP/1.1 ${status} ${reason}\r\nServer: Narrows\r\nDate: ${date}\r\n`;
  for (const [name, value] of fields) head += fieldLine(name, value);
  return head;
}
