// For tests: outbound rules written as briefly as in a file, and responses run through them by the stage of the router.
import type { Config, ConfigProblem } from '../../src/model/config.ts';
import type { OutboundMatchConfig, OutboundRuleConfig, OutboundRulesConfig } from '../../src/model/outbound-config.ts';
import type { RequestContext } from '../../src/model/request-context.ts';
import { ResponseDraft } from '../../src/model/response-draft.ts';
import type { Step } from '../../src/model/trace.ts';
import { compileOutboundSets } from '../../src/proxy/rules/outbound/compile-outbound-sets.ts';
import { outboundStage } from '../../src/proxy/rules/outbound/outbound-stage.ts';
import { ResponseHeadScanner } from '../../src/wire/http1/response-head-scanner.ts';
import { runRules, type WrittenRules } from '../rules/rule-request.ts';

type WrittenCondition = Partial<OutboundRuleConfig['conditions']['add'][number]>;

export interface WrittenOutboundRule extends Partial<Omit<OutboundRuleConfig, 'match' | 'conditions' | 'action'>> {
  match?: Partial<OutboundMatchConfig> | null;
  conditions?: WrittenCondition[];
  logicalGrouping?: 'MatchAll' | 'MatchAny';
  trackAllCaptures?: boolean;
  /** The value of a Rewrite; absent: action None. */
  value?: string;
  replace?: boolean;
}

export interface WrittenOutbound {
  rules: WrittenOutboundRule[];
  preConditions?: Record<string, WrittenCondition[]>;
  customTags?: OutboundRulesConfig['customTags'];
  rewriteBeforeCache?: boolean;
  /** limits.connections [100]. */
  connections?: number;
  /** What the request runs through before it is sent. */
  inbound?: WrittenRules;
}

function wholeCondition(condition: WrittenCondition) {
  return { input: '', matchType: 'Pattern' as const, pattern: '', ignoreCase: true, negate: false, ...condition };
}

function outboundConfig(written: WrittenOutbound): OutboundRulesConfig {
  const { rules, preConditions = {}, customTags = [], rewriteBeforeCache = false } = written;
  return {
    rewriteBeforeCache,
    customTags,
    preConditions: Object.entries(preConditions).map(([name, add]) => ({
      ...{ name, logicalGrouping: 'MatchAll' as const, patternSyntax: 'ECMAScript' as const, patternTimeLimit: null },
      ...{ add: add.map(wholeCondition), path: ['outboundRules', 'preConditions', name] },
    })),
    rules: rules.map(wholeRule),
  };
}

function wholeRule(rule: WrittenOutboundRule, index: number): OutboundRuleConfig {
  const {
    match,
    conditions = [],
    logicalGrouping = 'MatchAll',
    trackAllCaptures = true,
    value,
    replace,
    ...rest
  } = rule;
  return {
    ...{
      name: `rule ${index + 1}`,
      preCondition: '',
      enabled: true,
      patternSyntax: 'ECMAScript',
      patternTimeLimit: null,
    },
    ...{ stopProcessing: false, path: ['outboundRules', 'rules', index] },
    ...rest,
    match:
      match === null || match === undefined
        ? null
        : {
            ...{ filterByTags: [], customTags: '', serverVariable: '', pattern: '.*', occurrences: 0 },
            ...{ ignoreCase: true, negate: false, ...match },
          },
    conditions: { logicalGrouping, trackAllCaptures, add: conditions.map(wholeCondition) },
    action: { type: value === undefined ? 'None' : 'Rewrite', value: value ?? '', replace: replace ?? true },
  };
}

function compile(written: WrittenOutbound, problems: ConfigProblem[]) {
  const inbound = written.inbound?.rules ?? [];
  const names = inbound.flatMap(({ serverVariables = [] }) => serverVariables.map(({ name }) => ({ name })));
  const config = {
    rules: { list: [{ enabled: true, serverVariables: names }] },
    rewriteMaps: (written.inbound?.maps ?? []).map((map) => ({
      defaultValue: '',
      ignoreCase: true,
      entries: [],
      ...map,
    })),
    outboundRules: outboundConfig(written),
    ...{
      limits: { connections: written.connections ?? 100 },
      sites: [],
      providers: [],
      slowPatterns: [],
      vulnerablePatterns: 'refuse',
    },
  };
  return compileOutboundSets(config as unknown as Config, [], problems);
}

