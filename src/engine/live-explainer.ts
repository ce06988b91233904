// Explains with the live state of a running router. Its configuration is compiled once for each revision: whoever asks
// about a whole log asks many times.
import type { Clock } from '../base/clock.ts';
import type { ExplainRequest } from '../model/explain-request.ts';
import type { Explanation } from '../model/explanation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import type { Revision } from './data-plane-port.ts';
import { explainRequest } from './explain.ts';
import { peekedHosts } from './no-hosts.ts';
import type { Running } from './running.ts';

export class LiveExplainer {
  readonly #clock: Clock;
  #revision: Revision | null = null;
  #snapshot: Snapshot | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  explain({ revision, table, checked, hosts }: Running, request: ExplainRequest): Promise<Explanation> {
    if (this.#snapshot === null || this.#revision !== revision) {
      this.#snapshot = compileSnapshot(revision, table, checked.extensions, this.#clock, [], peekedHosts(hosts));
      this.#revision = revision;
    }
    return explainRequest(this.#snapshot, request, this.#clock);
  }
}
