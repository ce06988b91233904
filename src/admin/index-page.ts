// What stands at `/` of the admin API, for whoever opens it in a browser: what can be asked, from the OpenAPI document.
import { createHash } from 'node:crypto';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
}

/** What programs get in place of the page. */
export interface Index {
  readonly version: string;
  /** Where all of it is told: a file of the repository and of the sources, and the description for programs. */
  readonly documentation: readonly string[];
  readonly routes: readonly Route[];
}

/** @param paths of the OpenAPI document */
export function indexOf(version: string, paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Index {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { summary = '' } = operation as { summary?: string };
      return { method: method.toUpperCase(), path, summary };
    }),
  );
  return { version, documentation: ['docs/operating.md', '/api/openapi.json'], routes };
}

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}td{padding:.1em 1em .1em 0;vertical-align:top}code{white-space:nowrap}';

/** The same for people. */
export function indexPage({ version, routes }: Index): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Narrows ${escaped(version)}</title>
<style>${STYLE}</style>
<h1>Narrows ${escaped(version)}</h1>
<p>This is the admin API. <code>narrows status</code> and the other commands talk to it; <code>docs/operating.md</code> of Narrows tells what they do,
<a href="/api/openapi.json">/api/openapi.json</a> what each request takes and answers.</p>
<table>
${routes.map(row).join('\n')}
</table>
</html>
`;
}

/** What can be read without a body or a name is a link. */
function row({ method, path, summary }: Route): string {
  const name = escaped(`${method} ${path}`);
  const isLink = method === 'GET' && !path.includes('{');
  const shown = isLink ? `<a href="${escaped(path)}">${name}</a>` : name;
  return `<tr><td><code>${shown}</code><td>${escaped(summary)}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const hashOfStyle = createHash('sha256').update(STYLE).digest('base64');

/** Nothing but the page's own style is taken, nothing runs, and no other page shows it in a frame. */
export const INDEX_HEADERS = {
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hashOfStyle}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  Vary: 'Accept',
};
