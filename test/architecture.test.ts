// The shape of the tree (DESIGN 3): who imports whom, and how large files are.
import { describe, expect, it } from 'vitest';
import { floorViolations, importCycles, reachableFrom, roomOf } from './kit/floor-rules.ts';
import { sourceFile, sourceFiles } from './kit/source-files.ts';

const all = sourceFiles('src/**/*.ts');
const files = all.filter(({ path }) => !path.endsWith('.test.ts'));
const WORKER = 'src/engine/worker-main.ts';

/** A file that says why it may be longer. */
const EXCUSE = /^\/\/ Long because /m;

/** The sources with one more, which replaces the one of its name. */
function planted(path: string, text: string) {
  return [...files.filter((file) => file.path !== path), sourceFile(path, text)];
}

describe('the sources', () => {
  it('are all seen', () => {
    expect(files.length).toBeGreaterThan(230);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(900);
    expect(new Set(files.map(({ path }) => roomOf(path)))).toEqual(
      new Set([
        ...['base', 'wire', 'model', 'transport', 'l4', 'engine', 'admin', 'cli', 'index'],
        ...[
          'affinity',
          'balancer',
          'content',
          'errors',
          'farms',
          'filtering',
          'journey',
          'listener',
          'outcomes',
          'response',
          'rules',
          'sites',
        ]
          .concat('upstream')
          .map((room) => `proxy/${room}`),
        ...[
          'certificates',
          'config',
          'discovery',
          'health',
          'hosts',
          'iis',
          'lifecycle',
          'membership',
          'observe',
          'patterns',
          'replay',
          'state',
          'webhooks',
        ].map((room) => `control/${room}`),
      ]),
    );
  });

  it('import as the floors allow', () => {
    expect(floorViolations(files)).toEqual([]);
  });

  it.each([
    ['src/base/planted.ts', "import { ProxyError } from '../model/proxy-error.ts';"],
    ['src/wire/planted.ts', "import type { Config } from '../model/config.ts';"],
    ['src/proxy/rules/planted.ts', "import { farmStage } from '../farms/farm-stage.ts';"],
    ['src/proxy/farms/planted.ts', "import { dial } from '../../transport/dial.ts';"],
    ['src/proxy/listener/planted.ts', "export type { Journey } from '../journey/journey.ts';"],
    ['src/l4/planted.ts', "import { Listener } from '../proxy/listener/listener.ts';"],
    ['src/control/state/planted.ts', "import { loadConfig } from '../config/load-config.ts';"],
    ['src/control/config/planted.ts', "import {\n  compileRules,\n} from '../../proxy/rules/compile-rules.ts';"],
    ['src/admin/planted.ts', "const { Router } = await import('../engine/router.ts');"],
    ['src/cli/planted.ts', "import { Router } from '../engine/router.ts';"],
    ['src/cli/planted.ts', "import { createServer } from 'node:http';"],
    ['src/proxy/rules/planted.ts', "import { isIP } from 'node:net';"],
    ['src/engine/planted.ts', "import '../../test/kit/sample-farm.ts';"],
  ])('would not import like a planted %s', (path, text) => {
    expect(floorViolations(planted(path, text)).filter((line) => line.startsWith(path))).toHaveLength(1);
  });

  it('have no circle of imports', () => {
    expect(importCycles(files)).toEqual([]);
    const circle = planted('src/base/clock.ts', "import '../index.ts';");
    expect(importCycles(circle)[0]).toContain('src/base/clock.ts → src/index.ts');
  });
});

describe('a worker', () => {
  const isControl = (path: string) => path.startsWith('src/control/') || path.endsWith('schema.ts');
  const isLibrary = (path: string) => !path.startsWith('src/') && !path.startsWith('node:');

  it('loads nothing of the control plane, and no package', () => {
    const reached = [...reachableFrom(WORKER, files)];
    expect(reached.length).toBeGreaterThan(120);
    expect(reached.filter((path) => isControl(path) || isLibrary(path))).toEqual([]);
  });

  it('would be seen to load a planted one', () => {
    const reached = reachableFrom('src/planted.ts', planted('src/planted.ts', "import './proxy/farms/schema.ts';"));
    expect([...reached].filter(isLibrary)).toContain('zod');
  });
});

describe('files', () => {
  const sizes = all.map(({ lines }) => lines).sort((a, b) => a - b);

  it('are short: half of them up to 100 lines, nine of ten up to 250', () => {
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(100);
    expect(sizes[Math.floor(sizes.length * 0.9)]).toBeLessThanOrEqual(250);
  });

  it('have at most 400 lines, or say why', () => {
    const long = all.filter(({ lines, text }) => lines > 400 && !EXCUSE.test(text));
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('begin with a comment that says what they own', () => {
    expect(files.filter(({ text }) => !text.startsWith('// ')).map(({ path }) => path)).toEqual([]);
  });
});
