// What the journey hears of an exchange.
import type { ProxyError } from '../../model/proxy-error.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import type { Exchange } from './exchange.ts';

/** Of onFailed and onDone exactly one is called, once. */
export interface ExchangeOwner {
  /** A 1xx head has come. @returns it as the client gets it, with its empty line */
  onInterimHead(head: ResponseHead): string;
  /** The server's final head has come. @returns status line and field lines for the client */
  onResponseHead(exchange: Exchange, head: ResponseHead): string;
  /** The response is a 101 and has gone to the client: a session begins, and onDone() is its end. */
  onSwitched(exchange: Exchange): void;
  /** The server's status is one that the farm tries again. @returns what begins the next attempt; null: the response is passed on */
  onRetriableStatus(exchange: Exchange, status: number): (() => void) | null;
  /** Nothing of a final response has gone to the client: another attempt may follow. */
  onFailed(exchange: Exchange, error: ProxyError): void;
  /** The response is with the client; with an error: as far as it got. */
  onDone(exchange: Exchange, error: ProxyError | null): void;
}
