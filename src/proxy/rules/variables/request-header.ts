// {HTTP_<NAME>}: a header of the request. Bytes beyond ASCII are read as UTF-8 where they are that, else as latin1.
import { isUtf8 } from 'node:buffer';
import { FieldKind, fieldKindOf } from '../../../wire/http1/fields.ts';
import type { RuleRun } from '../rule-run.ts';
import type { ReadVariable } from './variable-part.ts';

/** `HTTP_X_TENANT` → `x-tenant` (url-rewrite.md 8 and 9). */
export function headerName(variable: string): string {
  return variable.slice('HTTP_'.length).replaceAll('_', '-').toLowerCase();
}

/**
 * @param name of the field, lower-case
 * @param written whether a rule of this configuration sets it: then what was set is looked at first
 */
export function readHeader(name: string, written: boolean): ReadVariable {
  const read = readInboundHeader(name);
  if (!written) return read;
  return (run) => {
    const set = run.ctx.outbound.fieldEdits?.get(name);
    if (set === undefined) return read(run);
    return set === null ? '' : textOf(set);
  };
}

function readInboundHeader(name: string): ReadVariable {
  if (name === 'host') return (run) => run.ctx.inbound.host;
  const kind = fieldKindOf(name);
  const slot = slotOf(name);
  return (run) => {
    const known = run.headers?.[slot];
    if (known !== undefined) return known;
    const { inbound } = run.ctx;
    const text = textOf((kind === FieldKind.unknown ? inbound.field(name) : inbound.fieldOfKind(kind)) ?? '');
    run.headers ??= [];
    run.headers[slot] = text;
    return text;
  };
}

/** Many rules ask for the same header: it is looked for once, and kept in the slot of its name. */
const slots = new Map<string, number>();

function slotOf(name: string): number {
  const slot = slots.get(name) ?? slots.size;
  slots.set(name, slot);
  return slot;
}

/** X-Original-URL as the module sets it once it rewrote; before that, whatever the client sent (url-rewrite.md 8). */
export function readOriginalUrl(run: RuleRun): string {
  if (run.ctx.outbound.rewritten) return run.ctx.inbound.path;
  return textOf(run.ctx.inbound.fieldOfKind(FieldKind.xOriginalUrl) ?? '');
}

const BEYOND_ASCII = /[\x80-\xff]/;

/** The text of a field value. @param wire one character for each byte */
export function textOf(wire: string): string {
  if (!BEYOND_ASCII.test(wire)) return wire;
  const bytes = Buffer.from(wire, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : wire;
}
