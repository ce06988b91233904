// webFarms and system.webServer/proxy, as the schemas of ARR and of the Web Farm Framework have them (arr.md 3 to 8, 13).
import {
  approximated,
  choice,
  type ElementRule,
  type Fate,
  flag,
  kilobytes,
  LARGEST_UINT,
  passedOver,
  span,
  text,
  whole,
} from './element-rule.ts';

const DAY = 86_400;
/** Provisioning: members are as they are. */
const FRAMEWORK = 'it belongs to the Web Farm Framework, which provisions servers; that is not done here';

const cache: ElementRule = {
  attributes: {
    enabled: flag(),
    requestConsolidationEnabled: flag(),
    requestConsolidationTimeout: span(0, DAY),
    queryStringHandling: choice(['Ignore', 'NoCaching', 'Accept']),
    validationInterval: span(0, DAY),
  },
};

/** Names that people write and ARR has never had (arr.md 3). */
const NOT_IN_ARR = {
  sslOffloading: 'the scheme of the rewritten URL decides: http://FARM/ offloads, https://FARM/ does not',
  responseBufferThreshold: 'write minResponseBuffer',
  connectTimeout: 'write timeout: it holds for connecting too',
};

/** The attributes that the server level and a farm share. */
const protocol: ElementRule = {
  attributes: {
    httpVersion: choice(['Http10', 'Http11', 'PassThrough'], {
      fate: { ...approximated('requests are sent to servers as HTTP/1.1'), unless: 'Http11' },
    }),
    keepAlive: flag(),
    timeout: span(1, DAY),
    preserveHostHeader: flag(),
    reverseRewriteHostInResponseHeaders: flag({
      fate: { ...approximated('absolute addresses of third parties are left alone'), unless: 'false' },
    }),
    xForwardedForHeaderName: text(),
    includePortInXForwardedFor: flag(),
    xForwardedByHeaderName: text(),
    xForwardedByHeader: text(),
    arrResponseHeader: flag(),
    sslHeaderName: text(),
    clientCertHeaderName: text(),
    logGuidName: text(),
    logCacheHitName: text(),
    maxForwards: whole(0, LARGEST_UINT),
    minResponseBuffer: kilobytes(),
    responseBufferLimit: kilobytes(),
    bufferChunkedResponses: flag(),
    maxResponseHeaderSize: whole(0, LARGEST_UINT),
    proxy: text(),
    proxyBypass: text(),
    stealthMode: flag(),
    clientCertFileName: { value: { kind: 'path' } },
    clientCertPassword: text(),
    clientCertHash: text(),
  },
  parts: { cache },
  hints: NOT_IN_ARR,
};

/** system.webServer/proxy. */
export const proxySection: ElementRule = {
  ...protocol,
  attributes: {
    enabled: flag(),
    ...protocol.attributes,
    passConnectionCloseHeader: flag(onlyFarmsHaveIt()),
    ...serverHeader(),
  },
};

function serverHeader() {
  return { passServerHeader: choice(['Replace', 'Remove', 'PassThrough'], onlyFarmsHaveIt('Replace')) };
}

function onlyFarmsHaveIt(unless = 'false'): { fate: Fate } {
  return { fate: { ...passedOver('only farms have it here'), unless } };
}

const healthCheck: ElementRule = {
  attributes: {
    url: text(),
    interval: span(0, DAY),
    timeout: span(1, DAY),
    retries: whole(0, 20),
    statusCodeMatch: text(),
    responseMatch: text(),
    liveTrafficFailureCodes: text(),
    maxLiveTrafficFailures: whole(1, LARGEST_UINT),
    liveTrafficFailurePeriod: span(0, DAY),
    minServers: whole(0, LARGEST_UINT),
  },
  hints: {
    connectTimeout: 'write timeout',
    fastFailure: 'there is no such setting; liveTrafficFailurePeriod comes near',
    slowResponseThreshold: 'there is only timeout',
  },
};

const host: ElementRule = {
  attributes: { name: text({ required: true, nonEmpty: true, trimmed: true }), servers: whole(1, 256) },
  collection: {
    items: { equivalentHost: { attributes: { name: text({ required: true, nonEmpty: true }) } } },
    keys: ['name'],
    as: { form: 'values', key: 'equivalentHosts' },
  },
};

