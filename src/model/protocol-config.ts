// How requests are sent to servers: `protocol` of a farm and, with other defaults, `proxy` of the router (arr.md 3).
import type { ServerTlsConfig } from './server-tls.ts';

/** `protocol` of a farm and, with other defaults, `proxy` of the server (arr.md 3). */
export interface ProtocolConfig {
  httpVersion: 'Http10' | 'Http11' | 'PassThrough';
  keepAlive: boolean;
  timeout: number;
  preserveHostHeader: boolean;
  alternateHostName: string;
  reverseRewriteHostInResponseHeaders: boolean;
  xForwardedForHeaderName: string;
  includePortInXForwardedFor: boolean;
  xForwardedByHeaderName: string;
  xForwardedByHeader: string;
  arrResponseHeader: boolean;
  sslHeaderName: string;
  clientCertHeaderName: string;
  logGuidName: string;
  maxForwards: number;
  minResponseBuffer: number;
  responseBufferLimit: number;
  bufferChunkedResponses: boolean;
  maxResponseHeaderSize: number;
  stealthMode: boolean;
  /** Narrows' own: of requests and health tests by https. */
  tls: ServerTlsConfig;
  /** Narrows' own: open connections to one server, for the whole process; 0 is no limit. */
  maxConnections: number;
  /** Narrows' own: how long an idle server connection is kept. */
  idleTimeout: number;
  /** Narrows' own: a header that connections to servers begin with. */
  proxyProtocol: 'off' | 'v1' | 'v2';
  /** Narrows' own: further attempts on other servers after a connect failure. */
  retries: number;
  /** Narrows' own. */
  upgrade: UpgradeConfig;
}

/** What a request with Upgrade may become. Times in ms. */
export interface UpgradeConfig {
  /** Names of protocols. */
  allow: readonly string[];
  /** 0: a session may be silent for as long as it likes. */
  idleTimeout: number;
  /** Over what time the closing of many sessions is spread. */
  closeSpread: number;
}
