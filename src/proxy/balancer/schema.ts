// Settings of load balancing (arr.md 6.1).
import { z } from 'zod';
import { choice, duration, flag, text, whole } from '../../base/setting.ts';

/** `farms.NAME.loadBalancing`. */
export const loadBalancingSchema = z
  .strictObject({
    algorithm: choice('How a server is picked for a request that affinity does not decide.', [
      'WeightedRoundRobin',
      'LeastRequests',
      'LeastResponseTime',
      'WeightedTotalTraffic',
      'RequestHash',
    ]).prefault('WeightedRoundRobin'),
    leastResponseTimePeriod: duration('Averaging window of LeastResponseTime.', { max: 86_400_000 }).prefault('5s'),
    hashServerVariable: text(
      'RequestHash: server variables whose values are hashed, separated by commas; empty: the URL. A variable that clients set (HTTP_*) lets them choose their server.',
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
