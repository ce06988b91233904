// What the schemas complain about → problems in plain words, each with what would be right.
import type { z } from 'zod';
import { closestWord } from '../../base/closest-word.ts';
import { shown } from '../../base/setting.ts';
import type { ConfigPath, ConfigProblem } from '../../model/config.ts';
import { keysAt } from './find-schema.ts';

/** A problem of a key rather than of its value: the message points at the key. */
export interface SchemaProblem extends ConfigProblem {
  atKey?: boolean;
}

/** Runs `schema` on `value`, which stands at `base`. Problems are pushed; null where there were any. */
export function checkSection<S extends z.ZodType>(
  schema: S,
  value: unknown,
  base: ConfigPath,
  problems: SchemaProblem[],
): z.output<S> | null {
  const result = schema.safeParse(value, { error: plainWords });
  if (result.success) return result.data;
  const found = result.error.issues.flatMap((issue) => describe(issue, [], schema));
  const seen = new Set<string>();
  for (const problem of found) {
    const path = [...base, ...problem.path];
    const key = JSON.stringify([path, problem.message]);
    if (seen.has(key)) continue;
    seen.add(key);
    problems.push({ ...problem, path, message: `${pathText(path)}: ${problem.message}` });
  }
  return null;
}

/** `farms.shop.servers[1].weight`. */
function pathText(path: ConfigPath): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a map of settings',
  record: 'a map of names',
};

/** Words for the complaints that a schema has none of its own for. */
function plainWords(issue: { code?: string; expected?: unknown; input?: unknown }): string {
  if (issue.code !== 'invalid_type') return `${shown(issue.input)} does not belong here`;
  if (issue.input === undefined) return 'is required';
  return `expected ${KINDS[String(issue.expected)] ?? String(issue.expected)}, got ${shown(issue.input)}`;
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue, base: ConfigPath, schema: z.ZodType): SchemaProblem[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, schema));
  if (issue.code === 'invalid_union') return describeUnion(issue, path, schema);
  const suggestion = issue.code === 'custom' ? (issue.params?.suggestion as string | undefined) : undefined;
  const missing = issue.message === 'is required';
  return [
    {
      path,
      severity: 'error',
      message: issue.message,
      ...(suggestion ? { suggestion } : wrongTypeAdvice(issue)),
      ...(missing ? { atKey: true } : {}),
    },
  ];
}

/** Numbers and the like where text belongs want quotes, nothing else; one value where a list belongs wants brackets. */
function wrongTypeAdvice(issue: Issue): { suggestion?: string } {
  if (issue.code !== 'invalid_type') return {};
  const one = issue.expected === 'array' ? /got (".*"|[\w.-]+)$/.exec(issue.message)?.[1] : undefined;
  if (one !== undefined && one !== 'null') return { suggestion: `write it as a list: [${one}]` };
  if (issue.expected !== 'string') return {};
  const got = /got (-?\d[\d.]*|true|false)$/.exec(issue.message)?.[1];
  return got ? { suggestion: `quote it: "${got}"` } : {};
}

/** Of a value that may be one of several things, the complaint of the one that it was meant to be. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: ConfigPath, schema: z.ZodType): SchemaProblem[] {
  const meant = issue.errors.find((issues) => issues.length > 0 && !issues.some(wrongKind));
  if (meant) return meant.flatMap((inner) => describe(inner, path, schema));
  const kinds = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_type' ? [KINDS[inner.expected] ?? inner.expected] : []));
  const generic = issue.message.includes('does not belong here') && kinds.length > 0;
  return [
    { path, severity: 'error', message: generic ? `expected ${[...new Set(kinds)].join(' or ')}` : issue.message },
  ];
}

function wrongKind(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type';
}

/** Names of other versions and of widely copied scripts (arr.md 15 row 31, url-rewrite.md 22), and what they are here. */
const MISNOMERS: Readonly<Record<string, string>> = {
  responsebufferthreshold: 'minResponseBuffer',
  statusline: 'statusReason',
  responseline: 'statusDescription',
  type: 'matchType',
};

/** The problem of a key that no schema has at `path`. */
export function unknownKey(key: string, path: ConfigPath, schema: z.ZodType): SchemaProblem {
  const known = keysAt(schema, path);
  const meant = MISNOMERS[key.toLowerCase()];
  const near = meant !== undefined && known.includes(meant) ? meant : closestWord(key, known);
  const suggestion = near ? `did you mean "${near}"?` : `known here: ${known.join(', ')}`;
  return { path: [...path, key], severity: 'error', message: 'unknown key', suggestion, atKey: true };
}
