// Requests that are likely to meet the rules of a configuration: made of the literal parts of their patterns, and of the
// host names of bindings.
import { readFileSync } from 'node:fs';

const ALWAYS = [
  '/',
  '/index.html',
  '/a/B/c.php?x=1&y=%20z',
  '/api/values/1',
  '/blog/',
  '/node_modules/x.js',
  '/caf%C3%A9/a%20b',
];
const HEADERS: [string, string][][] = [
  [],
  [
    ['User-Agent', 'Googlebot/2.1'],
    ['Accept-Encoding', 'gzip'],
    ['Referer', 'http://other.example/'],
    ['Cookie', 'a=b'],
  ],
];

export interface SampleRequest {
  url: string;
  method: string;
  headers: [string, string][];
  client: string;
}

/** @param text of the files that the rules stand in */
export function requestsFor(text: string): SampleRequest[] {
  const patterns = [...text.matchAll(/(?:url|pattern|path|key)="([^"]*)"/g)].map(([, pattern]) => pattern!);
  const paths = [...new Set([...ALWAYS, ...patterns.slice(0, 60).map(likelyPath)])];
  const bound = [...text.matchAll(/bindingInformation="[^":]*:(\d+):([^"]*)"/g)];
  const hosts = bound.slice(0, 8).map(([, port, host]) => `${host || 'localhost'}:${port}`);
  const origins = ['http://www.example.com', 'https://example.com', ...hosts.map((host) => `http://${host}`)];
  return paths.flatMap((path, index) => {
    const origin = origins[index % origins.length]!;
    const also = origins[(index + 1) % origins.length]!;
    return [`${origin}${path}`, `${also}${path}`].map((url, second) => ({
      url,
      method: second === 0 ? 'GET' : 'POST',
      headers: HEADERS[second]!,
      client: second === 0 ? '127.0.0.1' : '10.1.2.3',
    }));
  });
}

/** Something that the pattern could match. */
function likelyPath(pattern: string): string {
  const text = pattern
    .replaceAll('&amp;', '&')
    .replace(/^\^?\/?/, '')
    .replace(/\$$/, '')
    .replace(/\(\?[:=!]/g, '(')
    .replace(/\[[^\]]*\][*+?]?|\\[dw][*+?]?|\.[*+]\??|\*/g, 'a1')
    .replace(/\(([^()|]*)(?:\|[^()]*)?\)[*+?]?/g, '$1')
    .replace(/\\(.)/g, '$1')
    .replace(/[^\w./~?=&-]/g, '');
  return `/${text.replace(/^\/+/, '').slice(0, 80)}`;
}

export function textOf(files: readonly string[]): string {
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}
