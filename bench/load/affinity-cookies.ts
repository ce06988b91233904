// Asks a proxy for its affinity cookies, and makes sure on the way that it does what every proxy here is compared for.
import { get, type IncomingMessage } from 'node:http';

const COOKIE_NAME = 'ARRAffinity';
const TRIES = 64;

/** What the back end's /echo says it was sent. */
interface Echo {
  uri: string;
  host: string;
  for: string;
  proto: string;
  forwardedHost: string;
  servedBy: string;
}

/**
 * Cookies, `name=value`, one for each of the two servers.
 * @throws Error naming the feature that is missing
 */
export async function affinityCookies(url: string): Promise<string[]> {
  const cookieOf = new Map<string, string>();
  for (let tries = 0; tries < TRIES && cookieOf.size < 2; tries++) {
    const { echo, cookie } = await ask(url);
    if (cookie === null) throw new Error(`${url} gives a new client no ${COOKIE_NAME} cookie`);
    cookieOf.set(echo.servedBy, cookie);
  }
  if (cookieOf.size < 2) throw new Error(`${url} sent ${TRIES} new clients to one server`);
  for (const [server, cookie] of cookieOf) await checkFeatures(url, server, cookie);
  return [...cookieOf.values()];
}

async function checkFeatures(url: string, server: string, cookie: string): Promise<void> {
  for (let tries = 0; tries < 4; tries++) {
    const { echo, cookie: renewed } = await ask(url, cookie);
    const host = new URL(url).host;
    const wrong = [
      echo.servedBy !== server && 'does not honour its cookie',
      renewed !== null && 'sets a cookie that the client has',
      echo.uri !== '/echo?a=1' && `rewrites to ${echo.uri}`,
      !/^127\.0\.0\.1(:\d+)?$/.test(echo.for) && `sends X-Forwarded-For '${echo.for}'`,
      echo.proto !== 'http' && `sends X-Forwarded-Proto '${echo.proto}'`,
      echo.forwardedHost !== host && `sends X-Forwarded-Host '${echo.forwardedHost}'`,
    ].find((fault) => fault !== false);
    if (wrong !== undefined) throw new Error(`${url} ${wrong}`);
  }
}

async function ask(url: string, cookie?: string): Promise<{ echo: Echo; cookie: string | null }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = cookie === undefined ? {} : { cookie };
    get(new URL('/shop/echo?a=1', url), { agent: false, headers }, resolve).on('error', reject);
  });
  const body = (await response.toArray()).join('');
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}: ${body}`);
  const set = response.headers['set-cookie']?.find((value) => value.startsWith(`${COOKIE_NAME}=`));
  return { echo: JSON.parse(body), cookie: set?.split(';', 1)[0] ?? null };
}
