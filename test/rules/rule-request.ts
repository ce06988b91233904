// For tests: rules written as briefly as in a file, and requests run through them by the stage of the router.
import type { Answer } from '../../src/model/answer.ts';
import type { ClientConnectionInfo } from '../../src/model/client.ts';
import type {
  ActionConfig,
  ConditionConfig,
  Config,
  ConfigProblem,
  RewriteMapConfig,
  RuleConfig,
  SlowPattern,
} from '../../src/model/config.ts';
import type { ProviderConfig } from '../../src/model/provider-config.ts';
import { RequestContext } from '../../src/model/request-context.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Step } from '../../src/model/trace.ts';
import { compileRules } from '../../src/proxy/rules/compile-rules.ts';
import { rulesStage } from '../../src/proxy/rules/rules-stage.ts';
import type { RequestHead } from '../../src/wire/http1/request-head.ts';
import { RequestHeadScanner } from '../../src/wire/http1/request-head-scanner.ts';
import { prepareTarget } from '../../src/wire/target.ts';
import { sampleConnection } from '../kit/sample-connection.ts';

export interface WrittenRule extends Partial<Omit<RuleConfig, 'match' | 'conditions' | 'serverVariables' | 'action'>> {
  match?: string | { url: string; ignoreCase?: boolean; negate?: boolean } | null;
  conditions?: Partial<ConditionConfig>[];
  logicalGrouping?: 'MatchAll' | 'MatchAny';
  trackAllCaptures?: boolean;
  serverVariables?: { name: string; value: string; replace?: boolean }[];
  action?: Partial<ActionConfig>;
}

export interface WrittenRules {
  rules: WrittenRule[];
  maps?: (Partial<RewriteMapConfig> & { name: string })[];
  providers?: ProviderConfig[];
  farms?: string[];
  useOriginalURLEncoding?: boolean;
  slowPatterns?: SlowPattern[];
  vulnerablePatterns?: Config['vulnerablePatterns'];
  /** proxy.enabled */
  proxy?: boolean;
}

/** A configuration as far as the rules look at it. */
export function rulesConfig(written: WrittenRules): Config {
  const { rules, maps = [], providers = [], farms = ['shop'], useOriginalURLEncoding = true, proxy = false } = written;
  const { slowPatterns = [], vulnerablePatterns = 'refuse' } = written;
  const config: Pick<Config, 'rules' | 'rewriteMaps' | 'providers' | 'slowPatterns' | 'vulnerablePatterns'> = {
    ...{ slowPatterns, vulnerablePatterns },
    rules: { useOriginalURLEncoding, list: rules.map(wholeRule) },
    providers,
    rewriteMaps: maps.map((map) => ({ defaultValue: '', ignoreCase: true, entries: [], ...map })),
  };
  return { ...config, farms: farms.map((name) => ({ name })), proxy: { enabled: proxy } } as unknown as Config;
}

function wholeRule(rule: WrittenRule, index: number): RuleConfig {
  const { logicalGrouping = 'MatchAll', trackAllCaptures = false, conditions = [], match, ...rest } = rule;
  const url = typeof match === 'string' ? { url: match } : match;
  return {
    name: `rule ${index + 1}`,
    enabled: true,
    patternSyntax: 'ECMAScript',
    stopProcessing: false,
    patternTimeLimit: null,
    base: '/',
    path: ['rules', index],
    ...rest,
    match: url === undefined || url === null ? null : { ignoreCase: true, negate: false, ...url },
    conditions: { logicalGrouping, trackAllCaptures, add: conditions.map(wholeCondition) },
    serverVariables: (rule.serverVariables ?? []).map((variable) => ({ replace: true, ...variable })),
    action: {
      type: rule.action?.url === undefined ? 'None' : 'Rewrite',
      url: '',
      appendQueryString: true,
      logRewrittenUrl: false,
      redirectType: 'Permanent',
      statusCode: 0,
      subStatusCode: 0,
      statusReason: '',
      statusDescription: '',
      ...rule.action,
    },
  };
}

function wholeCondition(condition: Partial<ConditionConfig>): ConditionConfig {
  return { input: '', matchType: 'Pattern', pattern: '', ignoreCase: true, negate: false, ...condition };
}

/** What compileRules() finds wrong, as `severity path: message (suggestion)`. */
export function faultsOf(written: WrittenRules): string[] {
  const problems: ConfigProblem[] = [];
  compileRules(rulesConfig(written), [], problems);
  return problems.map(({ severity, path, message, suggestion }) => {
    return `${severity} ${path.join('.')}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`;
  });
}

export interface SentRequest {
  method?: string;
  /** Request target; of the form /path?query unless a test is about another. */
  target: string;
  host?: string;
  /** Field lines beside Host, latin1. */
  fields?: string[];
  connection?: Partial<ClientConnectionInfo>;
  client?: string;
  /** Where explain's steps go; absent: nobody asks. */
  trace?: Step[];
}

export interface RuleResult {
  ctx: RequestContext;
  answer: Answer | undefined;
  /** `http://shop/a?b`, or `/a?b` where the request stays local. */
  url: string;
}

/** Compiles `written`, which must have no fault, and runs a request through it. */
export function runRules(written: WrittenRules, request: string | SentRequest): RuleResult {
  const sent = typeof request === 'string' ? { target: request } : request;
  const problems: ConfigProblem[] = [];
  const { global: set } = compileRules(rulesConfig(written), [], problems);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((problem) => problem.message).join('\n'));
  const ctx = contextOf(sent);
  const target = prepareTarget(ctx.inbound.path, true);
  if (typeof target !== 'string') throw new Error(target.reason);
  ctx.outbound.target = target;
  const answer = set === null ? undefined : (rulesStage(set).onRequest!(ctx) as Answer | undefined);
  const { destination, scheme } = ctx.outbound;
  const url = (destination === null ? '' : `${scheme}://${destination}`) + ctx.outbound.target;
  return { ctx, answer, url };
}

function contextOf(sent: SentRequest): RequestContext {
  const connection = { ...sampleConnection, ...sent.connection };
  const client = sent.client ?? connection.peerAddress;
  return new RequestContext(
    'id',
    0,
    0,
    connection,
    client,
    connection.peerPort,
    headOf(sent),
    {} as Snapshot,
    null,
    sent.trace ?? null,
  );
}

function headOf({ method = 'GET', target, host = 'www.example.com', fields = [] }: SentRequest): RequestHead {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...fields, '', ''].join('\r\n');
  const bytes = Buffer.from(lines, 'latin1');
  const scanner = new RequestHeadScanner({ requestLine: 65_536, headerBytes: 131_072, headerCount: 128 });
  if (scanner.scan(bytes, 0, bytes.length) !== bytes.length) throw new Error(JSON.stringify(scanner.refusal));
  return scanner.head();
}
