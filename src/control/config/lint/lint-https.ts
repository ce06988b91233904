// Redirects from http to https where TLS ends at a proxy before this router: they are without end.
import type { RuleConfig } from '../../../model/config.ts';
import type { Warn } from './rule-lint.ts';

const TO_HTTPS = /^https:\/\/\{(?:HTTP_HOST|SERVER_NAME)\}/i;
const READS_TLS = /^\{(?:HTTPS|SERVER_PORT_SECURE)\}$/i;

/** @param isBehindTls whether TLS surely ends before this router, and not here */
export function lintHttpsRedirect({ action, conditions }: RuleConfig, isBehindTls: boolean, warn: Warn): void {
  if (!isBehindTls || action.type !== 'Redirect' || !TO_HTTPS.test(action.url.trim())) return;
  const read = conditions.add.find(({ input }) => READS_TLS.test(input.trim()));
  if (read === undefined) return;
  const message = `no request comes by https here, and ${read.input} says so: behind the proxy that ends TLS this is a redirect without end`;
  warn(['action', 'url'], message, 'read {HTTP_X_FORWARDED_PROTO}, which that proxy sends, with the pattern ^http$');
}
