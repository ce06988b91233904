// `farms.NAME`: the farm's own settings and those of the rooms that serve it.
import { z } from 'zod';
import { affinitySchema } from '../../proxy/affinity/schema.ts';
import { loadBalancingSchema } from '../../proxy/balancer/schema.ts';
import { farmShape } from '../../proxy/farms/schema.ts';
import { protocolSchema } from '../../proxy/upstream/schema.ts';
import { healthCheckSchema } from '../health/schema.ts';

export const farmSchema = z
  .strictObject({
    ...farmShape,
    loadBalancing: loadBalancingSchema.prefault({}),
    affinity: affinitySchema.prefault({}),
    healthCheck: healthCheckSchema.prefault({}),
    protocol: protocolSchema.prefault({}),
  })
  .meta({ description: 'A farm: servers that do the same work. Rules send requests to it as http://NAME/.' });

export type WrittenFarm = z.output<typeof farmSchema>;
