// An answer made here, without a server: by a rule, or because something failed.
import { Buffer } from 'node:buffer';
import { fieldLine } from '../wire/http1/serialise.ts';
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

/** The connection is dropped and nothing is sent (action AbortRequest). */
export interface Abort {
  readonly kind: 'abort';
}

export type Answer = LocalAnswer | Abort;

/**
 * Sends `answer` whole; finish() is left to the caller.
 * @param method of the request: HEAD gets no body
 * @param date of now, as the Date field has it
 */
export function sendAnswer(client: ClientExchange, answer: LocalAnswer, method: string, date: string): void {
  const body = Buffer.from(answer.body);
  let head = `HTTP/1.1 ${answer.status} ${answer.reason}\r\nServer: Narrows\r\nDate: ${date}\r\n`;
  for (const [name, value] of answer.fields) head += fieldLine(name, value);
  const mayHaveBody = answer.status !== 204 && answer.status !== 304;
  if (mayHaveBody) {
    if (body.length > 0) head += fieldLine('Content-Type', answer.contentType);
    head += `Content-Length: ${body.length}\r\n`;
  }
  if (method === 'HEAD' || !mayHaveBody) {
    client.sendHead(head, BODY_NONE);
  } else {
    client.sendHead(head, body.length);
    client.sendBody(body, 0, body.length);
  }
  client.endBody('');
}
