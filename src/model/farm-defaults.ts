// A farm with nothing written, for what is no farm of a file: origins, and farms that tests make.
import type { FarmConfig, ServerConfig } from './farm-config.ts';

/** ARR's defaults (arr.md 5 to 8), and ours for what ARR does not have: those of the schemas. */
export function farmDefaults(): Omit<FarmConfig, 'name' | 'servers' | 'protocol'> {
  return {
    enabled: true,
    loadBalancing: {
      algorithm: 'WeightedRoundRobin',
      randomizeLBTies: false,
      leastResponseTimePeriod: 5_000,
      hashServerVariables: [],
      queryStringNames: [],
      hashesQueryString: false,
      priorityGroupActivation: 0,
    },
    affinity: {
      useCookie: false,
      cookieName: 'ARRAffinity',
      secret: null,
      previousSecrets: [],
      cookieIdleTimeout: null,
      cookieLifetime: null,
      sameSite: null,
      cookiePath: '/',
      partitioned: false,
      cookieDomainLabels: null,
      writesArrValue: false,
      by: null,
      mostBindings: 65_536,
      whenServerGone: 'redistribute',
      waitTimeout: 10_000,
      timeout: 1_200_000,
      hostName: null,
    },
    healthCheck: {
      url: '',
      interval: 30_000,
      timeout: 30_000,
      retries: 3,
      rise: 1,
      jitter: 0,
      onDemand: false,
      statusCodeMatch: [[200, 399]],
      responseMatch: '',
      liveTrafficFailureCodes: [[500, 999]],
      maxLiveTrafficFailures: 10,
      liveTrafficFailurePeriod: 0,
      minServers: 0,
      panicThreshold: 0,
      outlier: null,
    },
    passConnectionCloseHeader: false,
    passServerHeader: 'Replace',
    serverAutoStart: true,
    serversFrom: [],
    maintenancePage: null,
    errorPages: [],
    slowStart: 0,
    warmUp: null,
    queue: { length: 100, timeout: 5_000 },
    retry: {
      attempts: 2,
      on: ['connect'],
      perTryTimeout: 0,
      bodyMemory: 65_536,
      bodyFile: 0,
      budget: { percent: 20, minPerSecond: 10 },
    },
    circuitBreaker: null,
    drain: { idleTimeout: 1_200_000, deadline: 0 },
  };
}

/** A server of which nothing but its address was written. */
export function serverDefaults(): Omit<ServerConfig, 'address' | 'target' | 'httpPort' | 'httpsPort'> {
  return {
    weight: 100,
    enabled: true,
    priorityGroup: 0,
    hostName: null,
    healthCheckAlternateHostName: null,
    healthCheckAlternatePort: 0,
    maxRequests: 0,
    healthCheck: {},
    source: 'file',
    leaving: false,
  };
}
