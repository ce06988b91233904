// The configuration as written, after validation: plain data with every default filled in, so that it can cross
// to a worker thread as it is. Durations are milliseconds, sizes are bytes. The rooms' schema.ts check what was written, build-*.ts of
// control/config make it of that; the rooms' compile-*.ts turn it into what requests run on. Names and defaults: arr.md 3 and 5, CONTRACT 2.
import type { FarmConfig } from './farm-config.ts';
import type { RequestFilteringConfig } from './level-settings.ts';
import type { OutboundRulesConfig } from './outbound-config.ts';
import type { ProtocolConfig } from './protocol-config.ts';
import type { ProviderConfig } from './provider-config.ts';
import type { SiteConfig } from './site-config.ts';
import type { ListenerTlsConfig } from './tls-config.ts';

/** Where something stands in the configuration, as keys and indexes from its root: `['farms','shop','servers',1]`. */
export type ConfigPath = readonly (string | number)[];

/** One thing wrong with a configuration. control/config turns the path into file, line and column. */
export interface ConfigProblem {
  path: ConfigPath;
  severity: 'error' | 'warning';
  message: string;
  /** What would be right, when that can be said. */
  suggestion?: string;
}

export interface Config {
  listeners: ListenerConfig[];
  farms: FarmConfig[];
  sites: SiteConfig[];
  /** What happens to a request whose host and port no binding of a site has: refused as http.sys does, or served without a site. */
  unmatchedHost: 'serve' | 'refuse';
  rules: RuleSetConfig;
  rewriteMaps: RewriteMapConfig[];
  providers: ProviderConfig[];
  /** For requests without a site; sites inherit them. */
  outboundRules: OutboundRulesConfig;
  proxy: ServerProxyConfig;
  admin: AdminConfig;
  accessLog: AccessLogConfig | null;
  limits: LimitsConfig;
  /** Of requests that belong to no site: what is written, without the defaults that sites have. */
  requestFiltering: RequestFilteringConfig;
  /** CIDR ranges whose X-Forwarded-* are believed. */
  trustedProxies: string[];
  compatibility: CompatibilityKey[];
  shutdownTimeout: number;
  shutdownIdleGrace: number;
  workerStallTimeout: number;
  dnsRefresh: number;
  resolvers: string[];
  /** Worker threads; 'auto' is one for each core. */
  workers: number | 'auto';
  watch: boolean;
  /** Absolute path; null when the library's caller named none: then nothing is written. */
  stateDirectory: string | null;
  webhooks: WebhookConfig[];
  /** Absolute addresses (file: URLs) of extension modules. */
  extensions: string[];
  /** What becomes of patterns that can run away and whose rule has no patternTimeLimit. */
  vulnerablePatterns: 'refuse' | 'limit';
  /** Patterns of rules that may be slow, as the control thread finds them (docs/decisions/0005). */
  slowPatterns: SlowPattern[];
}

/** An ECMAScript pattern that is run under a time limit on text that is not short. */
export interface SlowPattern {
  /** As written. */
  text: string;
  ignoreCase: boolean;
  /** Length of text that it is run on without a limit. */
  directUpTo: number;
  /** bounded: slow on long text only. vulnerable: there is an attack. unknown: neither it nor the contrary is proven. */
  verdict: 'bounded' | 'vulnerable' | 'unknown';
  /** What a vulnerable one does on which text, for a message. */
  attack: string;
}

export type CompatibilityKey =
  | 'affinityCookie'
  | 'xForwardedFor'
  | 'retries'
  | 'tls'
  | 'buffering'
  | 'algorithms'
  | 'headers'
  | 'reverseRewrite';

export interface ListenerConfig {
  name: string;
  address: ListenAddress;
  protocol: 'http' | 'tcp';
  /** Null: it speaks HTTP. */
  virtualServer: VirtualServerConfig | null;
  tls: ListenerTlsConfig | null;
  /** CIDR ranges of peers whose connections begin with a PROXY header. */
  proxySenders: string[];
  /** Its address was replaced from outside: bindings are then chosen by their host names alone (CONTRACT 1, --listen). */
  anyPort: boolean;
}

