// Places in the shared table follow the configuration.
import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleServer } from '../../../test/kit/sample-farm.ts';
import { Availability } from '../../model/server-state.ts';
import { farmSlotId } from '../../model/server-table.ts';
import { ServerTableOwner } from '../../model/server-table-owner.ts';
import { claimSlots, releaseOtherSlots } from './server-slots.ts';

describe('slots of a configuration', () => {
  it('are claimed for every farm and server, disabled ones too', () => {
    const table = ServerTableOwner.create(1);
    const slots = claimSlots(table, [
      sampleFarm('shop', ['a:1', sampleServer('b:2', { enabled: false })]),
      sampleFarm('img', ['a:1']),
    ]);
    expect([...slots.keys()].sort()).toEqual(['img/', 'img/a:1', 'shop/', 'shop/a:1', 'shop/b:2']);
    expect(new Set(slots.values()).size).toBe(5);
  });

  it('start Inactive where serverAutoStart is false', () => {
    const table = ServerTableOwner.create(1);
    const slots = claimSlots(table, [sampleFarm('shop', ['a:1'], { serverAutoStart: false })]);
    expect(table.state(slots.get('shop/a:1')!).availability).toBe(Availability.Inactive);
  });

  it('keep numbers and state over a reload, and are freed when their server went', () => {
    const table = ServerTableOwner.create(1);
    const before = claimSlots(table, [sampleFarm('shop', ['a:1', 'b:2'])]);
    table.setAvailability(before.get('shop/a:1')!, Availability.Draining);
    const next = [sampleFarm('shop', ['a:1', 'c:3'], { serverAutoStart: false })];
    const after = claimSlots(table, next);
    releaseOtherSlots(table, next);
    expect(after.get('shop/a:1')).toBe(before.get('shop/a:1'));
    expect(after.get(farmSlotId('shop'))).toBe(before.get(farmSlotId('shop')));
    expect(table.state(after.get('shop/a:1')!).availability).toBe(Availability.Draining);
    table.recycleReleased();
    const later = claimSlots(table, [sampleFarm('shop', ['a:1', 'c:3', 'd:4'])]);
    expect(later.get('shop/d:4')).toBe(before.get('shop/b:2'));
    expect(table.state(later.get('shop/d:4')!).availability).toBe(Availability.Active);
  });

  it('of a configuration that did not come into force are freed, and nothing of the running one changes', () => {
    const table = ServerTableOwner.create(1);
    const running = [sampleFarm('shop', ['a:1', 'b:2'])];
    const before = claimSlots(table, running);
    table.setAvailability(before.get('shop/b:2')!, Availability.Draining);
    const refused = claimSlots(table, [sampleFarm('shop', ['a:1', 'c:3'])]);
    releaseOtherSlots(table, running);
    table.recycleReleased();
    expect(table.claimed().sort()).toEqual(['shop/', 'shop/a:1', 'shop/b:2']);
    expect(table.state(before.get('shop/b:2')!).availability).toBe(Availability.Draining);
    expect(table.claim('shop/d:4')).toBe(refused.get('shop/c:3'));
  });
});
