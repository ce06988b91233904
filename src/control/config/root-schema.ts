// The whole configuration: every section, each from the room that it belongs to (CONTRACT 2).
import { z } from 'zod';
import { adminSchema } from '../../admin/schema.ts';
import { choice, duration, flag, numberOrText, refuse, shown, text } from '../../base/setting.ts';
import { requestFilteringSchema } from '../../proxy/filtering/schema.ts';
import { limitsSchema, trustShape } from '../../proxy/listener/schema.ts';
import { outboundRulesSchema } from '../../proxy/rules/outbound-schema.ts';
import {
  allowedServerVariablesSchema,
  providersSchema,
  rewriteMapsSchema,
  rulesSchema,
  vulnerablePatternsSchema,
} from '../../proxy/rules/schema.ts';
import { unmatchedHostSchema } from '../../proxy/sites/schema.ts';
import { proxySchema } from '../../proxy/upstream/schema.ts';
import { discoveryShape } from '../discovery/schema.ts';
import { accessLogSchema } from '../observe/schema.ts';
import { webhooksSchema } from '../webhooks/schema.ts';
import { compatibilityKeys } from './compatibility.ts';
import { farmSchema } from './farm-schema.ts';
import { listenerSchema } from './listener-schema.ts';
import { siteSchema } from './site-schema.ts';

const compatibilitySchema = z
  .union([
    choice('All of them.', ['arr']).transform(() => [...compatibilityKeys]),
    z.array(choice('One default of ARR.', compatibilityKeys)).meta({ description: 'Some of them.' }),
  ])
  .meta({
    description:
      "ARR's own defaults instead of ours: `arr` for all, or a list. Never implied. A key that is written wins over both. `tls` gives up the verification of server certificates.",
  });

const MOST_WORKERS = 256;

const workersSchema = numberOrText('expected auto, or a number of threads')
  .transform((written, ctx): number | 'auto' => {
    const count = Number(written);
    if (String(written).toLowerCase() === 'auto') return 'auto';
    if (Number.isInteger(count) && count >= 0 && count <= MOST_WORKERS) return count;
    return refuse(ctx, written, `expected auto, or a whole number up to ${MOST_WORKERS}, got ${shown(written)}`);
  })
  .meta({
    description:
      'Worker threads; `auto` is one for each core. 0 runs everything in one thread, for embedding. Changing it needs a restart.',
  });

/** Keys of the router as a whole. */
const routerShape = {
  workers: workersSchema.prefault('auto'),
  watch: flag(
    'Reload when a file of the configuration changes. Whoever may write the files decides what runs.',
  ).prefault(true),
  stateDirectory: text(
    "Folder for what outlives a restart: the affinity secret, operators' changes. Default: `.narrows` beside this file. Only the router needs to read it.",
    { nonEmpty: true },
  ).optional(),
  shutdownTimeout: duration(
    'How long running requests may take to finish after SIGTERM; then they are cut and counted.',
  ).prefault('30s'),
  shutdownIdleGrace: duration('How long idle connections stay open after SIGTERM.', { zeroIsOff: true }).prefault('1s'),
  workerStallTimeout: duration('A worker that does not answer for this long is ended and replaced.', {
    min: 100,
  }).prefault('5s'),
  extensions: z
    .array(text('Address of a module, relative to this file.', { nonEmpty: true }))
    .meta({
      description:
        'Modules with stages, balancing methods, rewrite providers and outcome sinks of your own (docs/library.md). They run with all rights of the router. A changed module needs a restart.',
    })
    .prefault([]),
  include: z
    .union([text('A pattern of file names.'), z.array(text('A pattern of file names.'))])
    .meta({
      description:
        'Further files, such as [conf.d/*.yaml]: maps are merged, lists appended; a value written twice is a fault.',
    })
    .optional(),
  compatibility: compatibilitySchema.prefault([]),
  pathMap: z
    .record(z.string(), text('Folder on this machine.', { nonEmpty: true }))
    .meta({ description: 'Windows and UNC paths of imported files, and what they are here.' })
    .optional(),
  pathCase: choice('Whether letter case counts in paths of files; on Windows it does not.', [
    'insensitive',
    'sensitive',
  ]).optional(),
};

/** The sections, by key. Each can be checked alone, so that a fault in one hides none in another. */
export const rootShape = {
  listeners: z
    .record(z.string(), listenerSchema)
    .meta({ description: 'Where clients come in, by name. None, and no site binding: 127.0.0.1:8080.' })
    .prefault({}),
  farms: z
    .record(z.string(), farmSchema)
    .meta({ description: 'The farms, by name. One farm and no rules: everything goes to it.' })
    .prefault({}),
  rules: rulesSchema.prefault([]),
  rewriteMaps: rewriteMapsSchema.prefault({}),
  providers: providersSchema.prefault({}),
  outboundRules: outboundRulesSchema.prefault({}),
  vulnerablePatterns: vulnerablePatternsSchema,
  allowedServerVariables: allowedServerVariablesSchema.prefault([]),
  sites: z.record(z.string(), siteSchema).meta({ description: 'Sites, by name.' }).prefault({}),
  unmatchedHost: unmatchedHostSchema,
  requestFiltering: requestFilteringSchema
    .prefault({})
    .meta({ description: 'Which requests are refused outright: those of no site, and what sites inherit.' }),
  proxy: proxySchema.prefault({}),
  admin: adminSchema.optional(),
  accessLog: accessLogSchema.optional(),
  webhooks: webhooksSchema.prefault([]),
  limits: limitsSchema.prefault({}),
  ...trustShape,
  ...discoveryShape,
  ...routerShape,
};

export const rootSchema = z.strictObject(rootShape).meta({ title: 'Configuration of Narrows' });

/** The configuration after the schemas: units converted, defaults filled in, still shaped as written. */
export type Written = z.output<typeof rootSchema>;
