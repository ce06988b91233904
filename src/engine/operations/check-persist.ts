// An operator who asks for a change to survive a restart is told where that cannot be.
import { OperationError } from '../../model/farm-operations.ts';
import type { Running } from '../running.ts';

/** @throws OperationError conflict */
export function checkPersist({ control }: Running, { persist }: { persist?: boolean }): void {
  if (!persist || control.changes.canKeep) return;
  throw new OperationError('conflict', 'the router has no stateDirectory: nothing can be kept over a restart');
}