const affinity: ElementRule = {
  attributes: {
    useCookie: flag(),
    cookieName: text({ nonEmpty: true }),
    useHostName: flag(),
    hostAffinityProvider: text(),
    timeout: { value: { kind: 'span', min: 60, max: 2_592_000, granularity: 60 } },
    useExternalCache: flag(),
    hostCountersEnabled: flag(),
    ignoreSubDomain: flag(),
    ignoreSubDomainClientAffinity: flag(),
    ignoreSubDomainFragmentDepth: whole(0, 32_767),
    useServerProvider: flag(),
    serverProviderImage: text(),
  },
  collection: { items: { host }, keys: ['name'], as: { form: 'list', key: 'hosts' } },
};

const loadBalancing: ElementRule = {
  attributes: {
    algorithm: choice([
      'WeightedRoundRobin',
      'LeastRequests',
      'LeastResponseTime',
      'WeightedTotalTraffic',
      'RequestHash',
    ]),
    leastResponseTimePeriod: span(1, DAY),
    hashServerVariable: text(),
    queryStringNames: text(),
    randomizeLBTies: flag(),
  },
};

const farmRouting: ElementRule = {
  parts: {
    protocol,
    healthCheck,
    affinity,
    loadBalancing,
    publicKeys: { fate: passedOver('their form is undocumented: write the keys as protocol.tls.publicKeys') },
  },
  hints: NOT_IN_ARR,
};

const server: ElementRule = {
  attributes: { address: text({ required: true, nonEmpty: true, trimmed: true }), enabled: flag() },
  parts: {
    applicationRequestRouting: {
      attributes: {
        weight: whole(1, LARGEST_UINT),
        httpPort: whole(1, 65_535),
        httpsPort: whole(1, 65_535),
        hostName: text({ nonEmpty: true }),
        healthCheckAlternateHostName: text({ nonEmpty: true }),
        healthCheckAlternatePort: whole(0, 65_535),
      },
    },
    ...frameworkElements(['runProviders', 'customProviderSettings', 'serverProvision']),
  },
};

/** Attributes of the Web Farm Framework on a farm (arr.md 5.1, 13). */
function frameworkAttributes(names: readonly string[]) {
  return Object.fromEntries(names.map((each) => [each, text({ fate: passedOver(FRAMEWORK) })]));
}

function frameworkElements(names: readonly string[]): Record<string, ElementRule> {
  return Object.fromEntries(names.map((each) => [each, { fate: passedOver(FRAMEWORK) }]));
}

const webFarm: ElementRule = {
  attributes: {
    name: text({ required: true, nonEmpty: true, trimmed: true }),
    enabled: flag(),
    serverAutoStart: flag(),
    passConnectionCloseHeader: flag(),
    passServerHeader: choice(['Replace', 'Remove', 'PassThrough']),
    ...frameworkAttributes(['autoEnableAgent', 'adminUserName', 'adminPassword', 'minimumServers', 'agentUrl']),
    ...frameworkAttributes(['restartServerOnConfigurationChange', 'restartServerIfReady', 'primaryServer']),
    ...frameworkAttributes(['loadBalancerProvider', 'periodicRuntimeData', 'enableRuntimeData', 'frontEndUrl']),
    ...frameworkAttributes(['maximumStoppedServers', 'agentRetryTime']),
  },
  parts: {
    applicationRequestRouting: farmRouting,
    ...frameworkElements(['platformProvision', 'applicationProvision', 'runProviders', 'autoRepair', 'defaultProxy']),
    ...frameworkElements(['customProviderSettings', 'trace', 'operations']),
  },
  collection: { items: { server }, keys: ['address'], as: { form: 'own' } },
};

/** webFarms itself; how its farms are written, and that what it says of tests holds for each: see write-farms.ts. */
export const webFarms: ElementRule = {
  attributes: { onDemandHealthCheck: flag() },
  parts: {
    applicationRequestRouting: {
      fate: { verdict: 'exact', note: 'a list of what there is' },
    },
    ...frameworkElements(['customProviders']),
  },
  collection: { items: { webFarm }, keys: ['name'], as: { form: 'own' } },
};
