import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline, Deadlines } from './deadlines.ts';
import { SimulatedClock } from './simulated-clock.ts';

function recorder(clock: SimulatedClock) {
  const fired: number[] = [];
  return { fired, owner: { onDeadline: () => fired.push(clock.monotonic()) } };
}

describe('deadlines', () => {
  it('never come early, and at most 50 ms late, or 10 ms late under one second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 5000 }), fc.integer({ min: 0, max: 300 }), (duration, offset) => {
        const clock = new SimulatedClock();
        const deadlines = new Deadlines(clock);
        clock.advance(offset);
        const { fired, owner } = recorder(clock);
        new Deadline(owner).start(deadlines.queue(duration));
        clock.advance(duration + 100);
        expect(fired).toHaveLength(1);
        const late = fired[0]! - offset - duration;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThanOrEqual(duration < 1000 ? 10 : 50);
        deadlines.close();
      }),
    );
  });

  it('do not come once stopped, and come later once started again', () => {
    const clock = new SimulatedClock();
    const deadlines = new Deadlines(clock);
    const stopped = recorder(clock);
    const again = recorder(clock);
    const first = new Deadline(stopped.owner);
    const second = new Deadline(again.owner);
    const queue = deadlines.queue(2000);
    first.start(queue);
    second.start(queue);
    clock.advance(1500);
    first.stop();
    second.start(queue);
    clock.advance(1500);
    expect(stopped.fired).toEqual([]);
    expect(again.fired).toEqual([]);
    clock.advance(600);
    expect(again.fired).toHaveLength(1);
    expect(queue.empty).toBe(true);
    deadlines.close();
  });

  it('may start and stop each other while they expire', () => {
    const clock = new SimulatedClock();
    const deadlines = new Deadlines(clock);
    const queue = deadlines.queue(1000);
    const order: string[] = [];
    const b: Deadline = new Deadline({ onDeadline: () => order.push('b') });
    const a: Deadline = new Deadline({
      onDeadline: () => {
        order.push('a');
        b.stop();
        a.start(queue);
      },
    });
    a.start(queue);
    b.start(queue);
    clock.advance(1050);
    expect(order).toEqual(['a']);
    clock.advance(1100);
    expect(order).toEqual(['a', 'a']);
    deadlines.close();
  });
});
