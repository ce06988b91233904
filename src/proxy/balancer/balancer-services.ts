// What a balancing method may use beside the candidates and the request.
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { LoadBalancingConfig } from '../../model/farm-config.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { FarmCursors } from '../../model/server-table.ts';

export interface BalancerServices {
  readonly config: LoadBalancingConfig;
  readonly cursors: FarmCursors;
  /** Orders ties where randomizeLBTies asks for it, the same number in every worker; null: configuration order. */
  readonly tieSeed: number | null;
  readonly clock: Clock;
  readonly random: Random;
  /** How the server variable of this name is read. */
  readVariable(name: string): (ctx: RequestContext) => string;
}
