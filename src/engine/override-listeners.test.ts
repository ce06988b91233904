import { describe, expect, it } from 'vitest';
import type { ListenerConfig } from '../model/config.ts';
import { formatListenAddress } from '../model/listen-address.ts';
import { withoutCertificates } from '../model/tls-config.ts';
import { overrideListeners } from './override-listeners.ts';

function listener(name: string, port: number, rest: Partial<ListenerConfig> = {}): ListenerConfig {
  return {
    name,
    address: { kind: 'tcp', host: '127.0.0.1', port },
    protocol: 'http',
    virtualServer: null,
    tls: null,
    proxySenders: [],
    anyPort: false,
    ...rest,
  };
}

const LISTENERS = [
  listener('web', 8080),
  listener('secure', 8443, { tls: withoutCertificates }),
  listener('other', 8081),
  listener('front', 9000, { protocol: 'tcp' }),
];

function overridden(listeners: readonly ListenerConfig[], ...written: string[]): string[] {
  return overrideListeners(listeners, written).map(({ name, address }) => `${name} ${formatListenAddress(address)}`);
}

const FRONT = 'front 127.0.0.1:9000';

describe('--listen', () => {
  it('changes nothing where it is not given', () => {
    expect(overrideListeners(LISTENERS, [])).toEqual(LISTENERS);
  });

  it('makes one listener of all plain ones, and leaves those with TLS and TCP', () => {
    expect(overridden(LISTENERS, '[::1]:80')).toEqual(['web [::1]:80', 'secure 127.0.0.1:8443', FRONT]);
  });

  it('gives each scheme its own address', () => {
    expect(overridden(LISTENERS, 'http=:80', 'https=:443')).toEqual(['web 0.0.0.0:80', 'secure 0.0.0.0:443', FRONT]);
  });

  it('is for those with TLS where there are no plain ones', () => {
    expect(overridden(LISTENERS.slice(1, 2), ':443')).toEqual(['secure 0.0.0.0:443']);
  });

  it('refuses what is no address', () => {
    expect(() => overrideListeners(LISTENERS, ['http=nowhere'])).toThrow('"nowhere" is not host:port');
  });
});
