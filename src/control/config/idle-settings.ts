// Settings of farms that have no effect as the others stand: each is said where it is written, with what would give it one.
import type { Config, ConfigPath } from '../../model/config.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import { balancingMethod, weightlessMethods } from '../../model/load-balancing.ts';
import type { ProblemList } from './problem-list.ts';
import { isMap } from './written-lists.ts';

type Raw = Record<string, unknown>;

/**
 * @param raw the configuration as written
 * @param isOfIis whether a setting stands in a file of IIS, which writes what nobody has asked for
 */
export function warnOfIdleSettings(
  { farms }: Config,
  raw: Raw,
  problems: ProblemList,
  isOfIis: (path: ConfigPath) => boolean,
): void {
  for (const farm of farms) {
    const written = isMap(raw.farms) && isMap(raw.farms[farm.name]) ? (raw.farms[farm.name] as Raw) : {};
    warnOfLiveTraffic(farm, written, problems, isOfIis);
    warnOfSlowStart(farm, problems);
    warnOfPriorityGroups(farm, written, problems);
    warnOfIdleTests(farm, written, problems, isOfIis);
    warnOfUnknownMemory(farm, problems);
  }
}

/** ARR's default of 0 makes the other live-traffic settings dead letters (DESIGN 6). */
function warnOfLiveTraffic(
  farm: FarmConfig,
  { healthCheck: written }: Raw,
  problems: ProblemList,
  isOfIis: (path: ConfigPath) => boolean,
): void {
  const { name, healthCheck } = farm;
  const path: ConfigPath = ['farms', name, 'healthCheck'];
  if (healthCheck.liveTrafficFailurePeriod > 0) {
    const key = [...path, 'liveTrafficFailurePeriod'];
    if (hasUrlTest(farm) || isOfIis(key)) return;
    const message = 'servers that this takes out stay out until an operator brings them back: there is no URL test';
    return problems.warning(key, message, 'set healthCheck.url, such as /health, or tcp:');
  }
  for (const key of ['liveTrafficFailureCodes', 'maxLiveTrafficFailures']) {
    if (!isMap(written) || written[key] === undefined) continue;
    const message = `${key} has no effect while liveTrafficFailurePeriod is 0: the live-traffic test is off`;
    problems.warning([...path, key], message, 'set liveTrafficFailurePeriod, such as 60s');
  }
}

function warnOfSlowStart({ name, slowStart, loadBalancing }: FarmConfig, problems: ProblemList): void {
  const method = balancingMethod(loadBalancing.algorithm);
  if (slowStart === 0 || method === undefined || !weightlessMethods.has(method)) return;
  const message = `slowStart has no effect with ${method}, which counts no weights`;
  problems.warning(['farms', name, 'slowStart'], message, 'take LeastConnections or PowerOfTwoChoices, or warmUp');
}

function warnOfPriorityGroups({ name, loadBalancing }: FarmConfig, { servers }: Raw, problems: ProblemList): void {
  if (loadBalancing.priorityGroupActivation > 0 || !Array.isArray(servers)) return;
  const index = servers.findIndex((server) => isMap(server) && Number(server.priorityGroup ?? 0) !== 0);
  if (index < 0) return;
  problems.warning(
    ['farms', name, 'servers', index, 'priorityGroup'],
    'priorityGroup has no effect while loadBalancing.priorityGroupActivation is 0: all servers get requests',
    'set priorityGroupActivation: 1 for a group that takes over from another',
  );
}

/** What of a test by URL is written, and the test is never made. */
function warnOfIdleTests(
  farm: FarmConfig,
  { healthCheck, servers }: Raw,
  problems: ProblemList,
  isOfIis: (path: ConfigPath) => boolean,
): void {
  if (farm.healthCheck.url !== '') return;
  const path: ConfigPath = ['farms', farm.name];
  const warn = (settings: unknown, at: ConfigPath): void => {
    const key = isMap(settings) ? TEST_KEYS.find((each) => each in settings) : undefined;
    if (key === undefined || isOfIis([...at, key])) return;
    const message = `${key} has no effect: no test is made without healthCheck.url`;
    problems.warning([...at, key], message, 'set url: /health, or tcp:');
  };
  if (!hasUrlTest(farm)) warn(healthCheck, [...path, 'healthCheck']);
  if (!Array.isArray(servers)) return;
  servers.forEach((server, index) => {
    const settings = isMap(server) ? server.healthCheck : undefined;
    if (isMap(settings) && !settings.url) warn(settings, [...path, 'servers', index, 'healthCheck']);
  });
}

const TEST_KEYS = [
  ...['interval', 'timeout', 'retries', 'rise', 'jitter', 'onDemand'],
  ...['responseMatch', 'statusCodeMatch'],
];

/** Servers say what memory they have in answers to their tests (arr.md 7.2). */
function warnOfUnknownMemory(farm: FarmConfig, problems: ProblemList): void {
  if (farm.affinity.hostName?.provider !== 'HostNameMemory' || hasUrlTest(farm)) return;
  problems.warning(
    ['farms', farm.name, 'affinity', 'hostAffinityProvider'],
    'HostNameMemory has no effect: servers say their free memory when they are tested, and there is no URL test',
    'set healthCheck.url, such as /health',
  );
}

/** Whether any server is tested by URL, as far as is known: files and endpoints may name one with a test of its own. */
function hasUrlTest({ healthCheck, servers, serversFrom }: FarmConfig): boolean {
  if (healthCheck.url !== '' || servers.some(({ healthCheck: own }) => own?.url)) return true;
  return serversFrom.some(({ kind }) => kind !== 'dns');
}
