// What the admin API may ask of a running router: all that admin/ sees of the engine.
import type { CertificateReport } from './certificate-report.ts';
import type { LocatedProblem } from './config-error.ts';
import type { ExplainRequest } from './explain-request.ts';
import type { Audit, FarmOperations } from './farm-operations.ts';
import type { RouterStatus } from './status.ts';

export interface AdminPort {
  status(): RouterStatus;
  /** Of the running configuration. */
  certificates(): CertificateReport;
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** Content-Type of metrics(). */
  readonly metricsType: string;
  /** Resolves with what there is to warn of; rejects with ConfigError, and the running configuration stays. */
  reload(): Promise<readonly LocatedProblem[]>;
  /** The object of `explain --json` (CONTRACT 4), with live state. */
  explain(request: ExplainRequest): Promise<unknown>;
  readonly farms: FarmOperations;
  readonly audit: Audit;
  /** Resolves after so many ms. */
  pause(ms: number): Promise<void>;
  /** False once the router cannot serve at all. */
  isLive(): boolean;
  /** False until every listener is open, and while stopping. */
  isReady(): boolean;
}
