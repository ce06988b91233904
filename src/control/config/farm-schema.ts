// `farms.NAME`: the farm's own settings and those of the rooms that serve it.
import { z } from 'zod';
import { affinitySchema } from '../../proxy/affinity/schema.ts';
import { loadBalancingSchema } from '../../proxy/balancer/schema.ts';
import { farmShape, serverSchema } from '../../proxy/farms/schema.ts';
import { protocolSchema } from '../../proxy/upstream/schema.ts';
import { healthCheckSchema, serverHealthCheckSchema } from '../health/schema.ts';
import { serversFromSchema } from '../membership/schema.ts';

/** A list of servers, in the configuration or from a source of servers. */
export const serversSchema = z
  .array(serverSchema({ healthCheck: serverHealthCheckSchema.prefault({}) }))
  .meta({ description: 'The servers, in the order that ties are broken by. An address stands once.' });

export type WrittenServers = z.output<typeof serversSchema>;

export const farmSchema = z
  .strictObject({
    ...farmShape,
    servers: serversSchema.prefault([]),
    serversFrom: serversFromSchema.prefault([]),
    loadBalancing: loadBalancingSchema.prefault({}),
    affinity: affinitySchema.prefault({}),
    healthCheck: healthCheckSchema.prefault({}),
    protocol: protocolSchema.prefault({}),
  })
  .meta({ description: 'A farm: servers that do the same work. Rules send requests to it as http://NAME/.' });

export type WrittenFarm = z.output<typeof farmSchema>;
