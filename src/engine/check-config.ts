// What can be asked of a configuration without running it: is it in order, and what would it do with a request. Nothing
// is opened, and nothing is written.
import { systemClock } from '../base/clock.ts';
import { reportCertificates } from '../control/certificates/report-certificates.ts';
import type { CertificateReport } from '../model/certificate-report.ts';
import { ConfigError, type LocatedProblem } from '../model/config-error.ts';
import type { ExplainRequest } from '../model/explain-request.ts';
import type { Explanation } from '../model/explanation.ts';
import { createExplainer } from './explainer.ts';
import { loadChecked } from './load-checked.ts';
import type { ConfigInput, RouterOptions } from './router-options.ts';

/** Every fault and warning of `input`, in the order of their places; none: it is in order. */
export async function checkConfig(input: ConfigInput, options: RouterOptions = {}): Promise<readonly LocatedProblem[]> {
  try {
    const { problems } = await loadChecked(input, options, options.clock ?? systemClock);
    return problems;
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
}

/** The certificates that listeners of `input` have. @throws ConfigError */
export async function listCertificates(input: ConfigInput, options: RouterOptions = {}): Promise<CertificateReport> {
  return reportCertificates((await loadChecked(input, options, options.clock ?? systemClock)).certificates);
}

/**
 * What a router with `input` would do with `request` (CONTRACT 4), every server being healthy and Active.
 * @throws ConfigError
 */
export async function explainConfig(
  input: ConfigInput,
  request: ExplainRequest,
  options: RouterOptions = {},
): Promise<Explanation> {
  return (await createExplainer(input, options)).explain(request);
}
