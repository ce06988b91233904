// The description of the admin API for programs: OpenAPI 3.1, with the routes that exist.
import * as z from 'zod';
import { explainBody } from './explain-body.ts';
import { farmPaths } from './openapi-farms.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const response = (description: string, schema: object = { type: 'object' }) => ({ description, ...json(schema) });
const get = (summary: string, responses: object, open = false) => ({
  get: { summary, responses, ...(open ? { security: [] } : {}) },
});
const error = { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] };
const refused = {
  401: response('A bearer token is needed.', error),
  403: response('The request comes from a page of another origin.', error),
  421: response('The Host is none of this listener.', error),
};

const problem = {
  type: 'object',
  properties: {
    file: { type: 'string' },
    line: { type: 'integer' },
    column: { type: 'integer' },
    severity: { enum: ['error', 'warning'] },
    message: { type: 'string' },
    suggestion: { type: 'string' },
  },
  required: ['file', 'line', 'column', 'severity', 'message'],
};

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** @param version of the router */
export function openApi(version: string): OpenApi & Record<string, unknown> {
  const { $schema: _, ...explainSchema } = z.toJSONSchema(explainBody, { io: 'input' });
  return {
    openapi: '3.1.0',
    info: { title: 'Narrows admin API', version },
    security: [{}, { token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths: {
      '/api/status': get('The running configuration, its servers and their counters.', {
        200: response('Status.', statusSchema),
        ...refused,
      }),
      '/api/certificates': get('The certificates of listeners, the one that ends first before the others.', {
        200: response('Certificates.', certificatesSchema),
        ...refused,
      }),
      '/api/live': get('Is the router alive?', { 200: response('Yes.'), 503: response('No.') }, true),
      '/api/ready': get(
        'Does the router take traffic? It does not before its listeners are open, and while it stops.',
        { 200: response('Yes.'), 503: response('No.') },
        true,
      ),
      '/metrics': get('Metrics in the text format of Prometheus.', {
        200: { description: 'Metrics.', content: { 'text/plain': { schema: { type: 'string' } } } },
        ...refused,
      }),
      '/api/openapi.json': get('This document.', { 200: response('OpenAPI 3.1.'), ...refused }),
      '/api/reload': {
        post: {
          summary: 'Reads the configuration again and takes it over, all or nothing.',
          responses: {
            200: response('Taken over, with what there is to warn of.'),
            422: response('Refused; the running configuration stays.', {
              type: 'object',
              properties: { errors: { type: 'array', items: problem } },
              required: ['errors'],
            }),
            ...refused,
          },
        },
      },
      '/api/explain': {
        post: {
          summary: 'What the router would do with a request now. Nothing is forwarded.',
          requestBody: { required: true, ...json(explainSchema) },
          responses: {
            200: response('The outcome and the steps that led to it.', explanationSchema),
            400: response('The body is not a request.', error),
            413: response('The body is too long.', error),
            ...refused,
          },
        },
      },
      ...farmPaths(refused),
    },
  };
}

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const whole = { type: 'integer' };
const numeric = { type: 'number' };
const list = (properties: object) => ({ type: 'array', items: { type: 'object', properties } });

const headerValue = { anyOf: [text, { type: 'array', items: text }] };

const explanationSchema = {
  type: 'object',
  properties: {
    outcome: {
      type: 'object',
      properties: {
        kind: { enum: ['proxy', 'rewrite', 'static', 'redirect', 'customResponse', 'abort', 'none', 'error'] },
        url: text,
        farm: text,
        server: text,
        tls: {
          type: 'object',
          description: 'Only by https: where, and the name that the certificate of the server must be made out to.',
          properties: { port: whole, name: text },
          required: ['port', 'name'],
        },
        file: text,
        status: whole,
        subStatus: whole,
        location: text,
        reason: text,
        description: text,
        code: text,
      },
      required: ['kind'],
    },
    requestHeaders: {
      type: 'object',
      description: 'Headers that rules changed, lower-case; null where removed.',
      additionalProperties: { anyOf: [...headerValue.anyOf, { type: 'null' }] },
    },
    response: {
      type: 'object',
      description: 'What the client would get of the response that was given.',
      properties: {
        status: whole,
        headers: { type: 'object', additionalProperties: headerValue },
        body: text,
        bodyBase64: text,
      },
      required: ['status', 'headers'],
    },
    steps: {
      type: 'array',
      description: 'What each stage saw and decided, in order.',
      items: { type: 'object', properties: { stage: text, reason: text }, required: ['stage'] },
    },
  },
  required: ['outcome', 'requestHeaders', 'steps'],
};

const certificatesSchema = {
  type: 'object',
  properties: {
    certificates: list({
      ...{ listener: text, names: { type: 'array', items: text }, file: text, keyKind: text, keyBits: whole },
      ...{ subject: text, issuer: text, validFrom: time, validTo: time },
    }),
    warnings: { type: 'array', items: text },
  },
  required: ['certificates', 'warnings'],
};

const statusSchema = {
  type: 'object',
  properties: {
    version: text,
    startedAt: time,
    snapshot: {
      type: 'object',
      properties: {
        id: whole,
        loadedAt: time,
        lastError: { type: ['object', 'null'], properties: { at: time, message: text } },
      },
    },
    workers: list({ id: whole, startedAt: time, restarts: whole, connections: whole }),
    listeners: list({
      name: text,
      url: text,
      connections: {
        type: 'object',
        properties: { current: whole, total: whole, failed: whole, bytesIn: whole, bytesOut: whole },
      },
    }),
    farms: list({
      name: text,
      enabled: { type: 'boolean' },
      queuedRequests: whole,
      servers: list({
        address: text,
        weight: numeric,
        state: { enum: ['Active', 'Draining', 'Inactive'] },
        isHealthy: { type: 'boolean' },
        source: text,
        priorityGroup: whole,
        leaving: { type: 'boolean' },
        override: { type: ['object', 'null'], properties: { weight: whole, state: text } },
        drain: {
          type: ['object', 'null'],
          properties: {
            clients: whole,
            hosts: whole,
            requests: whole,
            webSockets: whole,
            lastUse: { type: ['string', 'null'] },
            since: time,
            deadline: { type: ['string', 'null'] },
            endedBy: { enum: ['noBindings', 'idle', 'deadline', null] },
            endedAt: { type: ['string', 'null'] },
          },
        },
        weightPercent: whole,
        warmingUp: { type: 'boolean' },
        circuit: { enum: ['closed', 'open', 'halfOpen'] },
        evidence: {
          type: ['object', 'null'],
          properties: {
            by: { enum: ['urlTest', 'liveTraffic', 'outlier', 'operator', 'configuration', null] },
            reason: text,
            since: time,
            lastResults: list({
              at: time,
              passed: { type: 'boolean' },
              status: { type: ['integer', 'null'] },
              reason: text,
              duration: numeric,
            }),
          },
        },
        counters: {
          type: 'object',
          properties: {
            totalRequests: whole,
            failedRequests: whole,
            currentRequests: whole,
            requestPerSecond: numeric,
            bytesSent: whole,
            bytesReceived: whole,
            totalWebSocketRequests: whole,
            currentWebSocketRequests: whole,
            failedWebSocketRequests: whole,
            webSocketBytesSent: whole,
            webSocketBytesReceived: whole,
            responseTime: numeric,
          },
        },
      }),
    }),
  },
};
