// The kinds of values that settings have, as zod schemas: each takes its description first, so that none goes without.
// Only schema.ts files import this; nothing that a worker loads does (DESIGN 3).
import { z } from 'zod';
import { formatByteSize, parseByteSize } from './byte-size.ts';
import { closestWord } from './closest-word.ts';
import { formatDuration, parseDuration } from './duration.ts';

/** Longest duration that a timer of Node can wait for, rounded down to days. */
const LONGEST_TIMER = 24 * 86_400_000;

/** Whoever may write a web.config could otherwise hold up the router while it is read. */
const LONGEST_TEXT = 65_536;

type Issues = { issues: unknown[] };

/** Reports a value that has the right type but cannot be used, with what would be right. */
export function refuse(ctx: Issues, input: unknown, message: string, suggestion?: string): never {
  ctx.issues.push({ code: 'custom', input, message, params: { suggestion } });
  return z.NEVER;
}

export interface TextRules {
  nonEmpty?: boolean;
  /** Blanks at either end are a fault rather than part of the value. */
  trimmed?: boolean;
  /** Most characters. */
  longest?: number;
  /** What is wrong with it; null: nothing. Not asked of an empty one. */
  fault?: (written: string) => string | null;
  /** Written instead of the value in anything that leaves the router. */
  secret?: boolean;
}

/** A string. */
export function text(about: string, rules: TextRules = {}) {
  return z
    .string()
    .transform((written, ctx) => {
      if (rules.nonEmpty && written === '') return refuse(ctx, written, 'must not be empty');
      if (rules.trimmed && written !== written.trim())
        return refuse(ctx, written, 'must not begin or end with blanks', `write "${written.trim()}"`);
      const { longest = LONGEST_TEXT } = rules;
      if (written.length > longest)
        return refuse(ctx, '', `it has ${written.length} characters, and the most is ${longest}`);
      const fault = written === '' ? null : (rules.fault?.(written) ?? null);
      if (fault !== null) return refuse(ctx, written, fault);
      return written;
    })
    .meta({
      description: about,
      ...(rules.nonEmpty ? { minLength: 1 } : {}),
      ...(rules.secret ? { writeOnly: true } : {}),
    });
}

/** true or false; IIS writes them in any letter case, `${ENV}` gives them as text. */
export function flag(about: string) {
  const read = (written: unknown) => {
    const word = typeof written === 'string' ? written.toLowerCase() : written;
    return word === 'true' ? true : word === 'false' ? false : written;
  };
  return z.preprocess(read, z.boolean()).meta({ description: about });
}

/** A whole number from `min` to `max`; digits in a string count, because `${ENV}` gives text. */
export function whole(about: string, min: number, max: number) {
  const error = (issue: { input?: unknown }) =>
    issue.input === undefined ? undefined : `expected a whole number from ${min} to ${max}, got ${shown(issue.input)}`;
  const read = (written: unknown) =>
    typeof written === 'string' && /^\d{1,16}$/.test(written) ? Number(written) : written;
  return z.preprocess(read, z.int({ error }).min(min, { error }).max(max, { error })).meta({ description: about });
}

export interface DurationRules {
  /** Milliseconds; 10 unless given (CONTRACT 2). */
  min?: number;
  max?: number;
  /** 0 is allowed, and switches the feature off. */
  zeroIsOff?: boolean;
}

/** A duration; milliseconds afterwards. */
export function duration(about: string, rules: DurationRules = {}) {
  const { min = 10, max = LONGEST_TIMER, zeroIsOff = false } = rules;
  const range = `${formatDuration(min)} to ${formatDuration(max)}${zeroIsOff ? ', or 0 for off' : ''}`;
  return numberOrText(`expected a duration from ${range}, such as 30s`)
    .transform((written, ctx) => {
      const ms = parseDuration(written);
      if (ms === null)
        return refuse(
          ctx,
          written,
          `${shown(written)} is not a duration`,
          'write it like 250ms, 30s, 20m, 1h or 00:00:30',
        );
      const fits = (ms >= min && ms <= max) || (zeroIsOff && ms === 0);
      return fits ? ms : refuse(ctx, written, `${shown(written)} is out of range`, `expected ${range}`);
    })
    .meta({ description: about, 'x-kind': 'duration' });
}

export interface SizeRules {
  min?: number;
  max?: number;
  /** Bytes that a bare number counts. */
  bareUnit?: number;
}

/** A size; bytes afterwards. */
export function size(about: string, rules: SizeRules = {}) {
  const { min = 0, max = 4_194_303 * 1024, bareUnit = 1 } = rules;
  const range = `${formatByteSize(min)} to ${formatByteSize(max)}`;
  return numberOrText(`expected a size from ${range}, such as 64KB`)
    .transform((written, ctx) => {
      const bytes = parseByteSize(written, bareUnit);
      if (bytes === null)
        return refuse(ctx, written, `${shown(written)} is not a size`, 'write it like 64KB, 4MB or 1GB');
      const fits = bytes >= min && bytes <= max;
      return fits ? bytes : refuse(ctx, written, `${shown(written)} is out of range`, `expected ${range}`);
    })
    .meta({ description: about, 'x-kind': 'size' });
}

/** One of several words, in any letter case; as spelled in `words` afterwards. */
export function choice<const W extends string>(about: string, words: readonly W[]) {
  return z
    .string()
    .transform((written, ctx): W => {
      const found = words.find((word) => word.toLowerCase() === written.toLowerCase());
      if (found !== undefined) return found;
      const near = /^\d+$/.test(written) ? null : closestWord(written, words); // no status is near to another
      const all = `expected ${words.join(', ')}`;
      return refuse(
        ctx,
        written,
        `${shown(written)} is not known here`,
        near ? `did you mean "${near}"? (${all})` : all,
      );
    })
    .meta({ description: about, enum: [...words] });
}

/** A number or a string. */
export function numberOrText(error: string) {
  const orAbsent = (issue: { input?: unknown }) => (issue.input === undefined ? undefined : error);
  return z.union([z.number(), z.string()], { error: orAbsent });
}

/** A value as a person would recognise it in a message, cut when it is long. */
export function shown(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'a map') : plain(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