/** What is found wrong when the rules are compiled, as `severity path: message (suggestion)`. */
export function outboundFaults(written: WrittenOutbound): string[] {
  const problems: ConfigProblem[] = [];
  compile(written, problems);
  return problems.map(({ severity, path, message, suggestion }) => {
    return `${severity} ${path.join('.')}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`;
  });
}

export interface SentResponse {
  /** Request target. */
  target?: string;
  host?: string;
  method?: string;
  /** Field lines of the request, latin1. */
  requestFields?: string[];
  status?: string;
  /** Field lines, latin1. */
  fields?: string[];
  /** In its pieces, as they come. */
  body?: readonly Buffer[] | string;
  trace?: Step[];
}

export interface RewrittenResponse {
  ctx: RequestContext;
  draft: ResponseDraft;
  /** All values of a field of the head that the client gets. */
  values(name: string): string[];
  body: Buffer;
  /** Whether the body went through rules. */
  rewritten: boolean;
}

/** Compiles `written`, which must have no fault, and runs a response through it. */
export async function rewritten(written: WrittenOutbound, response: SentResponse = {}): Promise<RewrittenResponse> {
  const { target = '/', host, method = 'GET', requestFields = [], trace } = response;
  const problems: ConfigProblem[] = [];
  const sets = compile(written, problems);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((problem) => problem.message).join('\n'));
  const sent = { target, method, fields: requestFields, ...(host && { host }), ...(trace && { trace }) };
  const { ctx } = runRules(written.inbound ?? { rules: [] }, sent);
  const draft = new ResponseDraft(headOf(response));
  if (sets !== null) outboundStage(sets).onResponseHead!(ctx, draft);
  const body = typeof response.body === 'string' ? [Buffer.from(response.body)] : (response.body ?? []);
  const bytes = draft.transform === null ? Buffer.concat(body) : await through(draft.transform, body);
  const values = (name: string): string[] => draft.values(name.toLowerCase());
  return { ctx, draft, values, body: bytes, rewritten: draft.transform !== null };
}

function headOf({ status = '200 OK', fields = ['Content-Type: text/html'], method = 'GET' }: SentResponse) {
  const bytes = Buffer.from([`HTTP/1.1 ${status}`, ...fields, '', ''].join('\r\n'), 'latin1');
  const scanner = new ResponseHeadScanner({ headerBytes: 65_536, headerCount: 128 });
  if (scanner.scan(bytes, 0, bytes.length) !== bytes.length) throw new Error(JSON.stringify(scanner.refusal));
  return scanner.head(method);
}

/** Gives the pieces to the transform, waiting where it is full; each piece is spoilt after it was given. */
function through(transform: NonNullable<ResponseDraft['transform']>, pieces: readonly Buffer[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let next = 0;
    let ended = false;
    const feed = (): void => {
      while (next < pieces.length && !transform.full) {
        const piece = Buffer.concat([Buffer.from('<a'), pieces[next++]!, Buffer.from('"')]);
        transform.write(piece, 2, piece.length - 1);
        piece.fill(0x21);
      }
      if (ended || next < pieces.length) return;
      ended = true;
      transform.end();
    };
    transform.begin({
      write: (buffer, start, end) => void out.push(Buffer.from(buffer.subarray(start, end))),
      ready: () => feed(),
      done: () => resolve(Buffer.concat(out)),
      fail: reject,
    });
    feed();
  });
}

/** `body` cut at `at`. */
export function cutAt(body: Buffer, at: readonly number[]): Buffer[] {
  const edges = [0, ...[...at].sort((a, b) => a - b).filter((each) => each > 0 && each < body.length), body.length];
  return edges.slice(1).map((edge, index) => body.subarray(edges[index], edge));
}
