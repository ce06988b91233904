// The body of POST /api/explain, checked: the request that somebody asks about.
import * as z from 'zod';
import type { ExplainRequest } from '../model/explain-request.ts';
import { bodyFaults } from './body-faults.ts';

const pairs = z.array(z.tuple([z.string(), z.string()]));

const responseBody = z
  .strictObject({
    status: z.int().min(200).max(599).default(200),
    headers: pairs.default([]),
    body: z.string().optional().meta({ description: 'Text. Not with bodyBase64.' }),
    bodyBase64: z.base64().optional().meta({ description: 'Bytes, in the coding that Content-Encoding names.' }),
  })
  .meta({ description: 'What the server would answer: then the answer says what the client would get.' });

export const explainBody = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({ description: 'Absolute http or https URL.' }),
  method: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
    .default('GET'),
  headers: pairs.default([]).meta({ description: 'Name and value of each field, in order.' }),
  client: z.string().default('127.0.0.1').meta({ description: "The client's address." }),
  response: responseBody.optional(),
});

/** Reads a body; `fault` says in words what is wrong with it. */
export function readExplainBody(body: unknown): { request: ExplainRequest } | { fault: string } {
  const result = explainBody.safeParse(body);
  return result.success ? { request: result.data as ExplainRequest } : { fault: bodyFaults(result.error) };
}
