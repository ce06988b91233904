// A sequence that no query may hold is found whatever else the query holds.
import { expect, it } from 'vitest';
import { site } from '../kit/site.ts';

it.each(['union+select', 'union%20select', 'UNION+select%FF', 'a=%FF&b=union+SELECT'])('%s', async (query) => {
  const requestFiltering = { denyQueryStringSequences: ['union select'] };
  const { ask } = await site({ 'a.txt': 'a' }, { requestFiltering });
  expect((await ask('/a.txt?q=union')).status).toBe(200);
  expect((await ask(`/a.txt?q=${query}`)).status).toBe(404);
});
