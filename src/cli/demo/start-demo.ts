// The demo: three content servers and a router in front of them, in one process.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouter, type Logger, type Router } from '../../index.ts';
import { ContentServer } from './content-server.ts';
import { quickstart } from './quickstart.ts';

/** 0 takes a free one. */
export interface DemoPorts {
  router: number;
  admin: number;
  /** Of the first server; the others take the ones behind it. */
  servers: number;
}

export interface Demo {
  /** Where the router listens, and its admin API. */
  url: string;
  adminUrl: string;
  /** host:port of each content server. */
  servers: readonly string[];
  /** The configuration, in a folder of its own that stop() removes; edited, it is reloaded. */
  configFile: string;
  config: string;
  stop(): Promise<void>;
}

/** Starts all of it; on failure nothing stays. Rejects with an error of one line when a port is in use. */
export async function startDemo(ports: DemoPorts, logger: Logger): Promise<Demo> {
  const contents = ['A', 'B', 'C'].map((name) => new ContentServer(name));
  const folder = await mkdtemp(join(tmpdir(), 'narrows-demo-'));
  let router: Router | null = null;
  const stop = async (): Promise<void> => {
    try {
      await router?.stop();
    } finally {
      for (const content of contents) content.close();
      await rm(folder, { recursive: true, force: true });
    }
  };
  try {
    const servers: string[] = [];
    for (const [index, content] of contents.entries())
      servers.push(await content.listen(ports.servers === 0 ? 0 : ports.servers + index));
    const config = quickstart({ router: loopback(ports.router), admin: loopback(ports.admin), servers });
    const configFile = join(folder, 'narrows.yaml');
    await writeFile(configFile, config);
    router = createRouter({ file: configFile }, { logger });
    const { listeners } = await router.start();
    const urlOf = (name: string): string => listeners.find((listener) => listener.name === name)!.url;
    return { url: urlOf('web'), adminUrl: urlOf('admin'), servers, configFile, config, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function loopback(port: number): string {
  return `127.0.0.1:${port}`;
}
