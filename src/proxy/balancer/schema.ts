// Settings of load balancing (arr.md 6.1).
import { z } from 'zod';
import { duration, flag, text, whole } from '../../base/setting.ts';
import { balancingMethod, balancingMethods } from '../../model/load-balancing.ts';

/** Which names extensions bring is known only once they are loaded: the cross-check refuses the others. */
const algorithmSchema = z
  .string()
  .transform((written) => balancingMethod(written) ?? written)
  .meta({
    description:
      'How a server is picked for a request that affinity does not decide: one of ours, or the name of an extension.',
    examples: [...balancingMethods],
    'x-kind': `${balancingMethods.join(', ')}, or an extension`,
  });

/** `farms.NAME.loadBalancing`. */
export const loadBalancingSchema = z
  .strictObject({
    algorithm: algorithmSchema.prefault('WeightedRoundRobin'),
    leastResponseTimePeriod: duration('Averaging window of LeastResponseTime and Fastest.', {
      min: 1000,
      max: 86_400_000,
    }).prefault('5s'),
    hashServerVariable: text(
      'RequestHash and RendezvousHash: server variables whose values are hashed, separated by commas; empty: the URL. A variable that clients set (HTTP_*) lets them choose their server.',
    ).prefault(''),
    queryStringNames: text(
      'RequestHash over QUERY_STRING: names of the parameters that count, separated by commas.',
    ).prefault(''),
    randomizeLBTies: flag('Break ties at random instead of in the order of the file.').prefault(false),
    priorityGroupActivation: whole(
      'Least number of available servers in the groups in use; below it the group with the next lower priorityGroup joins. 0: groups are not looked at.',
      0,
      65_535,
    ).prefault(0),
  })
  .meta({ description: 'How requests are shared among the servers.' });
