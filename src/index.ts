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
export type { Logger } from './base/logger.ts';
export { SimulatedClock } from './base/simulated-clock.ts';
export { formatProblem, problemsAsJson } from './control/config/format-problems.ts';
export { createLogger } from './control/observe/logger.ts';
export { checkConfig, explainConfig } from './engine/check-config.ts';
export type { Explanation } from './engine/explain.ts';
export type { OpenedListener, Router } from './engine/router.ts';
export type { ConfigInput, RouterOptions } from './engine/router-options.ts';
export { VERSION } from './engine/version.ts';
export { ConfigError, type LocatedProblem } from './model/config-error.ts';
export type { ExplainRequest } from './model/explain-request.ts';
export type { RouterStatus } from './model/status.ts';
