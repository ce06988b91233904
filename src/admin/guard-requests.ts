// Who may talk to the admin API: the holder of the token, and on loopback only what a web page in somebody's browser
// cannot pretend to be. (Without these checks any page could reload the router, or read it through DNS rebinding.)
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** Left open to whoever reaches the port: a load balancer in front asks these and holds no token; they tell nothing. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/api/live', '/api/ready']);

/** @param tokenNow asked at each request, since a reload may change it; null: none is asked for */
export function requireToken(tokenNow: () => string | null): MiddlewareHandler {
  return async (c, next) => {
    const token = tokenNow();
    const expected = token === null ? null : digest(token);
    if (expected === null || OPEN_PATHS.has(c.req.path)) return next();
    const given = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
    // Digests are compared, so that neither the token's length nor how much of it was right shows in the time taken.
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return next();
    return c.json({ error: 'a bearer token is needed' }, 401, { 'WWW-Authenticate': 'Bearer' });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** On a loopback listener: a name that some site points at 127.0.0.1 (DNS rebinding) is not ours. */
export function requireLocalHost(configuredHost: string): MiddlewareHandler {
  return async (c, next) => {
    const host = hostName(c.req.header('host') ?? '');
    if (host === configuredHost.toLowerCase() || LOCAL_NAME.test(host)) return next();
    return c.json({ error: `this listener does not answer for the host "${host}"` }, 421);
  };
}

const LOCAL_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/** Host field without port and brackets, in lower case. */
function hostName(field: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(field.trim().toLowerCase());
  return match?.[1] ?? match?.[2] ?? field;
}

/**
 * Without a token, whoever reaches the listener may do everything. A proxy of this machine that lets its clients choose where
 * requests go must not bring them here; ours marks what it sends on, and most others do.
 */
export function refuseForwarded(tokenNow: () => string | null): MiddlewareHandler {
  return async (c, next) => {
    const mark = FORWARDED.find((name) => c.req.header(name) !== undefined);
    if (mark === undefined || tokenNow() !== null || OPEN_PATHS.has(c.req.path)) return next();
    return c.json({ error: `a request that a proxy sent on (it has ${mark}) needs a token: set admin.token` }, 403);
  };
}

const FORWARDED = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'max-forwards'];

/** What changes something must not come from a page of another origin, also not from another port of this machine. */
export const refuseCrossSite: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const site = c.req.header('sec-fetch-site') ?? 'none';
  const origin = c.req.header('origin');
  const own = `http://${c.req.header('host') ?? ''}`;
  if ((site === 'none' || site === 'same-origin') && (origin === undefined || origin === own)) return next();
  return c.json({ error: 'requests from other origins are refused' }, 403);
};

/** A form or a script of another origin can send text, but not JSON without asking first, which is refused. */
export const requireJson: MiddlewareHandler = async (c, next) => {
  const hasBody = c.req.header('transfer-encoding') !== undefined || Number(c.req.header('content-length') ?? 0) > 0;
  const type = (c.req.header('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (c.req.method === 'GET' || c.req.method === 'HEAD' || !hasBody || type === 'application/json') return next();
  return c.json({ error: `the body has to be application/json, not ${type || 'without a Content-Type'}` }, 415);
};
