// http-proxy-3 with the features of the comparison, one process.
import { Agent, createServer, type IncomingMessage } from 'node:http';
import { createProxyServer } from 'http-proxy-3';
import { NodeFarm } from './node-farm.ts';

const farm = new NodeFarm();
farm.startHealthTests();
farm.serveMetrics(28194);

const newCookies = new WeakMap<IncomingMessage, string>();
const proxy = createProxyServer({
  agent: new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 512 }),
  xfwd: true,
  // Else it hands on the client's `Connection: close`, and its agent reuses nothing.
  headers: { connection: 'keep-alive' },
});
proxy.on('proxyRes', (response, request) => {
  delete response.headers.connection;
  const cookie = newCookies.get(request);
  if (cookie !== undefined) response.headers['set-cookie'] = [...(response.headers['set-cookie'] ?? []), cookie];
});
proxy.on('error', (_error, _request, response) => {
  if ('writeHead' in response && !response.headersSent) response.writeHead(502);
  response.end();
});

const server = createServer((request, response) => {
  const { server: target, setCookie } = farm.pick(request.headers.cookie);
  if (setCookie !== null) newCookies.set(request, setCookie);
  request.url = request.url!.replace(/^\/shop\/(.*)/, '/$1');
  proxy.web(request, response, { target: target.url });
});
server.keepAliveTimeout = 75_000;
server.listen({ port: 28104, host: '127.0.0.1', backlog: 4096 });
