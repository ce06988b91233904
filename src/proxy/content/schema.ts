// Settings of a site: bindings, files, and what it has of its own. Its rules are composed in control/config.
import { z } from 'zod';
import { text } from '../../base/setting.ts';

/** A site's own attributes. */
export const siteShape = {
  bindings: z
    .array(
      text('IP:PORT:HOST, `*` for every address, HOST empty for every name; [v6]:PORT:HOST.', {
        nonEmpty: true,
        trimmed: true,
      }),
    )
    .meta({ description: 'Requests that belong to the site. A binding that no listener covers makes one.' })
    .prefault([]),
  root: text(
    'Folder of the site, relative to this file. Everything in it is public except what IIS hides (web.config, bin, App_Data).',
    { nonEmpty: true },
  ).optional(),
};
