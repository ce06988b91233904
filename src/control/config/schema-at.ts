// Walks down the JSON Schema of the configuration beside a tree of values: what may stand at a place, in which order, and
// what is meant where nothing stands.
import type { JsonSchema } from './json-schema.ts';

/** The schemas that a value may have; several where there are several forms. */
export type SchemasAt = readonly JsonSchema[];

/** @param schema may be a choice of several */
export function formsOf(schema: JsonSchema): SchemasAt {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(formsOf);
}

/** The schema of `key` in a map; as it was written, so that its default is known. */
export function childOf(schemas: SchemasAt, key: string): JsonSchema[] {
  return schemas.flatMap(({ properties, additionalProperties }) => {
    if (properties && Object.hasOwn(properties, key)) return [properties[key]!];
    return typeof additionalProperties === 'object' ? [additionalProperties] : [];
  });
}

export function itemOf(schemas: SchemasAt): SchemasAt {
  return schemas.flatMap(({ items }) => (items === undefined ? [] : formsOf(items)));
}

/** The keys of a map in the order of the documentation; those that it does not have are missing. */
export function keyOrder(schemas: SchemasAt): string[] {
  return [...new Set(schemas.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** A scalar as the schema would have it: files of IIS give text for everything, in any letter case. */
export function typedScalar(value: string | number | boolean | null, schemas: SchemasAt): typeof value {
  if (typeof value !== 'string') return value;
  const types = schemas.flatMap(({ type }) => type ?? []);
  if (types.includes('boolean') && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  if (types.includes('integer') && /^\d{1,15}$/.test(value)) return Number(value);
  const words = schemas.flatMap((schema) => schema.enum ?? []);
  return words.find((word) => word.toLowerCase() === value.toLowerCase()) ?? value;
}

/** Whether leaving out `value` (plain data) means the same; `schemas` as childOf() gives them. */
export function isDefault(value: unknown, schemas: readonly JsonSchema[]): boolean {
  return (
    schemas.length > 0 &&
    schemas.every((schema) => 'default' in schema && JSON.stringify(schema.default) === JSON.stringify(value))
  );
}
