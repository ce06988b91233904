// explain tells what the settings of a site do to a request and to a response: redirects, filters, pages of errors.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createExplainer, type Explainer, type ExplainRequest } from '../../src/index.ts';

let root: string;
let explainer: Explainer;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'narrows-'));
  writeFileSync(join(root, 'page.txt'), 'hello');
  writeFileSync(join(root, 'sorry.htm'), '<p>sorry</p>');
  const httpErrors = {
    errorMode: 'Custom',
    existingResponse: 'Replace',
    errors: [
      { statusCode: 404, path: '/sorry.htm', responseMode: 'ExecuteURL' },
      { statusCode: 503, path: 'http://status.example.com/', responseMode: 'Redirect' },
    ],
  };
  const rules = [{ name: 'shop', match: { url: '^shop/' }, action: { type: 'Rewrite', url: 'http://shop/{R:0}' } }];
  const sites = {
    main: {
      bindings: ['*:80:www.a', '*:80:a'],
      root,
      rules,
      httpErrors,
      httpProtocol: { customHeaders: [{ name: 'X-Site', value: 'main' }] },
      locations: [{ path: '/old', httpRedirect: { enabled: true, destination: 'http://new.example.com' } }],
    },
    other: { bindings: ['*:81:'] },
  };
  explainer = await createExplainer({ sites, farms: { shop: { servers: ['web1'] }, b: { servers: ['web2'] } } });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const asked = (path: string, more: Partial<ExplainRequest> = {}) =>
  explainer.explain({ url: `http://www.a${path}`, ...more });

it('names the binding that chose the site, and why the others did not', async () => {
  const { steps } = await asked('/page.txt');
  expect(steps[0]).toEqual({
    stage: 'site',
    site: 'main',
    reason: 'its binding *:80:www.a',
    readsHost: true,
    others: [
      { site: 'main', binding: '*:80:a', reason: 'it is for host a' },
      { site: 'other', binding: '*:81:', reason: 'it is for port 81' },
    ],
  });
});

it('does not speak of ports where listeners are given from outside, and ports of bindings do not count', async () => {
  const sites = { main: { bindings: ['*:80:www.a'] }, other: { bindings: ['*:81:', '10.0.0.1:82:www.b'] } };
  const moved = await createExplainer({ sites }, { listen: ['127.0.0.1:9000'] });
  const { steps } = await moved.explain({ url: 'http://www.a:9000/' });
  expect(steps[0]).toMatchObject({
    site: 'main',
    others: [
      { binding: '*:81:', reason: 'another binding says more of the request, or stands before it' },
      { binding: '10.0.0.1:82:www.b', reason: 'it is for host www.b' },
    ],
  });
});

it('names the file that is served', async () => {
  const { outcome, steps } = await asked('/page.txt?x');
  expect(outcome).toEqual({ kind: 'static', url: '/page.txt?x', file: join(root, 'page.txt') });
  expect(steps.at(-1)).toMatchObject({ stage: 'content', file: join(root, 'page.txt') });
});

it('tells of a redirect that is no rule', async () => {
  const { outcome, steps } = await asked('/old/x');
  expect(outcome).toMatchObject({ kind: 'redirect', status: 302, location: 'http://new.example.com/x' });
  expect(steps.at(-1)).toEqual({ stage: 'httpRedirect', reason: 'written for /old' });
});

it('tells which page the site has for what fails', async () => {
  const { outcome, steps } = await asked('/nothing');
  expect(outcome).toEqual({ kind: 'none' });
  const file = join(root, 'sorry.htm');
  expect(steps.at(-1)).toEqual({ stage: 'errorPage', file, reason: `the site answers with ${file}` });
});

it('gives the response of a server as the site lets it through, or the page in its place', async () => {
  const through = await asked('/shop/x', { response: { status: 200, body: 'fine' } });
  expect(through.response).toMatchObject({ status: 200, headers: { 'x-site': 'main' }, body: 'fine' });
  const replaced = await asked('/shop/x', { response: { status: 404, body: 'no such thing' } });
  expect(replaced.response).toMatchObject({ status: 404, headers: { 'x-site': 'main' }, body: '<p>sorry</p>' });
  const redirected = await asked('/shop/x', { response: { status: 503, body: 'down' } });
  expect(redirected.response).toMatchObject({ status: 302, headers: { location: 'http://status.example.com/' } });
});

it('gives a response that stands for a file as the site lets it through', async () => {
  const { response } = await asked('/page.txt', { response: { headers: [['X-A', '1']], body: 'text' } });
  expect(response).toMatchObject({ headers: { 'x-a': '1', 'x-site': 'main', 'content-length': '4' }, body: 'text' });
});

it('knows each rule once, by the place where it stands', () => {
  expect(explainer.rules).toEqual([{ scope: 'main/', name: 'shop', reads: [] }]);
  expect(explainer.hostOfSite(1, 80)).toBe('www.a');
  expect(explainer.hostOfSite(2, 81)).toBe(null);
});

it('takes the address of a request from its URL, or from the binding that names its host', async () => {
  const sites = {
    five: { bindings: ['10.0.0.5:80:', '10.0.0.5:80:five.example'] },
    six: { bindings: ['10.0.0.6:80:', '10.0.0.6:80:six.example', 'https/[2001:db8::6]:443:'] },
  };
  const { explain } = await createExplainer({ sites });
  const siteOf = async (url: string, headers: [string, string][] = []) => {
    const [step] = (await explain({ url, headers })).steps;
    return step?.stage === 'site' ? step.site : undefined;
  };
  expect(await siteOf('http://six.example/')).toBe('six');
  expect(await siteOf('http://five.example/')).toBe('five');
  expect(await siteOf('http://10.0.0.6/')).toBe('six');
  expect(await siteOf('http://10.0.0.5/', [['Host', 'six.example']])).toBe('five');
  expect(await siteOf('https://[2001:db8::6]/')).toBe('six');
});
