// The letters U+010D U+010A written as latin1 are CR LF, and a path may decode to them (DESIGN 5): whatever rules make
// of such a path, no head may be split by it.
import { describe, expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { router } from '../kit/router.ts';

const SPLITTING = '/a%C4%8D%C4%8AX-Evil:%201%C4%8D%C4%8A%C4%8D%C4%8AGET%20/evil';

async function asked(rule: Record<string, unknown>) {
  const server = await backend();
  const { connect } = await router({
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: [server.address] } },
    rules: [{ name: 'all', match: { url: '^(.*)$' }, ...rule }],
  });
  const client = await connect();
  client.send(get(SPLITTING));
  return { response: await client.response(), server, client };
}

describe('a path that decodes to letters whose low bytes are a line end', () => {
  it('does not split the head that goes to the server, in the target', async () => {
    const { server } = await asked({ action: { type: 'Rewrite', url: 'http://shop/{R:1}' } });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]!.startLine.toLowerCase()).toContain('/a%c4%8d%c4%8ax-evil');
    expect(fieldOf(server.requests[0]!, 'x-evil')).toBeUndefined();
  });

  it('does not split it in a field that a rule sets', async () => {
    const { server } = await asked({
      serverVariables: [{ name: 'HTTP_X_PATH', value: '{R:1}' }],
      action: { type: 'Rewrite', url: 'http://shop/' },
    });
    expect(server.requests).toHaveLength(1);
    expect(fieldOf(server.requests[0]!, 'x-path')).toContain('a\xc4\x8d\xc4\x8aX-Evil');
    expect(fieldOf(server.requests[0]!, 'x-evil')).toBeUndefined();
  });

  it('does not split an answer of ours', async () => {
    for (const action of [
      { type: 'Redirect', url: 'https://other.example/{R:1}' },
      { type: 'CustomResponse', statusCode: 403, statusReason: 'No {R:1}', statusDescription: '{R:1}' },
    ]) {
      const { response, client } = await asked({ action });
      expect(fieldOf(response, 'x-evil')).toBeUndefined();
      expect(client.bytes.length).toBe(response.end);
    }
  });
});
