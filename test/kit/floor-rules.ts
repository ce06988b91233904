// Who may import whom (DESIGN 3), as a function from files to violations, so that a test can plant one.
import type { Import, SourceFile } from './source-files.ts';

const FLOOR_0 = ['base', 'wire', 'model'];

/** What a room may import beside itself. A room that is not named is one of floor 1: it imports floor 0. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wire: ['base'],
  model: ['base', 'wire'],
  'proxy/upstream': [...FLOOR_0, 'transport'],
  'control/health': [...FLOOR_0, 'transport'],
  'proxy/journey': [...FLOOR_0, 'proxy/*'],
  l4: [...FLOOR_0, 'transport', 'proxy/balancer', 'proxy/farms'],
  // The composition root alone can start what stands above it: the admin API.
  engine: [...FLOOR_0, 'proxy/*', 'control/*', 'transport', 'l4', 'admin'],
  admin: ['base', 'model'],
  cli: ['index'],
  index: ['base', 'model', 'engine', 'control/*'],
};

const SOCKET_ROOMS = [
  ...['proxy/listener', 'transport', 'l4', 'admin', 'engine'],
  // certificates: what OpenSSL makes of a file, no socket.
  ...['control/certificates', 'control/health', 'control/discovery'],
];

/** `base`, `proxy/rules`, `control/config`, `index` … */
export function roomOf(path: string): string {
  const [, floor, room] = path.split('/');
  if (floor === 'index.ts') return 'index';
  return floor === 'proxy' || floor === 'control' ? `${floor}/${room}` : floor!;
}

/** One line for each import that the floor rules forbid. */
export function floorViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.imports.filter((each) => !isAllowed(file, each)).map((each) => `${file.path} imports ${each.target}`),
  );
}

function isAllowed(file: SourceFile, { target }: Import): boolean {
  if (/^node:(?:net|tls|http|https|http2)$/.test(target)) return mayUseSockets(file.path);
  if (!target.includes('/') || !/^(?:src|test|bench)\//.test(target)) return true; // a package, or another part of Node
  if (!target.startsWith('src/') || isTestSupport(target)) return false;
  const from = roomOf(file.path);
  const to = roomOf(target);
  if (from === to) return true;
  if (from === 'control/config' && /\/(?:[a-z]+-)?schema\.ts$/.test(target)) return true;
  return (MAY_IMPORT[from] ?? FLOOR_0).some(
    (rule) => rule === to || (rule.endsWith('/*') && to.startsWith(rule.slice(0, -1))),
  );
}

function mayUseSockets(path: string): boolean {
  return SOCKET_ROOMS.includes(roomOf(path)) || path.startsWith('src/cli/demo/');
}

function isTestSupport(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** Everything that `entry` loads, itself included; `import()` and types count. */
export function reachableFrom(entry: string, files: readonly SourceFile[]): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set([entry]);
  for (const path of reached) for (const { target } of byPath.get(path)?.imports ?? []) reached.add(target);
  return reached;
}

/** Circles of imports at run time, each as the files on the way round. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const settled = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (way.includes(path) || settled.has(path)) return;
    for (const each of byPath.get(path)?.imports ?? []) if (!each.typeOnly) visit(each.target, [...way, path]);
    settled.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}
