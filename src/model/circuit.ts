// The circuit of one server, shared by all workers: failures in a row open it, and when its time is over one request of the
// process tries whether it can be closed. Two words, and no lock: whoever moves the second one has the trial.
import { CIRCUIT_FAILURES, CIRCUIT_OPEN_UNTIL, EPOCH } from './server-table-layout.ts';

export type CircuitState = 'closed' | 'open' | 'halfOpen';

export interface CircuitSettings {
  /** In a row. */
  readonly failures: number;
  /** ms. */
  readonly openFor: number;
}

/** Times are ms since 1970 modulo 2^32, as int32: differences are right for 24 days, the longest duration there is. */
export class Circuit {
  readonly #words: Int32Array;
  readonly #failures: number;
  readonly #openUntil: number;
  readonly #header: Int32Array;

  /** @param at of the first control word of the server in `words`; @param header of the first block: it has the epoch */
  constructor(words: Int32Array, at: number, header: Int32Array) {
    this.#words = words;
    this.#failures = at + CIRCUIT_FAILURES;
    this.#openUntil = at + CIRCUIT_OPEN_UNTIL;
    this.#header = header;
  }

  /** @param now ms since 1970; @param openFor ms, as it was opened with */
  state(now: number, openFor: number): CircuitState {
    const until = Atomics.load(this.#words, this.#openUntil);
    if (until === 0) return 'closed';
    return isBefore(now, until, openFor) ? 'open' : 'halfOpen';
  }

  /** An attempt failed. @param isTrial it was the one that tryTrial() allowed */
  failed(isTrial: boolean, now: number, { failures, openFor }: CircuitSettings): void {
    if (isTrial) return void Atomics.store(this.#words, this.#openUntil, momentOf(now + openFor));
    const inRow = Atomics.add(this.#words, this.#failures, 1) + 1;
    if (inRow < failures) return;
    // Of the attempts that were under way when it opened each fails too: only the first one counts.
    if (Atomics.compareExchange(this.#words, this.#openUntil, 0, momentOf(now + openFor)) === 0) this.#advanceEpoch();
  }

  /** An attempt went well: an open circuit is closed by a trial alone. */
  succeeded(isTrial: boolean): void {
    if (Atomics.load(this.#words, this.#failures) !== 0 && (isTrial || !this.#isOpen)) {
      Atomics.store(this.#words, this.#failures, 0);
    }
    if (isTrial && Atomics.exchange(this.#words, this.#openUntil, 0) !== 0) this.#advanceEpoch();
  }

  /** True for one request of the process when the circuit was open long enough; the next may try `openFor` later. */
  tryTrial(now: number, openFor: number): boolean {
    const until = Atomics.load(this.#words, this.#openUntil);
    if (until === 0 || isBefore(now, until, openFor)) return false;
    return Atomics.compareExchange(this.#words, this.#openUntil, until, momentOf(now + openFor)) === until;
  }

  /** The farm has no breaker any more. */
  close(): void {
    Atomics.store(this.#words, this.#failures, 0);
    if (Atomics.exchange(this.#words, this.#openUntil, 0) !== 0) this.#advanceEpoch();
  }

  get #isOpen(): boolean {
    return Atomics.load(this.#words, this.#openUntil) !== 0;
  }

  #advanceEpoch(): void {
    Atomics.add(this.#header, EPOCH, 1);
  }
}

/** Never 0, which is closed. */
function momentOf(time: number): number {
  return (time % 2 ** 32) | 0 || 1;
}

/** A moment further ahead than `openFor` is an old one: the number has come round since. */
function isBefore(now: number, until: number, openFor: number): boolean {
  const ahead = (until - momentOf(now)) | 0;
  return ahead > 0 && ahead <= openFor;
}
