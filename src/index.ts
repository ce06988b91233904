// The library's front door (CONTRACT 7).
import { Router } from './engine/router.ts';
import type { ConfigInput, RouterOptions } from './engine/router-options.ts';

/**
 * Makes a router; nothing is opened before start().
 * @param config a YAML file, or an object with the same keys
 */
export function createRouter(config: ConfigInput, options: RouterOptions = {}): Router {
  return new Router(config, options);
}

export type { Clock } from './base/clock.ts';
export { parseDuration } from './base/duration.ts';
export type { Logger } from './base/logger.ts';
export { printable } from './base/printable.ts';
export { SimulatedClock } from './base/simulated-clock.ts';
export { formatProblem, problemsAsJson } from './control/config/format-problems.ts';
export { createLogger } from './control/observe/logger.ts';
export { readResponse } from './control/replay/read-response.ts';
export { Replay, type ReplayFault, type ReplayOptions, type ReplayResult } from './control/replay/replay.ts';
export type { ReplaySummary, RuleTally } from './control/replay/replay-summary.ts';
export { checkConfig, explainConfig, listCertificates } from './engine/check-config.ts';
export { createExplainer } from './engine/explainer.ts';
export { importHtaccessFiles } from './engine/import-htaccess.ts';
export { importIisFiles } from './engine/import-iis.ts';
export { countVerdicts, IMPORT_MARK, type Imported } from './engine/imported.ts';
export type { OpenedListener, Router } from './engine/router.ts';
export type { ConfigInput, RouterOptions } from './engine/router-options.ts';
export { VERSION } from './engine/version.ts';
export type { Answer, LocalAnswer } from './model/answer.ts';
export type { BodyOutput, BodyTransform } from './model/body-transform.ts';
export type { CertificateReport } from './model/certificate-report.ts';
export type { Config } from './model/config.ts';
export { ConfigError, type LocatedProblem } from './model/config-error.ts';
export type { AskedRequest, ExplainRequest, GivenResponse } from './model/explain-request.ts';
export type { Explainer } from './model/explainer.ts';
export type { ExplainedOutcome, ExplainedResponse, Explanation } from './model/explanation.ts';
export type {
  Extension,
  ExtensionServices,
  LoadBalancingExtension,
  LoadBalancingPolicy,
  OutcomeSink,
  OutcomeSinkExtension,
  RewriteProvider,
  RewriteProviderExtension,
  Stage,
  StageExtension,
} from './model/extensions.ts';
export type { Farm, Server } from './model/farm.ts';
export type { FarmConfig } from './model/farm-config.ts';
export type {
  AuditEntry,
  Bindings,
  Change,
  DrainStatus,
  HealthChange,
  HealthTestResult,
  HostMapping,
  HostMove,
} from './model/farm-operations.ts';
export type { FidelityRow, FidelityVerdict } from './model/fidelity-row.ts';
export { type ErrorCode, ProxyError } from './model/proxy-error.ts';
export type { Outcome, RequestContext } from './model/request-context.ts';
export type { ResponseDraft } from './model/response-draft.ts';
export type { RouterStatus } from './model/status.ts';
