// Webhooks to real receivers, among them bad ones.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RecordingLogger } from '../../../test/kit/sample-admin.ts';
import { until } from '../../../test/kit/until.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { WebhookConfig } from '../../model/config.ts';
import { webhooksSchema } from './schema.ts';
import { Webhooks } from './webhooks.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Told {
  event: string;
  [fact: string]: unknown;
}

async function receiver(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => void response.end(),
) {
  const told: Told[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => (text += piece));
    request.on('end', () => {
      told.push(JSON.parse(text) as Told);
      headers.push(request.headers);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, told, headers };
}

function setUp(...configs: Partial<WebhookConfig>[]) {
  const clock = new SimulatedClock();
  const logger = new RecordingLogger();
  const webhooks = new Webhooks(clock, logger);
  closing.push(() => webhooks.close());
  webhooks.use(configs.map((config) => ({ url: '', events: [], token: null, timeout: 5000, ...config })));
  return { clock, logger, webhooks };
}

describe('a webhook', () => {
  it('gets events in their order, as JSON, with its token', async () => {
    const { url, told, headers } = await receiver();
    const { clock, webhooks } = setUp({ url, token: 's3cret' });
    webhooks.send('serverState', { farm: 'shop', server: 'a:1', state: 'Drain' });
    webhooks.send('drainDone', { farm: 'shop', server: 'a:1' });
    await until(() => told.length === 2);
    const at = new Date(clock.wall()).toISOString();
    expect(told).toEqual([
      { event: 'serverState', at, farm: 'shop', server: 'a:1', state: 'Drain' },
      { event: 'drainDone', at, farm: 'shop', server: 'a:1' },
    ]);
    expect(headers[0]).toMatchObject({ authorization: 'Bearer s3cret', 'content-type': 'application/json' });
  });

  it('gets only the events that it asks for', async () => {
    const { url, told } = await receiver();
    const { webhooks } = setUp({ url, events: ['drainDone'] });
    webhooks.send('serverState', { farm: 'shop' });
    webhooks.send('drainDone', { farm: 'shop' });
    await until(() => told.length === 1);
    expect(told[0]!.event).toBe('drainDone');
  });

  it('that answers 500 is told again, and one that answers 400 is not', async () => {
    let status = 500;
    const { url, told } = await receiver((_, response) => void response.writeHead(status).end());
    const { clock, logger, webhooks } = setUp({ url });
    webhooks.send('farmState', { farm: 'shop' });
    await until(() => told.length === 1);
    status = 200;
    await until(() => {
      clock.advance(100);
      return told.length === 2;
    });
    expect(logger.lines).toEqual([]);
    status = 400;
    webhooks.send('farmState', { farm: 'img' });
    await until(() => logger.lines.length === 1);
    expect(told.map(({ farm }) => farm)).toEqual(['shop', 'shop', 'img']);
    expect(logger.lines[0]![1]).toMatchObject({ event: 'webhook-failed', url, reason: 'status 400' });
  });

  it('that hangs or is down keeps the others from nothing', async () => {
    const hanging = await receiver(() => {});
    const { url, told } = await receiver();
    const { webhooks } = setUp({ url: hanging.url }, { url: 'http://127.0.0.1:1/' }, { url });
    for (let n = 0; n < 3; n++) webhooks.send('farmState', { farm: `f${n}` });
    await until(() => told.length === 3);
    expect(hanging.told).toHaveLength(1);
  });

  it('that takes nothing for long loses the oldest events: that is said at once, and how many when it is told again', async () => {
    const answers: (() => void)[] = [];
    const { url, told } = await receiver((_, response) => void answers.push(() => response.end()));
    const { logger, webhooks } = setUp({ url });
    for (let n = 0; n < 1105; n++) webhooks.send('farmState', { farm: `f${n}` });
    expect(logger.lines.map(([, facts]) => facts)).toEqual([{ event: 'webhook-behind', url, waiting: 1000 }]);
    await until(() => answers.length === 1);
    answers[0]!();
    await until(() => told.length === 2);
    expect(logger.lines[1]![1]).toEqual({ event: 'webhook-dropped', url, dropped: 104 });
    expect(told.map(({ farm }) => farm)).toEqual(['f0', 'f105']);
  });

  it.each([408, 429])('that answers %i is told again', async (status) => {
    let answered = status;
    const { url, told } = await receiver((_, response) => void response.writeHead(answered).end());
    const { clock, logger, webhooks } = setUp({ url });
    webhooks.send('farmState', { farm: 'shop' });
    await until(() => told.length === 1);
    answered = 204;
    await until(() => {
      clock.advance(100);
      return told.length === 2;
    });
    expect(logger.lines).toEqual([]);
  });
});

describe('the setting webhooks', () => {
  it.each([
    [{ events: ['drainDon'] }, 'did you mean "drainDone"?'],
    [{ url: 'http://me:secret@hook.test/' }, 'the URL has a user name or a password in it'],
    [{ url: 'ftp://hook.test/' }, 'Invalid URL'],
  ])('refuses %j', (part, message) => {
    const { error } = webhooksSchema.safeParse([{ url: 'http://hook.test/', ...part }]);
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1));
  });
});
