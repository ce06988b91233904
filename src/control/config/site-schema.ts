// `sites.NAME` and its `locations`: the site's own attributes, and the settings that may stand at every level.
import { z } from 'zod';
import { defaultDocumentSchema, directoryBrowseSchema, staticContentSchema } from '../../proxy/content/schema.ts';
import { httpErrorsSchema } from '../../proxy/errors/schema.ts';
import {
  accessSchema,
  ipSecuritySchema,
  requestFilteringSchema,
  webSocketSchema,
} from '../../proxy/filtering/schema.ts';
import { siteOutboundRulesSchema } from '../../proxy/rules/outbound-schema.ts';
import {
  allowedServerVariablesSchema,
  providersSchema,
  rewriteMapsSchema,
  siteRulesSchema,
} from '../../proxy/rules/schema.ts';
import { httpProtocolSchema, httpRedirectSchema } from '../../proxy/sites/level-schema.ts';
import { locationShape, siteShape } from '../../proxy/sites/schema.ts';

const levelShape = {
  rules: siteRulesSchema.optional(),
  outboundRules: siteOutboundRulesSchema.optional(),
  rewriteMaps: rewriteMapsSchema.optional(),
  providers: providersSchema.optional(),
  allowedServerVariables: allowedServerVariablesSchema.optional(),
  httpProtocol: httpProtocolSchema.optional(),
  defaultDocument: defaultDocumentSchema.optional(),
  directoryBrowse: directoryBrowseSchema.optional(),
  staticContent: staticContentSchema.optional(),
  httpRedirect: httpRedirectSchema.optional(),
  httpErrors: httpErrorsSchema.optional(),
  requestFiltering: requestFilteringSchema.optional(),
  ipSecurity: ipSecuritySchema.optional(),
  access: accessSchema.optional(),
  webSocket: webSocketSchema.optional(),
};

const locationSchema = z
  .strictObject({ ...locationShape, ...levelShape })
  .meta({ description: 'Settings for one URL path and what is below it.' });

export const siteSchema = z
  .strictObject({
    ...siteShape,
    ...levelShape,
    locations: z
      .array(locationSchema)
      .meta({ description: 'Settings below the site, by URL path; each path inherits what stands above it.' })
      .prefault([]),
  })
  .meta({ description: 'A site: files of a folder, under host names of its own.' });

export type WrittenSite = z.output<typeof siteSchema>;
/** The settings of one level as written: of the site itself, or of one of its locations. */
export type WrittenLevel = Pick<WrittenSite, keyof typeof levelShape>;
