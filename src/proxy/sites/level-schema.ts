// Two small sections of a level of a site: fields that its responses are given, and where its URLs are redirected to.
import { z } from 'zod';
import { inheritedList } from '../../base/inherited-list.ts';
import { choice, flag, text } from '../../base/setting.ts';

/** `httpProtocol`. */
export const httpProtocolSchema = z
  .strictObject({
    customHeaders: inheritedList(
      'Fields that every response is given: of servers, files, and errors.',
      z.strictObject({
        name: text('Name of the field.', { nonEmpty: true, trimmed: true }),
        value: text('Its value.').prefault(''),
      }),
      'Name of a field.',
    ).optional(),
  })
  .meta({ description: 'What responses carry.' });

/** `httpRedirect`. */
export const httpRedirectSchema = z
  .strictObject({
    enabled: flag('Default: false.').optional(),
    destination: text(
      'Address. $V is the path, $S what of it follows the path of this level, $Q the query with its question mark, $P the parameters in it.',
    ).optional(),
    exactDestination: flag(
      'false: what follows the path of this level, and the query, are put behind it. Default: false.',
    ).optional(),
    childOnly: flag('Only what is directly in this folder, not in folders below it. Default: false.').optional(),
    httpResponseStatus: choice('Found: 302. Permanent: 301. Temporary: 307. PermRedirect: 308. Default: Found.', [
      'Found',
      'Permanent',
      'Temporary',
      'PermRedirect',
    ]).optional(),
    wildcards: inheritedList(
      'Redirects of their own: the first whose pattern the path matches.',
      z.strictObject({
        wildcard: text('Pattern for what follows the path of this level; `*` is any text.', { nonEmpty: true }),
        destination: text('Address; $0 is the whole match, $1 what the first `*` stands for.', { nonEmpty: true }),
      }),
      'The pattern.',
    ).optional(),
  })
  .meta({ description: 'Redirects without rules. Rules of the site run before it.' });
