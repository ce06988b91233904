// Puts the tables that are made from the code into the manual, between their marks.
import { fidelityTables } from './fidelity-page.ts';
import { directiveTable } from './htaccess/directive-page.ts';

/** `page` with current tables. @throws where a mark is missing */
export function withFidelityTables(page: string): string {
  return between(between(page, 'iis', fidelityTables()), 'htaccess', directiveTable());
}

function between(page: string, name: string, text: string): string {
  const marks = new RegExp(`(<!-- ${name}: made by npm run docs -->\\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  if (!marks.test(page)) throw new Error(`the page has no marks for ${name}`);
  return page.replace(marks, (_all, start: string, end: string) => `${start}\n${text}\n${end}`);
}
