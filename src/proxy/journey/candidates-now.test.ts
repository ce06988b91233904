import { expect, it } from 'vitest';
import { sampleFarm, sampleServers, sampleTable } from '../../../test/kit/sample-farm.ts';
import type { Farm } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { Availability } from '../../model/server-state.ts';
import { candidatesNow } from './candidates-now.ts';

it('where the server of a pin was stopped the client goes to the server that it is bound to', () => {
  const config = sampleFarm('shop', ['a:1', 'b:2', 'c:3']);
  const { owner, slots } = sampleTable(config);
  const servers = sampleServers(config, { owner, slots });
  const [a, b, c] = servers;
  const farm = { config, servers, candidates: () => [b, c] } as unknown as Farm;
  const ctx = { farm, candidates: [b], affinity: 'kept', hostRecord: null } as unknown as RequestContext;
  const look = candidatesNow(ctx, farm, a!);
  expect(look()).toEqual([a]);
  owner.setAvailability(a!.slot, Availability.Inactive);
  expect([look(), ctx.affinity]).toEqual([[b], 'kept']);
});
