// The JSON Schema of the configuration, generated from the same schemas that check it: for editors, and for the
// reference page.
import { z } from 'zod';
import { rootSchema } from './root-schema.ts';

/** The part of JSON Schema that the generator uses. */
export interface JsonSchema {
  $schema?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  enum?: string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  writeOnly?: boolean;
  /** Ours: what a string or number stands for. */
  'x-kind'?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

/** Describes the configuration as it is written, before defaults and units. */
export function generateJsonSchema(): JsonSchema {
  return z.toJSONSchema(rootSchema, { io: 'input', reused: 'inline' }) as JsonSchema;
}
