// Finds the schema of one place of the configuration inside the schema of the whole: for messages that name its keys.
import { z } from 'zod';

/** Keys that a map at `path` may have; empty where no map belongs. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let found = [schema];
  for (const step of path) found = found.flatMap(alternatives).flatMap((one) => below(one, step));
  return found.flatMap(alternatives).flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
}

function below(schema: z.ZodType, step: PropertyKey): z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Record<string, z.ZodType>)[String(step)];
    return child ? [child] : [];
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  return [];
}

/** The schemas inside the wrappers: optional, default, pipe, union. */
function alternatives(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault)
    return alternatives(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) {
    const [input, output] = [schema.in as z.ZodType, schema.out as z.ZodType];
    return alternatives(input instanceof z.ZodTransform ? output : input);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => alternatives(option as z.ZodType));
  return [schema];
}
