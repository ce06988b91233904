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
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain('<a href="/api/status">GET /api/status</a>');
    expect(text).toContain('POST /api/reload');
    expect(text).not.toContain('<script');
  });

  it('needs the token, as everything does that tells something', async () => {
    admin = await startSampleAdmin(samplePort(), { token: 's3cret' });
    expect((await fetch(admin.url)).status).toBe(401);
    expect((await fetch(admin.url, { headers: { Authorization: 'Bearer s3cret' } })).status).toBe(200);
  });
});
