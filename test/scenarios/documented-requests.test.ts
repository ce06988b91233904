// The requests to the admin API that the manual shows, as somebody would paste them into a shell.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { hasCurl } from '../kit/has-curl.ts';
import { shop } from '../kit/router.ts';

const MANUAL = new URL('../../docs/operating.md', import.meta.url);
/** A status that is a refusal ends it, and each answer has a line. */
const CURL = `set -e; curl() { command curl --silent --show-error --fail-with-body --noproxy '*' "$@"; echo; }\n`;

it.runIf(hasCurl('the requests of the manual'))(
  'the requests of the manual add a server, drain and remove it',
  async () => {
    const block = /```sh\n(api=[\s\S]*?)```/.exec(readFileSync(MANUAL, 'utf8'))![1]!;
    const { router, urlOf } = await shop(['127.0.0.1:9001'], {}, { admin: { address: '127.0.0.1:0' } });
    const script = block.replace('http://127.0.0.1:9400', urlOf('admin'));
    const { stdout } = await promisify(execFile)('sh', ['-c', CURL + script]);
    const [added, drains, drained, removed] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(added).toMatchObject({
      change: { what: 'member', server: '127.0.0.1:9004', after: { address: '127.0.0.1:9004', weight: 50 } },
      audit: 1,
    });
    expect(drains).toMatchObject({ change: { what: 'state', before: 'Start', after: 'Drain' }, audit: 2 });
    expect(drained).toMatchObject({ drain: { endedBy: 'noBindings' } });
    expect(removed).toMatchObject({ change: { what: 'member', after: null }, audit: 3 });
    expect(router.status().farms[0]!.servers.map(({ address }) => address)).toContain('127.0.0.1:9001');
  },
);
