// docs/configuration.md: every key with its type, default and meaning, generated from the JSON Schema.
import { generateJsonSchema, type JsonSchema } from './json-schema.ts';

const HEAD = `# Configuration

Generated from the schemas in \`src/\` by \`npm run docs\`: do not edit.

One YAML file. Names and defaults are those of ARR and IIS URL Rewrite; unknown keys are errors. \`narrows check -c FILE\`
reports everything that is wrong with a file, and what of it this version does not carry out yet.

- **Durations**: \`250ms\`, \`30s\`, \`20m\`, \`1h\`, \`2d\`, \`00:00:30\`, or a bare number of seconds; from 10ms up.
- **Sizes**: \`64KB\`, \`4MB\`, \`1GB\`, 1024-based, or a bare number of bytes (KB where the key says so).
- **Status codes**: \`200-399\`, \`404\`, \`500-\`, or several with commas between them.
- **Words and true/false** are read in any letter case.
- **Paths** are relative to the file that names them.
- \`\${NAME}\` in a string is replaced by the environment variable, \`\${file:PATH}\` by the text of a file (for secrets),
  \`$\${\` stands for \`\${\`.
- **Quote** patterns and templates: without quotes, YAML reads \`{R:1}\` as a map and \`*\` as an alias. Single quotes suit patterns best: in
  them a backslash stands for itself.
- **Lists for short**: \`rules\` may be the list that \`rules.list\` is, \`conditions\` the list that \`conditions.add\` is, and a server the text
  of its address.

An editor that knows YAML schemas completes and checks the file with this first line:
\`# yaml-language-server: $schema=PATH/TO/narrows/schema/narrows.schema.json\`

\`NAME\` stands for a name of your own, \`[]\` for each item of a list.
`;

/** The whole page, as Markdown. */
export function generateReferencePage(): string {
  const { properties = {} } = generateJsonSchema();
  // What a site has of its own is told once, with the section of the same name.
  const site = properties.sites?.additionalProperties as JsonSchema;
  const location = site.properties!.locations!.items!;
  for (const name of Object.keys(location.properties!).filter((each) => each in site.properties!)) {
    if (name in properties)
      site.properties![name] = { type: 'object', description: `As ${name} above, for this site.` };
    location.properties![name] = { type: 'object', description: `As ${name} of the site, from this path on.` };
  }
  const sections = Object.entries(properties).filter(([, schema]) => isSection(schema));
  const single = Object.entries(properties).filter(([, schema]) => !isSection(schema));
  const pages = sections.map(([name, schema]) => section(name, schema.description ?? '', rowsBelow(schema, name)));
  const rows = single.flatMap(([name, schema]) => [row(name, schema), ...rowsBelow(schema, name)]);
  return `${[HEAD, ...pages, section('The router as a whole', 'Keys at the root.', rows)].join('\n')}`;
}

function isSection(schema: JsonSchema): boolean {
  return rowsBelow(schema, '').length > 1;
}

function section(title: string, about: string, rows: string[]): string {
  const head = '| key | value | default | meaning |\n|---|---|---|---|';
  return `## ${title}\n\n${about}\n\n${[head, ...rows].join('\n')}\n`;
}

/** One row for each key inside `schema`, to any depth. */
function rowsBelow(schema: JsonSchema, path: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return [row(at, child, schema.required?.includes(key)), ...rowsBelow(child, at)];
  });
  const member = schema.additionalProperties;
  const members = typeof member === 'object' ? rowsBelow(member, `${path}.NAME`) : [];
  const items = schema.items ? rowsBelow(schema.items, `${path}[]`) : [];
  return [...own, ...members, ...items, ...rowsOfAlternatives(schema, path)];
}

/** A list and a map that holds the same list under another key: the keys of the short form are told once. */
function rowsOfAlternatives(schema: JsonSchema, path: string): string[] {
  const forms = schema.anyOf ?? [];
  const rows = forms.map((form) => rowsBelow(form, path));
  return rows.toSorted((a, b) => b.length - a.length)[0] ?? [];
}

function row(path: string, schema: JsonSchema, required = false): string {
  const fallback = required ? '(required)' : defaultOf(schema);
  const cells = [`\`${path}\``, kindOf(schema), fallback, schema.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(schema: JsonSchema): string {
  const { default: value } = schema;
  if (value === undefined) return '';
  if (value === '') return '(empty)';
  if (typeof value === 'object') return Array.isArray(value) && value.length === 0 ? '(none)' : '';
  return `\`${String(value)}\``;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true, false',
  array: 'list',
  object: 'map',
  'number,string': 'text or number',
};

function kindOf(schema: JsonSchema): string {
  if (schema['x-kind']) return schema['x-kind'];
  if (schema.enum) return schema.enum.join(', ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kindOf))].join(' or ');
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'array' && schema.items?.enum) return `list of ${schema.items.enum.join(', ')}`;
  return KINDS[String(schema.type)] ?? String(schema.type);
}
