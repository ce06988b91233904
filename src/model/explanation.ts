// What explain answers (CONTRACT 4): the object of `explain --json`. Keys that do not apply are absent.
import type { Step } from './trace.ts';

/** What the client or a server would see of a request. */
export type ExplainedOutcome =
  /** `url`: absolute with its query, its host the farm or the origin. Without a farm: `server` is the origin. */
  | { kind: 'proxy'; url: string; farm?: string; server?: string; tls?: ExplainedTls }
  /** Stays here under another URL. */
  | { kind: 'rewrite'; url: string }
  | { kind: 'static'; url: string; file: string }
  | { kind: 'redirect'; status: number; location: string }
  | { kind: 'customResponse'; status: number; subStatus: number; reason: string; description: string }
  | { kind: 'abort' }
  | { kind: 'none' }
  | { kind: 'error'; status: number; subStatus: number; code: string; reason: string };

/** Only by https: the port of the server, and the name that its certificate must be made out to. */
export interface ExplainedTls {
  port: number;
  name: string;
}

export interface Explanation {
  /** Why no listener would take the request; the rest is for one that did. Absent where one would. */
  untaken?: string;
  outcome: ExplainedOutcome;
  /** What rules changed: lower-case name to value, null where removed. */
  requestHeaders: Record<string, string | string[] | null>;
  /** What the client would get; only where a response was given, and the router does not answer by itself. */
  response?: ExplainedResponse;
  steps: Step[];
}

export interface ExplainedResponse {
  status: number;
  /** Lower-case name to value, or values where the field is repeated. Without what frames the message on the wire. */
  headers: Record<string, string | string[]>;
  /** Text; absent where there is no body, or it is no text. */
  body?: string;
  bodyBase64?: string;
}
