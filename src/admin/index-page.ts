// What stands at `/` of the admin API, for whoever opens it in a browser: what can be asked, from the OpenAPI document.
interface Operation {
  summary?: string;
}

/** @param paths of the OpenAPI document */
export function indexPage(version: string, paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => row(method, path, (operation as Operation).summary ?? '')),
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Narrows ${escaped(version)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}td{padding:.1em 1em .1em 0;vertical-align:top}code{white-space:nowrap}</style>
<h1>Narrows ${escaped(version)}</h1>
<p>This is the admin API. <code>narrows status</code> and the other commands talk to it.</p>
<table>
${rows.join('\n')}
</table>
</html>
`;
}

/** What can be read without a body or a name is a link. */
function row(method: string, path: string, summary: string): string {
  const name = escaped(`${method.toUpperCase()} ${path}`);
  const isLink = method === 'get' && !path.includes('{');
  const shown = isLink ? `<a href="${escaped(path)}">${name}</a>` : name;
  return `<tr><td><code>${shown}</code><td>${escaped(summary)}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** Nothing is loaded, and nothing runs. */
export const INDEX_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};
