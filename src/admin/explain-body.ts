// The body of POST /api/explain, checked: the request that somebody asks about.
import * as z from 'zod';
import type { ExplainRequest } from '../model/explain-request.ts';

export const explainBody = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({ description: 'Absolute http or https URL.' }),
  method: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
    .default('GET'),
  headers: z
    .array(z.tuple([z.string(), z.string()]))
    .default([])
    .meta({ description: 'Name and value of each field, in order.' }),
  client: z.string().default('127.0.0.1').meta({ description: "The client's address." }),
});

/** Reads a body; `fault` says in words what is wrong with it. */
export function readExplainBody(body: unknown): { request: ExplainRequest } | { fault: string } {
  const result = explainBody.safeParse(body);
  return result.success ? { request: result.data } : { fault: z.prettifyError(result.error) };
}
