// Operators' changes over the configuration: what they change, what they leave alone, and what is left of them later.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleFarm, sampleServer } from '../../../test/kit/sample-farm.ts';
import type { ServerConfig } from '../../model/farm-config.ts';
import { RuntimeChanges } from './runtime-changes.ts';
import { StateFile } from './state-file.ts';

let folder: string;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  warnings = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

/** As the configuration's reader does, without its schema. */
function readServers(value: unknown, source: string): ServerConfig[] {
  return (value as { address: string; weight?: number }[]).map(({ address, ...more }) => {
    if (typeof address !== 'string') throw new Error('address is required');
    return { ...sampleServer(address, more), source };
  });
}

const open = () =>
  new RuntimeChanges(new StateFile(folder, 'changes.json', (text) => warnings.push(text)), readServers);
const farm = (servers: (string | ServerConfig)[] = ['a:1', 'b:2', 'c:3']) => sampleFarm('shop', servers);
const shown = (changes: RuntimeChanges, config = farm()) =>
  changes.overlay(config, config.servers).servers.map(({ address, weight }) => `${address}*${weight}`);

describe('changes over the configuration', () => {
  it('are none at first', () => {
    const config = farm();
    expect(open().overlay(config, config.servers)).toEqual(config);
  });

  it('weigh, add and remove servers, and take a farm offline', () => {
    const changes = open();
    changes.setWeight('shop', 'a:1', 7, false);
    changes.add('shop', 'd:4', { address: 'd:4', weight: 3 }, false);
    changes.remove('shop', 'b:2', false);
    expect(shown(changes)).toEqual(['a:1*7', 'c:3*100', 'd:4*3']);
    changes.setFarmEnabled('shop', false, false);
    expect(changes.overlay(farm(), []).enabled).toBe(false);
    changes.setWeight('shop', 'a:1', null, false);
    changes.restore('shop', 'b:2', false);
    changes.remove('shop', 'd:4', false);
    changes.setFarmEnabled('shop', null, false);
    expect(shown(changes)).toEqual(shown(open()));
    expect(changes.overlay(farm(), []).enabled).toBe(true);
  });

  it('win over the configuration where both name a server', () => {
    const changes = open();
    changes.add('shop', 'b:2', { address: 'b:2', weight: 9 }, false);
    expect(shown(changes)).toEqual(['a:1*100', 'c:3*100', 'b:2*9']);
  });

  it('touch only what they name', () => {
    const addresses = fc.uniqueArray(fc.constantFrom('a:1', 'b:2', 'c:3', 'd:4', 'e:5'), { minLength: 1 });
    const steps = fc.array(
      fc.tuple(fc.constantFrom('weight', 'add', 'remove'), fc.constantFrom('a:1', 'c:3', 'x:9'), fc.nat(5)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(addresses, steps, (written, made) => {
        const changes = open();
        const touched = new Set<string>(made.map(([, address]) => address));
        for (const [kind, address, number] of made) {
          if (kind === 'weight') changes.setWeight('shop', address, number + 1, false);
          if (kind === 'add') changes.add('shop', address, { address, weight: number + 1 }, false);
          if (kind === 'remove') changes.remove('shop', address, false);
        }
        const config = farm(written);
        const servers = changes.overlay(config, config.servers).servers;
        for (const server of config.servers) if (!touched.has(server.address)) expect(servers).toContain(server);
        for (const { address } of servers) expect([...written, ...touched]).toContain(address);
        expect(new Set(servers.map(({ address }) => address)).size).toBe(servers.length);
      }),
    );
  });

  it.each(['constructor', 'toString', '__proto__'])('work for a farm that is called %s', (name) => {
    const changes = open();
    const config = { ...farm(), name };
    expect(changes.overlay(config, config.servers)).toEqual(config);
    changes.remove(name, 'b:2', true);
    changes.add(name, '__proto__', { address: '__proto__' }, true);
    const addresses = (from: RuntimeChanges) =>
      from.overlay(config, config.servers).servers.map(({ address }) => address);
    expect(addresses(changes)).toEqual(['a:1', 'c:3', '__proto__']);
    expect(addresses(open())).toEqual(['a:1', 'c:3', '__proto__']);
    expect(Object.keys({})).toEqual([]);
  });

  it('of another farm are none of this one', () => {
    const changes = open();
    changes.setWeight('img', 'a:1', 7, false);
    changes.remove('img', 'b:2', false);
    expect(shown(changes)).toEqual(shown(open()));
  });
});

describe('a server that is gone from the configuration', () => {
  it('loses what was changed of it, and does not get it back', () => {
    const changes = open();
    changes.setWeight('shop', 'a:1', 7, true);
    changes.setState('shop', 'a:1', 'Drain', true);
    changes.forgetGone(new Map([['shop', new Set(['b:2'])]]));
    expect(shown(changes)).toEqual(shown(open(), farm()).map((text) => text.replace('*7', '*100')));
    expect(changes.override('shop', 'a:1')).toBeUndefined();
  });

  it('keeps it where an operator added it', () => {
    const changes = open();
    changes.add('shop', 'd:4', { address: 'd:4' }, false);
    changes.setWeight('shop', 'd:4', 7, false);
    changes.forgetGone(new Map([['shop', new Set(['a:1', 'b:2', 'c:3'])]]));
    expect(shown(changes)).toContain('d:4*7');
  });
});

describe('a restart', () => {
  it('keeps what was to be kept, and nothing else', () => {
    const changes = open();
    changes.setWeight('shop', 'a:1', 7, true);
    changes.setWeight('shop', 'b:2', 8, false);
    changes.add('shop', 'd:4', { address: 'd:4' }, true);
    changes.setState('shop', 'c:3', 'GracefulStop', true);
    expect(shown(open())).toEqual(['a:1*7', 'b:2*100', 'c:3*100', 'd:4*100']);
    expect(open().override('shop', 'c:3')).toEqual({ state: 'GracefulStop' });
    expect(statSync(join(folder, 'changes.json')).mode & 0o777).toBe(0o600);
  });

  it.each([
    '',
    '{',
    '[1]',
    '{"added":{"shop":{"x":{"weight":3}}}}',
    '{"servers":7}',
    '{"removed":{"shop":{}}}',
    '{"removed":{"shop":"a:1"}}',
    '{"servers":{"shop/a:1":{"weight":"x"}}}',
    '{"servers":{"shop/a:1":{"state":"Away"}}}',
    '{"servers":{"shop/a:1":{"state":"Drain","drain":null}}}',
    '{"servers":{"shop/a:1":{"state":"Drain","drain":{"until":"soon"}}}}',
    '{"farms":{"shop":{"enabled":1}}}',
    '{"farms":{"shop":null}}',
    'null',
    '7',
  ])('starts without a file that is broken (%s), and loses nothing of it', (text) => {
    writeFileSync(join(folder, 'changes.json'), text);
    const changes = open();
    expect([shown(changes), changes.override('shop', 'a:1')]).toEqual([['a:1*100', 'b:2*100', 'c:3*100'], undefined]);
    if (existsSync(join(folder, 'changes.json'))) return; // it says nothing that we know: no harm
    expect(warnings).toEqual([expect.stringContaining(join(folder, 'changes.json'))]);
    expect(readFileSync(join(folder, 'changes.json.broken'), 'utf8')).toBe(text);
  });

  it('without a place to write to works, and says what is lost', () => {
    const changes = new RuntimeChanges(
      new StateFile('/dev/null/state', 'x', (text) => warnings.push(text)),
      readServers,
    );
    changes.setWeight('shop', 'a:1', 7, true);
    expect(shown(changes)).toContain('a:1*7');
    expect(warnings.at(-1)).toContain('lost with a restart');
  });
});
