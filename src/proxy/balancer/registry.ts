// The balancing methods by the names that configurations use (arr.md 6.2, 12.4). The method is chosen once, when a farm is compiled.
import type { Balanced } from '../../model/balanced.ts';
import type { ConnectionBalancer, LoadBalancingPolicy } from '../../model/extensions.ts';
import type { FarmBalancers, Server } from '../../model/farm.ts';
import {
  type BalancingMethod,
  balancingMethod,
  type HashingMethod,
  hashesAddress,
  isHashing,
} from '../../model/load-balancing.ts';
import type { BalancerServices } from './balancer-services.ts';
import { DynamicRatio, observedRatio, predictedRatio } from './dynamic-ratio.ts';
import { Fastest } from './fastest.ts';
import { clientAddressOf, compileHashInput, type HashInput } from './hash-input.ts';
import { LeastConnections } from './least-connections.ts';
import { LeastRequests } from './least-requests.ts';
import { LeastResponseTime } from './least-response-time.ts';
import { PowerOfTwoChoices } from './power-of-two-choices.ts';
import { RendezvousHash } from './rendezvous-hash.ts';
import { RequestHash } from './request-hash.ts';
import { WeightedRoundRobin } from './weighted-round-robin.ts';
import { WeightedTotalTraffic } from './weighted-total-traffic.ts';

type Factory = (services: BalancerServices) => LoadBalancingPolicy & ConnectionBalancer;
type HashFactory = <C extends Balanced>(
  services: BalancerServices,
  input: HashInput<C>,
) => { name: string; pick(candidates: readonly Server[], ctx: C): Server };

const factories: Readonly<Record<Exclude<BalancingMethod, HashingMethod>, Factory>> = {
  WeightedRoundRobin: (services) => new WeightedRoundRobin(services),
  WeightedTotalTraffic: (services) => new WeightedTotalTraffic(services),
  LeastRequests: (services) => new LeastRequests(services),
  LeastResponseTime: (services) => new LeastResponseTime(services),
  Ratio: (services) => new WeightedRoundRobin(services, 'Ratio'),
  LeastConnections: (services) => new LeastConnections(services),
  Fastest: (services) => new Fastest(services),
  Observed: (services) => new DynamicRatio('Observed', observedRatio, services),
  Predictive: (services) => new DynamicRatio('Predictive', predictedRatio, services),
  PowerOfTwoChoices: (services) => new PowerOfTwoChoices(services),
};

const hashFactories: Readonly<Record<HashingMethod, HashFactory>> = {
  RequestHash: (services, input) => new RequestHash(services, input),
  RendezvousHash: (services, input) => new RendezvousHash(services, input),
};

/**
 * The method that the configuration names; those of extensions are created by them. A name that nobody brings is a fault, which the
 * cross-check of the configuration tells: here it is weighted round robin, so that all other faults are found too.
 * @param services `tieSeed` is the same number in every worker of the process
 */
export function createBalancers(services: BalancerServices): FarmBalancers {
  const method = balancingMethod(services.config.algorithm) ?? 'WeightedRoundRobin';
  if (!isHashing(method)) {
    const policy = factories[method](services);
    return { requests: policy, connections: policy };
  }
  const create = hashFactories[method];
  return {
    requests: create(services, compileHashInput(services)),
    connections: hashesAddress(services.config) ? create(services, clientAddressOf) : null,
  };
}
