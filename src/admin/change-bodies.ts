// The bodies of requests that change something, checked.
import * as z from 'zod';

const why = z.string().max(500).optional().meta({ description: 'Why, for the record.' });
const persist = z.boolean().default(false).meta({ description: 'Keep it across restarts.' });
const milliseconds = z.int().min(0).max(2_592_000_000);

/** Every change says so much of itself. */
const told = { why };

export const noBody = z.strictObject(told);

export const stateBody = z.strictObject({
  state: z.enum(['Start', 'Drain', 'GracefulStop', 'ForcefulStop']),
  persist,
  deadline: milliseconds.optional().meta({ description: 'Of a drain: the most it lasts, ms. 0: no limit.' }),
  idleTimeout: milliseconds
    .optional()
    .meta({ description: 'Of a drain: it is over when no bound client was seen for so long, ms.' }),
  ...told,
});

export const serverBody = z.strictObject({
  server: z
    .looseObject({ address: z.string().min(1) })
    .meta({ description: 'As an item of `servers` in the configuration.' }),
  persist,
  ...told,
});

export const removeBody = z.strictObject({ persist, ...told });

export const weightBody = z.strictObject({
  weight: z.int().min(1).max(4_294_967_295).nullable().meta({ description: 'null: that of the configuration.' }),
  persist,
  ...told,
});

export const enabledBody = z.strictObject({
  enabled: z.boolean().nullable().meta({ description: 'null: as the configuration says.' }),
  persist,
  ...told,
});

export const healthBody = z.strictObject({ healthy: z.boolean(), ...told });

export const testBody = z.strictObject({
  url: z.string().min(1).optional().meta({ description: 'In place of healthCheck.url.' }),
  timeout: z.int().min(10).max(86_400_000).optional().meta({ description: 'Milliseconds.' }),
  statusCodeMatch: z.string().optional(),
  responseMatch: z.string().optional(),
});

export const assignBody = z.strictObject({ servers: z.array(z.string().min(1)).max(256), ...told });

export const undoBody = z.strictObject({
  force: z.boolean().default(false).meta({ description: 'Also where it was changed again since.' }),
  ...told,
});
