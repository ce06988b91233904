// The settings of `proxy`, in the form that a farm has them: what requests to origins run on.
import type { ServerProxyConfig } from '../../model/config.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import { farmDefaults } from '../../model/farm-defaults.ts';

/** What origins do not have is off: affinity, health tests, failures that count. */
export function originConfig({ enabled, ...protocol }: ServerProxyConfig): FarmConfig {
  const defaults = farmDefaults();
  return {
    ...defaults,
    name: '',
    enabled,
    servers: [],
    healthCheck: { ...defaults.healthCheck, liveTrafficFailureCodes: [] },
    retry: { ...defaults.retry, attempts: 1 + protocol.retries },
    protocol,
  };
}
