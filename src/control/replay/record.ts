// One line of a list of requests, read: the request, and what else the line tells of it.
import type { AskedRequest } from '../../model/explain-request.ts';

/** What was seen of a request when it was served, by IIS or by a router. */
export interface Observed {
  status: number;
  /** Null where the log has no such column. */
  subStatus: number | null;
  /** It went to a server: SERVER-ROUTED, or '' where the log does not name it. Null: it was answered here. */
  routed: string | null;
  /** Whether the log tells at all that a request went to a server, as far as it has been read. */
  tellsRouted: boolean;
}

export interface ReplayRecord {
  /** From 1. */
  line: number;
  request: AskedRequest;
  /** A part of the outcome that it has to have; undefined: none was written. */
  expect?: unknown;
  /** Undefined in a list of requests: nobody has served them. */
  observed?: Observed;
  /** Whether the site is known without the host: the log is that of a site. */
  tellsSite: boolean;
  /** What a server variable is made of, in words, where the line does not tell it; null where it does. */
  lacks(variable: string): string | null;
}

/** A line that cannot be read; the message is for people and does not name the place. */
export class BadLine extends Error {
  override readonly name = 'BadLine';
}
