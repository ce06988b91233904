// Writes what is generated: schema/narrows.schema.json and docs/configuration.md from the schemas of the
// configuration, docs/errors.md from the catalogue of errors, and
// the tables of docs/coming-from-arr.md from those by which files are imported.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { generateJsonSchema } from '../src/control/config/json-schema.ts';
import { generateReferencePage } from '../src/control/config/reference-page.ts';
import { withFidelityTables } from '../src/control/iis/manual-tables.ts';
import { errorsPage } from '../src/model/errors-page.ts';

const root = new URL('../', import.meta.url);
mkdirSync(new URL('schema/', root), { recursive: true });
writeFileSync(new URL('schema/narrows.schema.json', root), `${JSON.stringify(generateJsonSchema(), null, 2)}\n`);
writeFileSync(new URL('docs/configuration.md', root), generateReferencePage());
writeFileSync(new URL('docs/errors.md', root), errorsPage());

const page = new URL('docs/coming-from-arr.md', root);
writeFileSync(page, withFidelityTables(readFileSync(page, 'utf8')));
