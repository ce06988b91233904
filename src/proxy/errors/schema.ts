// The pages that a level of a site has for errors. Nothing has a default here: what is not written is inherited.
import { z } from 'zod';
import { inheritedList } from '../../base/inherited-list.ts';
import { choice, text, whole } from '../../base/setting.ts';

const responseMode = (about: string) => choice(about, ['File', 'ExecuteURL', 'Redirect']);

const errorSchema = z.strictObject({
  statusCode: whole('Status of the error.', 400, 999),
  subStatusCode: whole('Sub-status; -1 is any that has no page of its own.', -1, 999).prefault(-1),
  path: text('File, URL path, or address of the redirect.', { nonEmpty: true }),
  prefixLanguageFilePath: text(
    'Folder with a folder for each language (en-US): the one that the client accepts is put between it and path.',
  ).prefault(''),
  responseMode: responseMode('Default: defaultResponseMode.').optional(),
});

/** `httpErrors`. */
export const httpErrorsSchema = z
  .strictObject({
    errorMode: choice(
      'Detailed: what failed is said. Custom: the pages of this section. DetailedLocalOnly: the one to clients on this machine, the other to all others. Default: DetailedLocalOnly.',
      ['DetailedLocalOnly', 'Custom', 'Detailed'],
    ).optional(),
    existingResponse: choice(
      'What becomes of errors that a server sends: Replace puts our pages in place of theirs. Default: Auto, which passes them on.',
      ['Auto', 'Replace', 'PassThrough'],
    ).optional(),
    defaultPath: text('Page of every status that has none of its own.').optional(),
    defaultResponseMode: responseMode(
      'File: a file, below this level. ExecuteURL: a file of the site, by its URL path. Redirect: 302 to an address. Default: File.',
    ).optional(),
    errors: inheritedList('Pages by status.', errorSchema, 'Status: 404, or 404.3 in quotes.').optional(),
  })
  .meta({ description: 'Pages for errors.' });
