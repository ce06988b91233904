// Sources of servers that change, break, lie and come back.
import { describe, expect, it } from 'vitest';
import { sampleServer } from '../../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { FollowedSource } from './followed-source.ts';

function setUp(lastGood: string[] = []) {
  const clock = new SimulatedClock();
  let answer: () => string[] = () => [];
  let asked = 0;
  const told: string[] = [];
  const source = new FollowedSource(
    {
      name: 'test',
      interval: 1000,
      async read() {
        asked++;
        return answer().map((address) => sampleServer(address));
      },
      close: () => void told.push('closed'),
    },
    clock,
    lastGood.map((address) => sampleServer(address)),
    {
      onChange: (servers) => void told.push(servers.map(({ address }) => address).join()),
      onFault: (reason) => void told.push(`fault: ${reason}`),
      onRecovery: () => void told.push('recovered'),
    },
  );
  const look = async (next: () => string[]) => {
    answer = next;
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
    return source.servers.map(({ address }) => address).join();
  };
  return { clock, source, told, look, asked: () => asked };
}

const fail = (reason: string) => () => {
  throw new Error(reason);
};

describe('a source that is followed', () => {
  it('is asked again and again, and tells only what changed', async () => {
    const { told, look, asked } = setUp();
    await look(() => ['a:1', 'b:2']);
    await look(() => ['a:1', 'b:2']);
    await look(() => ['a:1', 'b:2', 'c:3']);
    expect(told).toEqual(['a:1,b:2', 'a:1,b:2,c:3']);
    expect(asked()).toBe(3);
  });

  it('keeps its last good servers while it is empty or broken, says so once, and says when it is well again', async () => {
    const { told, look } = setUp();
    await look(() => ['a:1', 'b:2']);
    expect(await look(() => [])).toBe('a:1,b:2');
    expect(await look(() => [])).toBe('a:1,b:2');
    expect(await look(fail('no answer'))).toBe('a:1,b:2');
    expect(await look(fail('no answer'))).toBe('a:1,b:2');
    expect(await look(() => ['b:2', 'a:1', 'c:3'])).toBe('b:2,a:1,c:3');
    expect(told).toEqual(['a:1,b:2', 'fault: it names no servers', 'fault: no answer', 'recovered', 'b:2,a:1,c:3']);
  });

  it('has to say twice that more than half of the servers are gone', async () => {
    const { look } = setUp(['a:1', 'b:2', 'c:3', 'd:4']);
    expect(await look(() => ['a:1'])).toBe('a:1,b:2,c:3,d:4');
    expect(await look(() => ['a:1', 'b:2', 'c:3', 'd:4'])).toBe('a:1,b:2,c:3,d:4');
    expect(await look(() => ['a:1'])).toBe('a:1,b:2,c:3,d:4');
    expect(await look(() => ['b:2'])).toBe('a:1,b:2,c:3,d:4');
    expect(await look(() => ['b:2'])).toBe('b:2');
    expect(await look(() => ['b:2', 'c:3'])).toBe('b:2,c:3');
    expect(await look(() => ['b:2'])).toBe('b:2');
  });

  it('begins with what it said before a restart', async () => {
    const { source, told, look } = setUp(['a:1']);
    expect(source.servers.map(({ address }) => address)).toEqual(['a:1']);
    expect(await look(fail('down'))).toBe('a:1');
    expect(told).toEqual(['fault: down']);
  });

  it('tells nothing once it is closed', async () => {
    const { source, told, look } = setUp();
    source.close();
    await look(() => ['a:1']);
    expect(told).toEqual(['closed']);
  });
});
