// Settings of a site as a whole: its bindings and its folders. What may differ from folder to folder stands in the
// schemas of the rooms that carry it out, and is put together in control/config.
import { z } from 'zod';
import { choice, flag, text, whole } from '../../base/setting.ts';

const urlPath = (about: string) => text(about, { nonEmpty: true });

/** A site's own attributes. */
export const siteShape = {
  id: whole(
    'Number of the site: INSTANCE_ID. Default: its place among the sites, from 1.',
    1,
    4_294_967_295,
  ).optional(),
  bindings: z
    .array(
      text(
        'IP:PORT:HOST, `*` for every address, HOST empty for every name, `*.example.com` for all names below one; [v6]:PORT:HOST. `https/` in front for TLS.',
        { nonEmpty: true, trimmed: true },
      ),
    )
    .meta({
      description:
        'Requests that belong to the site. A binding that no listener covers makes one. None: what no other site takes.',
    })
    .prefault([]),
  root: text(
    'Folder of the site, relative to this file. Everything in it is public except what IIS hides (web.config, bin, App_Data).',
    { nonEmpty: true },
  ).optional(),
  applications: z
    .array(urlPath('URL path of an application, such as /app.'))
    .meta({ description: 'Applications beside the one at /.' })
    .prefault([]),
  virtualDirectories: z
    .record(z.string(), text('Folder, relative to this file.', { nonEmpty: true }))
    .meta({ description: 'Folders that stand elsewhere than below root, by URL path.' })
    .prefault({}),
  webConfig: flag(
    'web.config files in the folders of the site apply, as in IIS. Whoever may write there decides about the site.',
  ).prefault(true),
};

/** One of a site's `locations`: what it says beside its settings. */
export const locationShape = {
  path: urlPath('URL path within the site, such as /shop.'),
  inheritInChildApplications: flag('Applications below the path have these settings too.').prefault(true),
};

export const unmatchedHostSchema = choice(
  'A request whose host and port no binding of a site has: served by the rules without a site, or refused with 400 as IIS does.',
  ['serve', 'refuse'],
).prefault('serve');
