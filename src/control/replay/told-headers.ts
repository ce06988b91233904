// Headers that somebody gives for a whole list: for the requests whose lines do not tell them.
import type { ReplayRecord } from './record.ts';

export type Fields = readonly [name: string, value: string][];

/** `record` with those of `fields` that its line does not tell. */
export function withToldHeaders(record: ReplayRecord, fields: Fields): ReplayRecord {
  const told = fields.filter(([name]) => record.lacks(variableOf(name)) !== null);
  if (told.length === 0) return record;
  const variables = new Set(told.map(([name]) => variableOf(name)));
  if (variables.has('HTTP_HOST')) variables.add('SERVER_NAME');
  // A host that was taken from the configuration gives way.
  const kept = record.request.headers.filter(([name]) => !variables.has(variableOf(name)));
  return {
    ...record,
    request: { ...record.request, headers: [...kept, ...told] },
    lacks: (variable) => (variables.has(variable) ? null : record.lacks(variable)),
  };
}

function variableOf(name: string): string {
  return `HTTP_${name.replaceAll('-', '_').toUpperCase()}`;
}
