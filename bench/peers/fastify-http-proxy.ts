// @fastify/http-proxy with the features of the comparison, one process; its client is undici, as it is by default.
import httpProxy from '@fastify/http-proxy';
import fastify, { type FastifyRequest } from 'fastify';
import { NodeFarm } from './node-farm.ts';

const farm = new NodeFarm();
farm.startHealthTests();
farm.serveMetrics(28195);

const newCookies = new WeakMap<FastifyRequest, string>();
const server = fastify({ logger: false, keepAliveTimeout: 75_000 });
server.register(httpProxy, {
  upstream: '',
  prefix: '/shop',
  rewritePrefix: '/',
  disableRequestLogging: true,
  undici: { connections: 512, pipelining: 1, keepAliveTimeout: 75_000 },
  replyOptions: {
    getUpstream: (request) => {
      const { server: target, setCookie } = farm.pick(request.headers.cookie);
      if (setCookie !== null) newCookies.set(request as FastifyRequest, setCookie);
      return target.url;
    },
    rewriteRequestHeaders: (request, headers) => ({
      ...headers,
      host: request.headers.host,
      'x-forwarded-for': request.ip,
      'x-forwarded-proto': request.protocol,
      'x-forwarded-host': request.headers.host,
    }),
    rewriteHeaders: ({ connection: _hopByHop, ...headers }, request) => {
      // The server's `Connection: keep-alive` would promise the client what this hop does not keep.
      const cookie = request && newCookies.get(request as FastifyRequest);
      return cookie === undefined ? headers : { ...headers, 'set-cookie': [cookie] };
    },
  },
});
await server.listen({ port: 28105, host: '127.0.0.1', backlog: 4096 });
