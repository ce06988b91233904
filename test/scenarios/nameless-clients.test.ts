// Clients that reset their connection before it is accepted have no address any more: nothing that asks for one lets them pass.
import { describe, expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { client, get } from '../kit/client.ts';
import { settled } from '../kit/eventually.ts';
import { resetBeforeAccepted } from '../kit/reset-clients.ts';
import { site } from '../kit/site.ts';
import { echo, endingOf, front } from '../kit/virtual-server.ts';

const CLIENTS = 50;

describe('clients that were reset before they were accepted', () => {
  it('are not taken for this machine where ipSecurity allows it alone', async () => {
    const server = await backend();
    const ipSecurity = { allowUnlisted: false, list: [{ ipAddress: '127.0.0.1', allowed: true }] };
    const rules = [{ name: 'all', match: { url: '.*' }, action: { type: 'Rewrite', url: 'http://shop/{R:0}' } }];
    const running = await site({}, { ipSecurity }, { rules, farms: { shop: { servers: [server.address] } } });
    const peer = await client(running.url);
    peer.send(get('/allowed'));
    expect((await peer.response()).status).toBe(200);
    resetBeforeAccepted(running.url, '127.0.0.2', CLIENTS, get('/refused%'));
    expect(await endingOf(running, get('/next'), 'HTTP/1.1 200')).toBe('answered'); // it is accepted after them
    await settled(() => server.requests.length);
    expect(server.requests.map(({ startLine }) => startLine.split(' ')[1])).toEqual(['/allowed', '/next']);
  });

  it('come to no server past connectionRate', async () => {
    const server = await echo('a');
    const limits = { connectionRate: { connections: 1, within: '1h' } };
    const running = await front([server], {}, { limits });
    resetBeforeAccepted(running.url, '127.0.0.2', CLIENTS, 'hello %');
    expect(await endingOf(running, 'ping', 'a:ping')).toBe('answered'); // it is accepted after them
    await settled(() => server.connections.length);
    expect(server.connections).toHaveLength(1);
  });
});
