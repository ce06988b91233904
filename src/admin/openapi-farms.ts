// The part of the API's description that is about farms: what operators change, and the record of it.
import * as z from 'zod';
import {
  assignBody,
  enabledBody,
  healthBody,
  noBody,
  removeBody,
  serverBody,
  stateBody,
  testBody,
  undoBody,
  weightBody,
} from './change-bodies.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const error = { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] };
const text = { type: 'string' };
const changed = {
  type: 'object',
  properties: {
    change: {
      type: 'object',
      properties: {
        what: { enum: ['state', 'weight', 'health', 'member', 'farm', 'hostMapping'] },
        farm: text,
        server: text,
        host: text,
        before: {},
        after: {},
        kept: { type: 'boolean', description: 'It survives a restart.' },
      },
    },
    audit: { type: 'integer', description: 'Its number in the record.' },
  },
};

/** @param refused answers that every request may get */
export function farmPaths(refused: object): object {
  const FARM = '/api/farms/{farm}';
  const SERVER = `${FARM}/servers/{server}`;
  const HOST = `${FARM}/hosts/{host}`;
  const operation = (path: string, summary: string, answer: object, body?: z.ZodType, query: string[] = []) => ({
    summary,
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text })),
      ...query.map((name) => ({ name, in: 'query', schema: text })),
    ],
    ...(body === undefined ? {} : { requestBody: json(schemaOf(body)) }),
    responses: {
      200: { description: 'Done.', ...json(answer) },
      400: { description: 'The body is not right.', ...json(error) },
      404: { description: 'There is no such farm, server, host or change.', ...json(error) },
      409: { description: 'It cannot be done now, or not any more.', ...json(error) },
      415: { description: 'The body is not application/json.', ...json(error) },
      ...refused,
    },
  });
  const read = { type: 'object' };
  return {
    '/api/farms': { get: operation('/api/farms', 'All farms with their servers, as in the status.', read) },
    [FARM]: { get: operation(FARM, 'One farm.', read) },
    [`${FARM}/enabled`]: {
      put: operation(`${FARM}/enabled`, 'Takes a farm offline, or brings it online.', changed, enabledBody),
    },
    [`${FARM}/servers`]: { post: operation(`${FARM}/servers`, 'Adds a server.', changed, serverBody) },
    [SERVER]: {
      get: operation(SERVER, 'One server.', read),
      delete: operation(SERVER, 'Removes a server: it drains first.', changed, removeBody),
    },
    [`${SERVER}/weight`]: {
      put: operation(`${SERVER}/weight`, 'Changes the weight of a server.', changed, weightBody),
    },
    [`${SERVER}/state`]: {
      put: operation(`${SERVER}/state`, 'Starts, drains or stops a server (SetState of ARR).', changed, stateBody),
    },
    [`${SERVER}/bindings`]: {
      get: operation(`${SERVER}/bindings`, 'Who is bound to a server now: who a drain would wait for.', read),
    },
    [`${SERVER}/drain`]: {
      get: operation(
        `${SERVER}/drain`,
        'The drain of a server; null where there was none, or it was called off. wait=MS answers when it is over.',
        read,
        undefined,
        ['wait'],
      ),
    },
    [`${SERVER}/health`]: {
      get: operation(`${SERVER}/health`, 'The health of a server, why, and what changed lately.', read),
      put: operation(`${SERVER}/health`, 'SetHealthy and SetUnhealthy of ARR.', changed, healthBody),
    },
    [`${SERVER}/health/test`]: {
      post: operation(`${SERVER}/health/test`, 'Tests a server now and changes nothing (TestHealth).', read, testBody),
    },
    [`${FARM}/hosts`]: {
      get: operation(`${FARM}/hosts`, 'Host names and their servers.', read, undefined, ['server', 'limit']),
    },
    [HOST]: {
      get: operation(HOST, 'The servers of a host name.', read),
      put: operation(HOST, 'Gives a host name these servers.', changed, assignBody),
      delete: operation(HOST, 'Forgets the servers of a host name, or one of them.', changed, noBody, ['server']),
    },
    [`${FARM}/rebalance`]: {
      get: operation(`${FARM}/rebalance`, 'Which host names would move where, and why.', read),
      post: operation(`${FARM}/rebalance`, 'Moves them.', read, noBody),
    },
    '/api/audit': { get: operation('/api/audit', 'Who changed what, when, from where and why.', read) },
    '/api/audit/{id}/undo': {
      post: operation('/api/audit/{id}/undo', 'Takes a change back.', changed, undoBody),
    },
  };
}

function schemaOf(body: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(body, { io: 'input' });
  return schema;
}
