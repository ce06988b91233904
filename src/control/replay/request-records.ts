// A list of requests in any of the forms that explain takes, recognised line by line: JSON (requests, or our access
// log), or a W3C log.
import type { Explainer } from '../../model/explainer.ts';
import { JsonRecords } from './json-record.ts';
import type { Line } from './lines.ts';
import { BadLine, type ReplayRecord } from './record.ts';
import { W3cLog } from './w3c-log.ts';

/** What reading takes of the configuration. */
export type RecordOptions = Pick<Explainer, 'loggedHeaders' | 'isSecurePort' | 'hostOfSite'>;

export class RequestRecords {
  readonly #json: JsonRecords;
  readonly #w3c: W3cLog;

  /** @param siteId of a W3C log that is known to be of one site */
  constructor(options: RecordOptions, siteId: number | null = null) {
    this.#json = new JsonRecords(options.loggedHeaders);
    this.#w3c = new W3cLog(options, siteId);
  }

  /** Null for a line that asks nothing. @throws BadLine */
  read({ number, text, cut }: Line): ReplayRecord | null {
    if (cut) throw new BadLine('longer than a request can be');
    const first = text.trimStart()[0];
    if (first === undefined) return null;
    if (first === '{') return this.#json.read(text, number);
    if (first !== '#') return this.#w3c.read(text, number);
    this.#w3c.directive(text);
    return null;
  }
}
