// The connection of a client that never was.
import type { ClientConnectionInfo } from '../../src/model/client.ts';

export const sampleConnection: ClientConnectionInfo = {
  listener: 'web',
  peerAddress: '192.0.2.7',
  peerPort: 51_000,
  localAddress: '192.0.2.1',
  localPort: 8080,
  secure: false,
  tls: null,
  trusted: false,
  certificateRequired: false,
};
