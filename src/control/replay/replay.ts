// Many requests explained, one after the other: the lines of a file read, asked about, and compared with what each line
// tells. What has been told is counted in a ReplaySummary; nothing else is kept, however long the file is.
import { isDeepStrictEqual } from 'node:util';
import type { AskedRequest } from '../../model/explain-request.ts';
import type { Explainer, RuleName } from '../../model/explainer.ts';
import type { ExplainedOutcome, Explanation } from '../../model/explanation.ts';
import { differenceFrom } from './expectation.ts';
import { type FarmServers, type Judgement, judge } from './judge.ts';
import { type Line, linesOf } from './lines.ts';
import { BadLine, type ReplayRecord } from './record.ts';
import { keyOf, matchedRules, ReplaySummary } from './replay-summary.ts';
import { RequestRecords } from './request-records.ts';
import { type Fields, withToldHeaders } from './told-headers.ts';
import { type Unlogged, unloggedReads } from './variables-read.ts';

export interface ReplayResult {
  line: number;
  request: AskedRequest;
  outcome: ExplainedOutcome;
  requestHeaders: Explanation['requestHeaders'];
  /** Rules that matched. */
  rules: RuleName[];
  /** What decided and the line does not tell. */
  unlogged: Unlogged[];
  /** Where the outcome is not what `expect` asks for; null: it is. Absent without `expect`. */
  unexpected?: string | null;
  /** Of a log: what was done beside what would be done. */
  judgement?: Judgement;
  /** Of the other configuration. */
  against?: Told;
}

export interface ReplayFault {
  line: number;
  fault: string;
}

export interface ReplayOptions {
  /** Another configuration: only the requests that it treats otherwise are told. */
  against?: Explainer | null;
  /** For requests whose lines do not tell these headers. */
  headers?: Fields;
  /** Number of the site whose W3C log this is; null: it is not known. */
  siteId?: number | null;
}

export class Replay {
  readonly summary: ReplaySummary;
  readonly #explainer: Explainer;
  readonly #against: Explainer | null;
  readonly #records: RequestRecords;
  readonly #headers: Fields;
  readonly #farms: FarmServers;
  readonly #reads: ReadonlyMap<string, readonly string[]>;

  constructor(explainer: Explainer, { against = null, headers = [], siteId = null }: ReplayOptions = {}) {
    this.#explainer = explainer;
    this.#against = against;
    this.#headers = headers;
    this.#records = new RequestRecords(explainer, siteId);
    this.#farms = new Map(explainer.farms.map(({ name, servers }) => [name, servers]));
    this.#reads = new Map(explainer.rules.map((rule) => [keyOf(rule), rule.reads]));
    this.summary = new ReplaySummary(explainer.rules);
  }

  /**
   * What becomes of each request in `chunks`, and each line that cannot be read, in their order.
   * @param chunks bytes of the file
   */
  async *run(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReplayResult | ReplayFault> {
    for await (const line of linesOf(chunks)) {
      const told = await this.#tell(line);
      if (told === null) continue;
      this.summary.add(told);
      if ('fault' in told || this.#against === null || told.against !== undefined) yield told;
    }
  }

  async #tell(line: Line): Promise<ReplayResult | ReplayFault | null> {
    let record: ReplayRecord | null;
    try {
      record = this.#records.read(line);
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      return { line: line.number, fault: error.message };
    }
    return record === null ? null : this.#result(withToldHeaders(record, this.#headers));
  }

  async #result(record: ReplayRecord): Promise<ReplayResult> {
    const { line, request, expect, observed } = record;
    const { outcome, requestHeaders, steps } = await this.#explainer.explain(request);
    const unlogged = unloggedReads(steps, record, (rule) => this.#reads.get(keyOf(rule)) ?? []);
    const result: ReplayResult = { line, request, outcome, requestHeaders, rules: matchedRules(steps), unlogged };
    if (this.#against !== null) {
      const against = await otherwise(this.#against, request, { outcome, requestHeaders });
      return against === null ? result : { ...result, against };
    }
    // Between two configurations it does not matter what was wanted, or done.
    if (expect !== undefined) result.unexpected = differenceFrom(expect, outcome);
    if (observed !== undefined) result.judgement = reliable(judge(outcome, observed, this.#farms), unlogged);
    return result;
  }
}

type Told = Pick<Explanation, 'outcome' | 'requestHeaders'>;

/** What another configuration does; null when it is the same. */
async function otherwise(other: Explainer, request: AskedRequest, here: Told): Promise<Told | null> {
  const { outcome, requestHeaders } = await other.explain(request);
  const isSame = isDeepStrictEqual(outcome, here.outcome) && isDeepStrictEqual(requestHeaders, here.requestHeaders);
  return isSame ? null : { outcome, requestHeaders };
}

/** A difference counts only where everything that decided is known. */
function reliable(judgement: Judgement, unlogged: readonly Unlogged[]): Judgement {
  const [first] = unlogged;
  if (judgement.verdict !== 'different' || first === undefined) return judgement;
  const why = `${first.what}, which ${first.reader} reads, was not logged`;
  return { verdict: 'cannot be judged', why };
}
