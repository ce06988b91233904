// A site with files in a folder of its own, and a router that serves it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Response } from './message.ts';
import { type RunningRouter, router } from './router.ts';

/** A folder with these files, by their paths; it goes with the test. */
export function folder(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'narrows-site-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

export interface RunningSite extends RunningRouter {
  readonly root: string;
  /** The response to one request on a connection of its own. @param fields further field lines, each with CRLF */
  ask(path: string, fields?: string, method?: string): Promise<Response>;
}

/**
 * A router with one site, which takes every request.
 * @param settings of the site; @param rest further sections
 */
export async function site(
  files: Readonly<Record<string, string | Buffer>>,
  settings: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
): Promise<RunningSite> {
  const root = folder(files);
  const config = { listeners: { web: { address: '127.0.0.1:0' } }, sites: { main: { root, ...settings } }, ...rest };
  const running = await router(config);
  return {
    ...running,
    root,
    async ask(path, fields = '', method = 'GET') {
      const client = await running.connect();
      client.send(`${method} ${path} HTTP/1.1\r\nHost: site.example\r\n${fields}\r\n`);
      const response = await client.response(method);
      client.socket.destroy();
      return response;
    },
  };
}
