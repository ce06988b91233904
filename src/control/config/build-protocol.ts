// `protocol` and `proxy` as written → what is used of them: nothing that no one reads goes to the workers, least of
// all a password.
import type { ConfigPath } from '../../model/config.ts';
import type { ProtocolConfig } from '../../model/protocol-config.ts';
import { buildServerTls, type TlsScope } from './build-server-tls.ts';
import type { WrittenFarm } from './farm-schema.ts';

/** @param path of `protocol`, or of `proxy` */
export function buildProtocol(written: WrittenFarm['protocol'], path: ConfigPath, scope: TlsScope): ProtocolConfig {
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
  return { ...used, tls: buildServerTls(written, path, scope) };
}
