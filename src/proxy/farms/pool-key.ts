// What tells the connections of one server from those of others.
import type { ServerConfig } from '../../model/farm-config.ts';

/**
 * Everything that makes two connections interchangeable (DESIGN 5). The server's id is in it, so that connections are
 * counted where they are used; address and port too, since a reload may change them under the same id.
 */
export function poolKeyOf(id: string, server: ServerConfig): string {
  const { target } = server;
  const where = target.kind === 'unix' ? `unix:${target.path}` : `tcp:${target.host}:${server.httpPort}`;
  return `${id} http ${where}`;
}
