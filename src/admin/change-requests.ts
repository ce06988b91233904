// What all requests that change something share: the body is read, who asks is noted, the change is recorded, and a refusal becomes an answer.
import type { Context } from 'hono';
import type * as z from 'zod';
import type { AdminPort } from '../model/admin-port.ts';
import { type AuditEntry, type Author, type Change, OperationError } from '../model/farm-operations.ts';
import { bodyFaults } from './body-faults.ts';

const STATUS = { notFound: 404, conflict: 409, invalid: 400 } as const;
const LONGEST_NAME = 100;

/** Runs `answer`; what an operation refuses is answered with 400, 404 or 409. */
export async function answering(c: Context, answer: () => unknown): Promise<Response> {
  try {
    return c.json((await answer()) as object);
  } catch (error) {
    if (error instanceof OperationError) return c.json({ error: error.message }, STATUS[error.kind]);
    throw error;
  }
}

/** The body, checked; none is an empty one. @throws OperationError invalid */
export async function readBody<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new OperationError('invalid', 'the body is not JSON');
  }
  const read = schema.safeParse(body);
  if (!read.success) throw new OperationError('invalid', bodyFaults(read.error));
  return read.data;
}

/** Makes a change and records it. @param said of it in the body */
export async function recorded(
  c: Context,
  port: AdminPort,
  said: { why?: string | undefined; persist?: boolean },
  make: () => Promise<Change>,
): Promise<{ change: Change; audit: number }> {
  const made = await make();
  const change: Change = said.persist ? { ...made, kept: true } : made;
  const { id } = port.audit.record(authorOf(c, said.why), change);
  return { change, audit: id };
}

/** Who asks, as far as that is known: the command line says who runs it, and a token is held by whoever has it. */
export function authorOf(c: Context, why: string | undefined): Author {
  const said = (c.req.header('x-narrows-who') ?? '').replaceAll(/[^\x20-\x7e]/g, '').slice(0, LONGEST_NAME);
  const incoming = (c.env as { incoming?: { socket: { remoteAddress?: string } } } | undefined)?.incoming;
  const hasToken = c.req.header('authorization') !== undefined;
  return {
    who: said || (hasToken ? 'holder of the token' : 'unknown'),
    from: incoming === undefined ? 'unknown' : (incoming.socket.remoteAddress ?? 'unix socket'),
    why: why ?? '',
  };
}

/** The entry `id`. @throws OperationError notFound */
export function entryOf(port: AdminPort, id: string): AuditEntry {
  const entry = port.audit.find(Number(id));
  if (entry === undefined) throw new OperationError('notFound', `there is no change ${id} in the record`);
  return entry;
}
