// The catalogue of errors: whole, said in words, and the only place that makes one.
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../../test/kit/source-files.ts';
import { errorKinds } from './proxy-error.ts';

const entries = Object.entries(errorKinds);

describe('the catalogue of errors', () => {
  it.each(entries)('%s says status, sub-status, cause and Proxy-Status', (_code, kind) => {
    // The end of a session, which has had its answer, or a failure.
    if (kind.status !== 101) expect(kind.status).toBeGreaterThanOrEqual(400);
    expect(kind.status).toBeLessThan(600);
    expect(kind.subStatus).toBeGreaterThanOrEqual(0);
    expect(kind.cause).toMatch(/^[A-Za-z].{10,}\.$/);
    expect(kind.proxyStatus).toMatch(/^[a-z][a-z_]+$/); // a token of RFC 9209
  });

  it('has no two entries that say the same', () => {
    const causes = entries.map(([, { cause }]) => cause);
    expect(new Set(causes).size).toBe(causes.length);
  });

  it('is where all errors on the way of a request come from: nobody writes a status of 4xx or 5xx by hand', () => {
    // Scanners of wire/ say the status that the listener turns into an entry; a connection beyond the limit gets bytes that stand ready.
    const onTheWay = /^src\/(?:proxy|model|transport|engine\/data-plane)/;
    const byHand = sourceFiles('src/**/*.ts')
      .filter(({ path }) => onTheWay.test(path) && !/(?:test|schema|proxy-error|status-phrases)\.ts$/.test(path))
      .filter(({ text }) => /HTTP\/1\.[01] [45]\d\d|\bstatus: [45]\d\d\b|\bstatusCode: [45]\d\d\b/.test(text))
      .map(({ path }) => path);
    expect(byHand).toEqual(['src/proxy/listener/listener.ts']);
  });
});
