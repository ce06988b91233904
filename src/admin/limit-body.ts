// The longest body that the admin API reads. Hono's own limit makes a Request of the platform of one of the adapter's where there
// is no body at all, and fails.
import type { MiddlewareHandler } from 'hono';

const MOST_BYTES = 1024 * 1024;

/** A body says how long it is: 413 where that is too much, 411 where it does not. */
export const limitBody: MiddlewareHandler = async (c, next) => {
  if (c.req.header('transfer-encoding') !== undefined) return c.json({ error: 'the body needs a Content-Length' }, 411);
  if (Number(c.req.header('content-length') ?? 0) > MOST_BYTES)
    return c.json({ error: `the body is longer than ${MOST_BYTES} bytes` }, 413);
  return next();
};
