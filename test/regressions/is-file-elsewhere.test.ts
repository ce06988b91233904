// IsFile looks where its author wrote: what a client puts into the path leads to no other folder.
import { expect, it } from 'vitest';
import { site } from '../kit/site.ts';

const rule = (input: string) => ({
  name: 'cached',
  match: { url: '.*' },
  conditions: { add: [{ input, matchType: 'IsFile' }] },
  action: { type: 'CustomResponse', statusCode: 200, statusDescription: 'there' },
});

it.each([
  ['x=1', 200],
  ['/x=1', 200],
  ['./x=1', 200],
  ['../../../secret', 404],
  ['..\\..\\..\\secret', 404],
  ['x/../../../../secret', 404],
])('a query of %s', async (query, status) => {
  const files = { 'www/a/cache/x=1.html': '', 'secret.html': '' };
  const { ask } = await site(files, { rules: [rule('{DOCUMENT_ROOT}/www/a/cache/{QUERY_STRING}.html')] });
  expect((await ask(`/page?${query}`)).status).toBe(status);
});

it('what the author wrote may rise', async () => {
  const { ask } = await site({ 'www/x': '', 'down.flag': '' }, { rules: [rule('{DOCUMENT_ROOT}/www/../down.flag')] });
  expect((await ask('/')).status).toBe(200);
});
