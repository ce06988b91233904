// Everything that operators may do to farms while the router runs.
import type { FarmOperations } from '../../model/farm-operations.ts';
import type { Running } from '../running.ts';
import { healthOperations } from './health-operations.ts';
import { hostOperations } from './host-operations.ts';
import { memberOperations } from './member-operations.ts';
import { serverOperations } from './server-operations.ts';

export function farmOperations(running: Running): FarmOperations {
  return {
    servers: serverOperations(running),
    members: memberOperations(running),
    health: healthOperations(running),
    hosts: hostOperations(running),
  };
}
