// An applicationHost.config as it is: static files here, two farms behind, rules of server, site and folder, maps,
// outbound rules. The command runs it, real servers answer, and what clients see is what ARR would show them.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { type Backend, backend, ok, type ReceivedRequest } from '../kit/backend.ts';
import { RouterProcess } from '../kit/router-process.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/three-tier', import.meta.url));

interface Seen {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

interface Tiers {
  shop: Backend;
  pilot: Backend;
  folder: string;
  router: RouterProcess;
  /** @param path with the host that the client calls: `www.contoso.com/shop/cart` */
  ask(path: string): Promise<Seen>;
}

const targetOf = ({ startLine }: ReceivedRequest): string => startLine.split(' ')[1]!;

/** What the application says, in full where a router must change it. */
function page(received: ReceivedRequest): string {
  const target = targetOf(received);
  if (target === '/moved') return 'HTTP/1.1 302 Found\r\nLocation: http://shop/cart\r\nContent-Length: 0\r\n\r\n';
  const fields = 'Content-Type: text/html\r\nX-Powered-By: ASP.NET\r\n';
  return ok(`<a href="http://127.0.0.1:8099/cart?x=1">cart</a><!-- http://127.0.0.1/kept --> ${target}`, fields);
}

async function tiers(): Promise<Tiers> {
  const shop = await backend(page);
  const pilot = await backend(() => ok('pilot'));
  const folder = mkdtempSync(join(tmpdir(), 'narrows-three-tier-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(FIXTURE, folder, { recursive: true });
  const file = join(folder, 'applicationHost.config');
  const port = ({ address }: Backend): string => address.split(':')[1]!;
  writeFileSync(file, readFileSync(file, 'utf8').replace('@SHOP@', port(shop)).replace('@PILOT@', port(pilot)));
  const router = await RouterProcess.startFile(file, [
    ...['--listen', '127.0.0.1:0', '--map', `C:\\inetpub=${folder}`],
  ]);
  onTestFinished(() => router.stop());
  const listener = new URL(router.listeners[0]!.url);
  return { shop, pilot, folder, router, ask: (path) => ask(listener.port, path) };
}

function ask(port: string, hostAndPath: string): Promise<Seen> {
  const [host, ...path] = hostAndPath.split('/');
  return new Promise((resolve, reject) => {
    const sent = request({ port, path: `/${path.join('/')}`, headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

it('an applicationHost.config with two farms, a site and its web.config files serves as ARR would', async () => {
  const { shop, pilot, ask } = await tiers();

  // The farm, with the path that the wildcard captured, the cookie of its affinity, links and headers rewritten.
  const cart = await ask('www.contoso.com/shop/cart?a=%20b');
  expect(cart.status).toBe(200);
  expect(targetOf(shop.requests.at(-1)!)).toBe('/cart?a=%20b');
  expect(cart.body).toBe('<a href="/shop/cart?x=1">cart</a><!-- http://127.0.0.1/kept --> /cart?a=%20b');
  expect(cart.headers['set-cookie']?.[0]).toMatch(/^ARRAffinity=[\w-]{43};/);
  expect(cart.headers).not.toHaveProperty('x-powered-by');
  expect(cart.headers['x-frame-options']).toBe('SAMEORIGIN');
  expect((await ask('www.contoso.com/shop/moved')).headers.location).toBe('http://www.contoso.com/cart');

  // Exclusions: served from the folder of the site (three-tier), and never from the farm.
  const before = shop.requests.length;
  expect((await ask('www.contoso.com/shop/shop.css')).body).toContain('green');
  expect((await ask('www.contoso.com/shop/images/dot.gif')).headers['content-type']).toBe('image/gif');
  expect(shop.requests.length).toBe(before);

  // The pilot, by host name.
  expect((await ask('pilot.contoso.com/anything')).body).toBe('pilot');
  expect(pilot.requests.at(-1)!.fields).toContainEqual(['x-stage', 'pilot']);

  // The site: default document, pages without extension, canonical host, maps, tenants, a blocked path.
  expect((await ask('www.contoso.com/')).body).toContain('home of contoso');
  expect((await ask('www.contoso.com/about')).body).toContain('about contoso');
  expect(await ask('contoso.com/about?x=1')).toMatchObject({
    status: 301,
    headers: { location: 'http://www.contoso.com/about?x=1' },
  });
  expect((await ask('www.contoso.com/search?q=shoes')).headers.location).toBe(
    'http://www.contoso.com/shop/list?category=shoes',
  );
  await ask('www.contoso.com/tenant/alpha/stock');
  expect(targetOf(shop.requests.at(-1)!)).toBe('/stock');
  expect(shop.requests.at(-1)!.fields).toContainEqual(['x-tenant', 'alpha']);
  expect(await ask('www.contoso.com/secret/x')).toMatchObject({ status: 403, body: 'Not for you' });

  // A folder with a web.config of its own.
  expect((await ask('www.contoso.com/blog/12/a-title')).body).toContain('an article');

  // What IIS hides, denies, or has no site for.
  expect((await ask('www.contoso.com/web.config')).status).toBe(404);
  expect((await ask('www.contoso.com/App_Data/users.txt')).status).toBe(404);
  expect((await ask('www.contoso.com/page.bak')).status).toBe(404);
  expect((await ask('www.contoso.com/nothing-here.html')).status).toBe(404);
  expect((await ask('other.example/')).status).toBe(400);
});

it('a change of a web.config is taken up, one that is broken is refused and named, one that goes is forgotten', async () => {
  const { folder, router, ask } = await tiers();
  const file = join(folder, 'wwwroot/blog/web.config');
  const article = async () => (await ask('www.contoso.com/blog/12/a-title')).status;
  expect(await article()).toBe(200);

  const written = readFileSync(file, 'utf8');
  const reloaded = router.log.next('reloaded');
  writeFileSync(file, written.replace('action type="Rewrite"', 'action type="Redirect"'));
  await reloaded;
  expect(await article()).toBe(301);

  const refused = router.log.next('reload-refused');
  writeFileSync(file, written.replace('<match url', '<match uri'));
  expect(JSON.stringify(await refused)).toContain('blog/web.config:7:');
  expect(await article()).toBe(301);

  const forgotten = router.log.next('reloaded');
  rmSync(file);
  await forgotten;
  expect(await article()).toBe(404);

  const added = router.log.next('reloaded');
  writeFileSync(file, written);
  await added;
  expect(await article()).toBe(200);
});
