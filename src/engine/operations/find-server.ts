// The farm and the server that an operation names.
import { closestWord } from '../../base/closest-word.ts';
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import { OperationError } from '../../model/farm-operations.ts';
import { serverId } from '../../model/server-table.ts';
import type { Running } from '../running.ts';

/** @throws OperationError notFound, with what may have been meant */
export function findFarm({ checked }: Running, name: string): FarmConfig {
  const { farms } = checked.config;
  const farm = farms.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (farm !== undefined) return farm;
  throw new OperationError(
    'notFound',
    `there is no farm "${name}"${meant(
      name,
      farms.map((each) => each.name),
    )}`,
  );
}

export interface FoundServer {
  readonly farm: FarmConfig;
  readonly server: ServerConfig;
  readonly id: string;
  readonly slot: number;
}

/** @throws OperationError notFound */
export function findServer(running: Running, farmName: string, address: string): FoundServer {
  const farm = findFarm(running, farmName);
  const server = farm.servers.find((each) => each.address === address);
  if (server === undefined) {
    const near = meant(
      address,
      farm.servers.map((each) => each.address),
    );
    throw new OperationError('notFound', `farm ${farm.name} has no server "${address}"${near}`);
  }
  const id = serverId(farm.name, address);
  return { farm, server, id, slot: running.table.slotOf(id)! };
}

function meant(word: string, words: readonly string[]): string {
  const near = closestWord(word, words);
  if (near !== null) return `, did you mean "${near}"?`;
  return words.length === 0 ? '' : `: there is ${words.slice(0, 10).join(', ')}${words.length > 10 ? ', …' : ''}`;
}
