// What extensions create, behind a guard: what they return is looked at, and what they throw ends no worker. The cost is
// theirs: nothing of this stands in the way of a router without extensions.
import type { Answer } from '../model/answer.ts';
import type { LoadBalancingPolicy, OutcomeSink, Stage } from '../model/extensions.ts';

export type OnFault = (error: unknown) => void;

/** Where a stage throws before a response has begun the request fails with it; onEnd comes too late for that. */
export function guardStage(name: string, stage: Stage, onFault: OnFault): Stage {
  return {
    name,
    ...(stage.onRequest && { onRequest: (ctx) => checked(name, stage.onRequest!(ctx)) }),
    ...(stage.onResponseHead && {
      onResponseHead: (ctx, response) => watched(stage.onResponseHead!(ctx, response), onFault),
    }),
    ...(stage.answersToo === true && { answersToo: true }),
    ...(stage.onError && { onError: (ctx, error) => checked(name, stage.onError!(ctx, error)) }),
    ...(stage.onEnd && { onEnd: (ctx) => contained(() => stage.onEnd!(ctx), onFault) }),
  };
}

export function guardSink(name: string, sink: OutcomeSink, onFault: OnFault): OutcomeSink {
  return { name, record: (ctx) => contained(() => sink.record(ctx), onFault) };
}

/** @returns a policy whose pick is one of the candidates, or throws */
export function guardBalancer(name: string, policy: LoadBalancingPolicy): LoadBalancingPolicy {
  return {
    name,
    pick(candidates, ctx) {
      const server = policy.pick(candidates, ctx);
      if (!candidates.includes(server)) throw new Error(`extension ${name} picked something that is no candidate`);
      return server;
    },
  };
}

type Returned = Answer | undefined;

/** A promise of any maker becomes one of ours: the journey knows them by that. */
function checked(name: string, returned: Returned | Promise<Returned>): Returned | Promise<Returned> {
  if (returned === undefined) return undefined;
  if (typeof (returned as Promise<Returned> | null)?.then !== 'function') return answerOf(name, returned as Answer);
  return Promise.resolve(returned).then((settled) => (settled === undefined ? undefined : answerOf(name, settled)));
}

function answerOf(name: string, value: Answer): Answer {
  if (value?.kind === 'answer' || value?.kind === 'abort') return value;
  throw new Error(`extension ${name} returned something that is no answer`);
}

/** Runs `act`; what it throws, at once or later, is told to `onFault`. */
function contained(act: () => unknown, onFault: OnFault): void {
  try {
    watched(act(), onFault);
  } catch (error) {
    onFault(error);
  }
}

/** Nobody waits for a promise that comes where none belongs; its failure is told all the same. */
function watched(returned: unknown, onFault: OnFault): void {
  if (returned instanceof Promise) returned.catch(onFault);
}