/** A tcp listener: its connections are passed to a farm as they are. */
export interface VirtualServerConfig {
  /** Where no pool fits; null: such connections are closed. */
  farm: string | null;
  /** The first that fits is taken. */
  pools: PoolConfig[];
  limits: {
    /** For the whole process; 0: only limits.connections. */
    connections: number;
    /** Of one source address, for the whole process; null: no limit. */
    connectionRate: { connections: number; within: number } | null;
    idleTimeout: number;
    firstBytesTimeout: number;
  };
}

/** A farm for connections that begin so. Either firstBytes, or the other two. */
export interface PoolConfig {
  farm: string;
  /** Lower case; `*.example.com` is any name below, `*` any name. Empty: any, also none. */
  serverNames: string[];
  /** ALPN; one of them is offered. Empty: whatever is offered. */
  protocols: string[];
  /** One of them begins the connection; a character is a byte. */
  firstBytes: string[];
}

export type ListenAddress = { kind: 'tcp'; host: string; port: number } | { kind: 'unix'; path: string };

export interface ServerProxyConfig extends ProtocolConfig {
  enabled: boolean;
}

/** Whom changes of servers and farms are told, as a POST of JSON. */
export interface WebhookConfig {
  url: string;
  /** Names of events (docs/operating.md); empty: all. */
  events: string[];
  /** Sent as a bearer token. */
  token: string | null;
  timeout: number;
}

export interface AdminConfig {
  enabled: boolean;
  address: ListenAddress;
  token: string | null;
}

export interface AccessLogConfig {
  /** Absolute path, or '-' for stderr. */
  path: string;
  format: 'json' | 'w3c';
  requestHeaders: string[];
  /** Fields of the W3C format in their order; null: IIS's own set. */
  fields: string[] | null;
  /** Files that a rolling log leaves behind, the present one included; 0 keeps all. */
  keep: number;
}

export interface LimitsConfig {
  lingerTimeout: number;
  lingerBytes: number;
  requestLine: number;
  headerBytes: number;
  headerCount: number;
  headTimeout: number;
  idleTimeout: number;
  bodyProgressTimeout: number;
  handshakeTimeout: number;
  /** Under way at one time in the whole process. */
  handshakes: number;
  /** Client connections for the whole process. */
  connections: number;
  /** Bytes of one request's body; 0 is no limit. */
  requestBody: number;
  underscoreHeaders: 'drop' | 'pass' | 'refuse';
  abortOnClientEnd: boolean;
}

export interface RuleSetConfig {
  useOriginalURLEncoding: boolean;
  list: RuleConfig[];
}

export interface RuleConfig {
  name: string;
  enabled: boolean;
  patternSyntax: 'ECMAScript' | 'Wildcard' | 'ExactMatch';
  stopProcessing: boolean;
  /** Most time for one match of a pattern that may be slow, ms; null: the usual, and one that can run away is refused. */
  patternTimeLimit: number | null;
  /** Absent: the rule applies to every URL (url-rewrite.md 3). */
  match: { url: string; ignoreCase: boolean; negate: boolean } | null;
  conditions: ConditionsConfig;
  serverVariables: { name: string; value: string; replace: boolean }[];
  action: ActionConfig;
  /** URL path that its pattern and its relative URLs start from, with a slash at both ends; `/` for global rules (url-rewrite.md 4). */
  base: string;
  /** Where the rule stands in the configuration, for messages. */
  path: ConfigPath;
}

export interface ConditionsConfig {
  logicalGrouping: 'MatchAll' | 'MatchAny';
  trackAllCaptures: boolean;
  add: ConditionConfig[];
}

export interface ConditionConfig {
  input: string;
  matchType: 'Pattern' | 'IsFile' | 'IsDirectory';
  pattern: string;
  ignoreCase: boolean;
  negate: boolean;
}

export interface ActionConfig {
  type: 'None' | 'Rewrite' | 'Redirect' | 'CustomResponse' | 'AbortRequest';
  url: string;
  appendQueryString: boolean;
  /** Of a Rewrite in a rule of a site: the access log has the URL that the rules made. */
  logRewrittenUrl: boolean;
  redirectType: 'Permanent' | 'Found' | 'SeeOther' | 'Temporary';
  statusCode: number;
  subStatusCode: number;
  statusReason: string;
  statusDescription: string;
}

export interface RewriteMapConfig {
  name: string;
  defaultValue: string;
  ignoreCase: boolean;
  entries: [key: string, value: string][];
}
