// Server variables of the site that a request came to (url-rewrite.md 8, arr.md 14); all empty where there is none.
import { join } from 'node:path';
import type { Site } from '../../../model/site.ts';
import type { RuleRun } from '../rule-run.ts';
import type { ReadVariable } from './variable-part.ts';

const ofSite =
  (read: (site: Site, run: RuleRun) => string): ReadVariable =>
  (run) =>
    run.ctx.site === null ? '' : read(run.ctx.site, run);

/** Of the current URL: not looked at, so it may not exist. */
const physicalPath = ofSite((site, run) => physicalPathOf(site, run.path));

export const SITE_VARIABLES: Readonly<Record<string, ReadVariable>> = {
  APPL_MD_PATH: ofSite((site, run) => `${metaPath(site)}/ROOT${withoutRoot(site.applicationAt(run.path))}`),
  APPL_PHYSICAL_PATH: ofSite((site, run) => withSlash(physicalPathOf(site, site.applicationAt(run.path)))),
  DOCUMENT_ROOT: ofSite((site) => site.config.root ?? ''),
  INSTANCE_ID: ofSite((site) => String(site.config.id)),
  INSTANCE_META_PATH: ofSite(metaPath),
  INSTANCE_NAME: ofSite((site) => site.name),
  PATH_TRANSLATED: physicalPath,
  REQUEST_FILENAME: physicalPath,
  SCRIPT_FILENAME: physicalPath,
  SCRIPT_TRANSLATED: physicalPath,
};

function physicalPathOf(site: Site, path: string): string {
  const place = site.folderOf(path);
  return place === null ? '' : join(place.folder, place.rest);
}

function metaPath({ config }: Site): string {
  return `/LM/W3SVC/${config.id}`;
}

function withoutRoot(application: string): string {
  return application === '/' ? '' : application;
}

function withSlash(folder: string): string {
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}
