import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { samplePort, startSampleAdmin } from '../../test/kit/sample-admin.ts';
import type { AdminServer } from './start-admin.ts';

let admin: AdminServer | null = null;
afterEach(() => admin?.close());

describe('the page at / of the admin API', () => {
  it('names what can be asked, and loads nothing', async () => {
    admin = await startSampleAdmin();
    const page = await fetch(admin.url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const text = await page.text();
    const style = /<style>(.*)<\/style>/s.exec(text)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(text).toContain('Narrows 1.2.3');
    expect(text).toContain('docs/operating.md');
    expect(text).toContain('<a href="/api/status">GET /api/status</a>');
    expect(text).toContain('POST /api/reload');
    expect(text).not.toContain('<script');
  });

  it('is JSON for programs', async () => {
    admin = await startSampleAdmin();
    const index = await fetch(admin.url, { headers: { Accept: 'application/json' } });
    expect(await index.json()).toMatchObject({
      version: '1.2.3',
      documentation: ['docs/operating.md', '/api/openapi.json'],
      routes: expect.arrayContaining([
        { method: 'POST', path: '/api/farms/{farm}/servers', summary: 'Adds a server.' },
      ]),
    });
    const browser = await fetch(admin.url, { headers: { Accept: 'text/html,application/json;q=0.9' } });
    expect(browser.headers.get('content-type')).toContain('text/html');
  });

  it('needs the token, as everything does that tells something', async () => {
    admin = await startSampleAdmin(samplePort(), { token: 's3cret' });
    expect((await fetch(admin.url)).status).toBe(401);
    expect((await fetch(admin.url, { headers: { Authorization: 'Bearer s3cret' } })).status).toBe(200);
  });
});
