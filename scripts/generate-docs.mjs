// Writes what is generated from the configuration's schemas: schema/narrows.schema.json and docs/configuration.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { generateJsonSchema } from '../src/control/config/json-schema.ts';
import { generateReferencePage } from '../src/control/config/reference-page.ts';

const root = new URL('../', import.meta.url);
mkdirSync(new URL('schema/', root), { recursive: true });
writeFileSync(new URL('schema/narrows.schema.json', root), `${JSON.stringify(generateJsonSchema(), null, 2)}\n`);
writeFileSync(new URL('docs/configuration.md', root), generateReferencePage());
