// One object for each request. Every field is set in the constructor, so that all requests share one hidden class,
// and has one writer, named beside it (DESIGN 2).
import type { RequestHead } from '../wire/http1/request-head.ts';
import type { ClientConnectionInfo, ClientExchange } from './client.ts';
import type { Farm, Server } from './farm.ts';
import type { HostRecord } from './host-directory.ts';
import { OutboundDraft } from './outbound-draft.ts';
import type { ErrorCode } from './proxy-error.ts';
import type { Site, SiteLevel } from './site.ts';
import type { BindingConfig } from './site-config.ts';
import type { Snapshot } from './snapshot.ts';
import type { Step } from './trace.ts';

const NO_SERVERS: readonly Server[] = [];

/** What became of the cookie of a client: 'off' the farm has no affinity; 'new' no cookie; 'kept' honoured; 'invalid' a value we do not know; 'gone' its server takes no work; 'rebound' the retry moved it. */
export type AffinityVerdict = 'off' | 'new' | 'kept' | 'invalid' | 'gone' | 'rebound';

/** One try of one server. */
export interface Attempt {
  server: Server;
  /** True when it went over a connection that had served before. */
  reused: boolean;
  error: ErrorCode | null;
  /** Of a response that was dropped for another attempt; 0 where there was none. */
  status: number;
  /** It decides whether the circuit of the server is closed. */
  isTrial: boolean;
}

/** What became of the request; settled once, also when the client left. */
export interface Outcome {
  /** Status that the client was sent, or would have been. */
  status: number;
  subStatus: number;
  /** Null when the request went well, also when the server answered 500. */
  error: ErrorCode | null;
  /** Why, in words, when error is set, and why there was no further attempt. */
  reason: string;
  /** Status of the server's response, 0 when there was none. */
  upstreamStatus: number;
  /** Body and head bytes from the client, and to it. */
  bytesIn: number;
  bytesOut: number;
  /** Bytes to the server and from it. */
  bytesSent: number;
  bytesReceived: number;
  /** Milliseconds from the first byte of the request to the last of the response. */
  duration: number;
  /** Milliseconds from the start of the attempt that answered to the server's head; -1 when no server answered. */
  responseTime: number;
}

export class RequestContext {
  // written by the listener
  /** GUID, lower-case: X-ARR-LOG-ID. */
  readonly id: string;
  /** Wall time, ms since 1970. */
  readonly receivedAt: number;
  /** Monotonic ms. */
  readonly startedAt: number;
  readonly connection: ClientConnectionInfo;
  /** The client: the peer, or the first untrusted address of X-Forwarded-For when the peer is trusted. */
  readonly clientAddress: string;
  /** 0 when it is not known. */
  readonly clientPort: number;
  readonly inbound: RequestHead;
  readonly snapshot: Snapshot;
  /** The way back to the client; null in a dry run, which forwards nothing. */
  readonly client: ClientExchange | null;
  /** Steps for explain; null when nobody asks. */
  readonly trace: Step[] | null;

  // written by sites; level by content too
  /** The site whose binding the request came to; null where there is none. */
  site: Site | null = null;
  /** The binding that chose it: SERVER_PORT and HTTPS are its own (CONTRACT 1, --listen). */
  binding: BindingConfig | null = null;
  /** Whose settings are in force: by the path as it came, or by that of the file that content found. Null: no site. */
  level: SiteLevel | null = null;
  // begun by admitRequest(), written by rules and by stages of extensions
  readonly outbound: OutboundDraft;
  /** Names of the rules that matched; null while none did. */
  matchedRules: string[] | null = null;
  // written by farms
  farm: Farm | null = null;
  /** Written by farms, narrowed by affinity, and by attempts after a failure. */
  candidates: readonly Server[] = NO_SERVERS;
  // written by host affinity
  /** The host whose servers the candidates are; null where hosts have none. */
  hostRecord: HostRecord | null = null;
  // written by affinity
  affinity: AffinityVerdict = 'off';
  /** The client's cookie is good but to be written again: made with an old secret, or its time is to be renewed. */
  affinityRenewal = false;
  /** The server that the client is bound to although it takes no requests; null where there is none. */
  boundServer: Server | null = null;
  // written by attempts
  /** The server of the latest attempt: the balancer picked it, or the client's connection is pinned to it. */
  server: Server | null = null;
  /** The tries so far; null before the first. */
  attempts: Attempt[] | null = null;
  /** Milliseconds in the queue of the farm: they are not the server's. */
  queuedFor = 0;
  /** Why a failure was not tried again, where it might have been; for the outcome. */
  notRetried: string | null = null;
  /** Written where the journey ends. */
  outcome: Outcome | null = null;

  constructor(
    id: string,
    receivedAt: number,
    startedAt: number,
    connection: ClientConnectionInfo,
    clientAddress: string,
    clientPort: number,
    inbound: RequestHead,
    snapshot: Snapshot,
    client: ClientExchange | null,
    trace: Step[] | null,
  ) {
    this.id = id;
    this.receivedAt = receivedAt;
    this.startedAt = startedAt;
    this.connection = connection;
    this.clientAddress = clientAddress;
    this.clientPort = clientPort;
    this.inbound = inbound;
    this.outbound = new OutboundDraft(inbound.path);
    this.snapshot = snapshot;
    this.client = client;
    this.trace = trace;
  }

  /** By https: with --listen a binding's own protocol is shown, wherever the router listens (CONTRACT 1). */
  get secure(): boolean {
    return this.binding === null ? this.connection.secure : this.binding.protocol === 'https';
  }
}
