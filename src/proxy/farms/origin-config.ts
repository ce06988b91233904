// The settings of `proxy`, in the form that a farm has them: what requests to origins run on.
import type { FarmConfig, ServerProxyConfig } from '../../model/config.ts';

/** What origins do not have is off: affinity, health tests, failures that count. */
export function originConfig({ enabled, ...protocol }: ServerProxyConfig): FarmConfig {
  return {
    name: '',
    enabled,
    servers: [],
    loadBalancing: { algorithm: 'WeightedRoundRobin', randomizeLBTies: false },
    affinity: {
      useCookie: false,
      cookieName: '',
      secret: null,
      previousSecrets: [],
      cookieIdleTimeout: null,
      cookieLifetime: null,
      sameSite: null,
      timeout: 0,
    },
    healthCheck: {
      url: '',
      interval: 0,
      timeout: 0,
      retries: 0,
      statusCodeMatch: [],
      responseMatch: '',
      liveTrafficFailureCodes: [],
      maxLiveTrafficFailures: 0,
      liveTrafficFailurePeriod: 0,
      minServers: 0,
    },
    protocol,
    passConnectionCloseHeader: false,
    passServerHeader: 'Replace',
    serverAutoStart: true,
  };
}
