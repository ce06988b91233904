import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../../model/errors-page.ts';
import { generateJsonSchema, type JsonSchema } from './json-schema.ts';
import { generateReferencePage } from './reference-page.ts';

const committed = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Every key of `schema` at any depth, with its description. */
function keysOf(schema: JsonSchema, path: string): [path: string, description: string][] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const at = `${path}.${key}`;
    return [[at, child.description ?? ''] as [string, string], ...keysOf(child, at)];
  });
  const member = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  const inner = [...member, ...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? [])];
  return [...own, ...inner.flatMap((child) => keysOf(child, `${path}[]`))];
}

/** Every map of settings at any depth. */
function mapsOf(schema: JsonSchema): JsonSchema[] {
  const member = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...member,
    ...(schema.items ? [schema.items] : []),
    ...(schema.anyOf ?? []),
  ];
  return [...(schema.properties ? [schema] : []), ...inner.flatMap(mapsOf)];
}

describe('the schemas', () => {
  it('describe every key', () => {
    const keys = keysOf(generateJsonSchema(), '');
    expect(keys.length).toBeGreaterThan(200);
    expect(keys.filter(([, description]) => description.length < 8).map(([path]) => path)).toEqual([]);
  });

  it('refuse unknown keys at every level', () => {
    const maps = mapsOf(generateJsonSchema());
    expect(maps.length).toBeGreaterThan(20);
    expect(maps.filter((map) => map.additionalProperties !== false)).toEqual([]);
  });
});

describe('what is generated from the schemas', () => {
  it('schema/narrows.schema.json is current (npm run docs)', () => {
    expect(JSON.parse(committed('schema/narrows.schema.json'))).toEqual(
      JSON.parse(JSON.stringify(generateJsonSchema())),
    );
  });

  it('docs/errors.md is current (npm run docs)', () => {
    expect(committed('docs/errors.md')).toBe(errorsPage());
  });

  it('docs/configuration.md is current (npm run docs)', () => {
    expect(committed('docs/configuration.md')).toBe(generateReferencePage());
  });
});
