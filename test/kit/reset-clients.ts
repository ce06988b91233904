// Clients that are gone before the router accepts them: they connect, say something and reset while its thread is held up.
import { spawnSync } from 'node:child_process';

const CONNECT_SAY_RESET = `
  const { connect } = require('node:net');
  const [port, host, count, text] = process.argv.slice(1);
  for (let n = 0; n < Number(count); n++) {
    const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: host }, () =>
      socket.write(text.replace('%', String(n)), () => socket.resetAndDestroy()));
    socket.on('error', (error) => { throw error; });
  }`;

/**
 * For a router in the test's own thread, which accepts nothing until this returns.
 * @param text in which % is the number of the client
 */
export function resetBeforeAccepted(url: string, from: string, count: number, text: string): void {
  const { port } = new URL(url);
  const { status, stderr } = spawnSync(process.execPath, ['-e', CONNECT_SAY_RESET, port, from, String(count), text]);
  if (status !== 0) throw new Error(stderr.toString());
}
