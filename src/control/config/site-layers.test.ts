import { describe, expect, it } from 'vitest';
import { parseConfig } from './load-config.ts';

describe('maps and providers that levels inherit', () => {
  it('are one object in all of them: they may be large, and each is compiled once', () => {
    const rewriteMaps = { Moved: { entries: { '/a': '/b' } } };
    const providers = { Other: { type: 'other', settings: {} } };
    const main = { rewriteMaps, providers, locations: [{ path: '/x' }, { path: '/x/y', rewriteMaps: { own: {} } }] };
    const text = JSON.stringify({ sites: { main } });
    const [root, ...below] = parseConfig(text, '/srv/narrows.yaml', { env: {} }).config.sites[0]!.levels;
    expect(below).toHaveLength(2);
    for (const level of below) {
      expect(level.rewriteMaps.find(({ name }) => name === 'Moved')).toBe(root!.rewriteMaps[0]);
      expect(level.providers[0]).toBe(root!.providers[0]);
    }
  });
});
