import { expect, it } from 'vitest';
import type { Farm } from '../model/farm.ts';
import { WaitingRoom } from './waiting-room.ts';

/** Who waits in `room`; `places` are free for all of them together. */
function waiterIn(room: WaitingRoom, unboundIn: Farm | null, places: { free: number }): { asked: number } {
  const seen = { asked: 0 };
  const tryAgain = (): boolean => {
    seen.asked++;
    return places.free-- > 0;
  };
  room.add({ unboundIn, tryAgain });
  return seen;
}

it('asks of those who wait for a full farm only the first, and all who are bound', () => {
  const room = new WaitingRoom();
  const [full, other] = [{}, {}] as [Farm, Farm];
  const [none, one] = [{ free: 0 }, { free: 1 }];
  const waiters = [
    ...[waiterIn(room, full, none), waiterIn(room, full, none), waiterIn(room, null, none), waiterIn(room, null, none)],
    ...[waiterIn(room, other, one), waiterIn(room, other, one), waiterIn(room, other, one)],
  ];
  room.look();
  expect(waiters.map(({ asked }) => asked)).toEqual([1, 0, 1, 1, 1, 1, 0]);
  one.free = 1;
  room.look();
  expect(waiters.map(({ asked }) => asked)).toEqual([2, 0, 2, 2, 1, 2, 1]);
});
