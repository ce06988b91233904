import { expect, it } from 'vitest';
import { problemLines } from '../../../test/kit/problem-lines.ts';

it('resolvers are addresses, with or without a port', () => {
  const good = '["10.0.0.53", "10.0.0.53:5353", "fd00::53", "[fd00::53]:53"]';
  expect(problemLines(`resolvers: ${good}`).filter((line) => line.includes('error'))).toEqual([]);
  expect(problemLines('resolvers: [dns.example.com]').filter((line) => line.includes('error'))).toEqual([
    '1:13: error: resolvers[0]: "dns.example.com" is not the address of a name server, ' +
      'write it like 10.0.0.53, 10.0.0.53:5353 or [fd00::53]:53',
  ]);
});
