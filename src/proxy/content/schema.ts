// What a level of a site says about its files. Nothing has a default here: what is not written is inherited.
import { z } from 'zod';
import { editsShape, inheritedList } from '../../base/inherited-list.ts';
import { choice, duration, flag, text } from '../../base/setting.ts';

const YEARS = 3650 * 86_400_000;

/** `defaultDocument`. */
export const defaultDocumentSchema = z
  .strictObject({
    enabled: flag('false: a folder is answered 403.14. Default: true.').optional(),
    files: inheritedList(
      'Files that answer for their folder, the first that is there. Those of a deeper level are looked for first.',
      text('Name of a file.', { nonEmpty: true, trimmed: true }),
      'Name of a file.',
    ).optional(),
  })
  .meta({
    description:
      'Which file answers for a folder. Default: Default.htm, Default.asp, index.htm, index.html, iisstart.htm, default.aspx.',
  });

/** `directoryBrowse`: known, and not carried out. */
export const directoryBrowseSchema = z
  .strictObject({ enabled: flag('Folders are listed.').prefault(false) })
  .meta({ description: 'Listings of folders; none are made.' });

const clientCacheSchema = z
  .strictObject({
    cacheControlMode: choice(
      'NoControl: nothing is said. DisableCache: no-cache. UseMaxAge, UseExpires: as the next two keys say. Default: NoControl.',
      ['NoControl', 'DisableCache', 'UseMaxAge', 'UseExpires'],
    ).optional(),
    cacheControlMaxAge: duration('How long files may be kept, with UseMaxAge. Default: 1 day.', {
      max: YEARS,
      zeroIsOff: true,
    }).optional(),
    httpExpires: text('The Expires field, with UseExpires.').optional(),
    cacheControlCustom: text('Stands before max-age or no-cache in Cache-Control, such as public.').optional(),
    setEtag: flag('Files have an ETag. Default: true.').optional(),
  })
  .meta({ description: 'How long clients may keep files.' });

/** `staticContent`. */
export const staticContentSchema = z
  .strictObject({
    ...editsShape('Extension, such as .svg.'),
    mimeMap: z
      .record(z.string(), text('Type, such as application/json; a charset may follow.', { trimmed: true }))
      .meta({
        description:
          'Types by extension (`.json`; `.` for names without one), beside those built in. A file without a type is not served: 404.3.',
      })
      .prefault({}),
    clientCache: clientCacheSchema.optional(),
  })
  .meta({ description: 'Files: their types, and how long they may be kept.' });
