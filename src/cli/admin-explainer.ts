// A running router as something to ask about many requests: one question for each, one after the other.
import type { Explainer, ExplainRequest, Explanation, RouterStatus } from '../index.ts';
import { type AdminClient, AdminError } from './admin-client.ts';

/** @throws AdminError when the router does not answer as one */
export async function adminExplainer(router: AdminClient): Promise<Explainer> {
  const { status, body } = await router.ask('GET', '/api/status');
  if (status !== 200) throw new AdminError(`the router answers ${status}`);
  const { farms, listeners } = body as RouterStatus;
  const secure = new Set(
    listeners.filter(({ url }) => url.startsWith('https:')).map(({ url }) => Number(new URL(url).port || 443)),
  );
  return {
    explain: (request) => askRouter(router, request),
    rules: [], // it tells those that it tries
    farms: farms.map(({ name, servers }) => ({ name, servers: servers.map(({ address }) => address) })),
    loggedHeaders: [],
    hostOfSite: () => null,
    isSecurePort: (port) => secure.has(port) || port === 443,
  };
}

/** @throws AdminError */
export async function askRouter(router: AdminClient, request: ExplainRequest): Promise<Explanation> {
  const { status, body } = await router.ask('POST', '/api/explain', request);
  if (status !== 200) throw new AdminError(`the router answers ${status}: ${JSON.stringify(body)}`);
  return body as Explanation;
}
