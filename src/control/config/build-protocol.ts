// `protocol` and `proxy` as written → what is used of them: nothing that no one reads goes to the workers, least of
// all a password.
import type { ProtocolConfig } from '../../model/protocol-config.ts';
import type { WrittenFarm } from './farm-schema.ts';

export function buildProtocol(written: WrittenFarm['protocol']): ProtocolConfig {
  const {
    tls,
    proxy,
    proxyBypass,
    cache,
    clientCertFileName,
    clientCertPassword,
    clientCertHash,
    logCacheHitName,
    ...used
  } = written;
  return used;
}
