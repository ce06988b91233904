// What the client would get of a response, for people: its head, and as much of the body as a screen takes.
import type { ExplainedResponse } from '../index.ts';
import { lineOf } from './terminal-text.ts';

const LINES_SHOWN = 40;

export function formatResponse({ status, headers, body, bodyBase64 }: ExplainedResponse): string {
  const fields = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((each) => `  ${name}: ${each}`));
  return [
    lineOf(['bold', `response ${status}`]),
    ...fields.map((field) => lineOf(field)),
    bodyLines(body, bodyBase64),
  ].join('');
}

function bodyLines(body: string | undefined, bodyBase64: string | undefined): string {
  if (bodyBase64 !== undefined) return lineOf(`  (${Buffer.from(bodyBase64, 'base64').length} bytes that are no text)`);
  if (body === undefined || body === '') return '';
  const lines = body.split(/\r?\n/);
  const shown = lines.slice(0, LINES_SHOWN).map((line) => lineOf(`  | ${line}`));
  const more = lines.length - shown.length;
  return shown.join('') + (more > 0 ? lineOf(`  (${more} more lines: --json has them)`) : '');
}
