// Affinity by something that the client sends of itself, a header, a parameter or any server variable: the first request is balanced, and where
// it went is remembered.
import type { Balanced } from '../../model/balanced.ts';
import type { Server } from '../../model/farm.ts';
import type { AffinityConfig } from '../../model/farm-config.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { queryValue } from '../../wire/query.ts';
import { type BindingServices, FarmBindings } from './farm-bindings.ts';
import { mayServe, wasMoved } from './may-serve.ts';

/** What identifies the client; '' where the request has none of it. */
export type ClientKey<C = RequestContext> = (ctx: C) => string;

export function clientKey(
  { kind, name }: NonNullable<AffinityConfig['by']>,
  readVariable: (name: string) => ClientKey,
): ClientKey {
  if (kind === 'variable') return readVariable(name);
  if (kind === 'query') return ({ inbound }) => queryValue(inbound.path, name) ?? '';
  const field = name.toLowerCase();
  return ({ inbound }) => inbound.firstField(field) ?? '';
}

/** Of requests, or of connections. */
export class LearnedAffinity<C extends Balanced> {
  readonly name: string;
  readonly #key: ClientKey<C>;
  readonly #bindings: FarmBindings;

  /** @param servers the farm's compiled servers, each at its index; @param timeout idle life of a binding, ms */
  constructor(kind: string, key: ClientKey<C>, servers: readonly Server[], timeout: number, services: BindingServices) {
    this.name = kind;
    this.#key = key;
    this.#bindings = new FarmBindings(servers, timeout, services);
  }

  find(ctx: C): Server | null {
    const key = this.#key(ctx);
    const server = key === '' ? undefined : this.#bindings.find(key, ctx.client !== null);
    if (server === undefined || server === null) {
      ctx.affinity = server === undefined ? 'new' : 'gone';
      return null;
    }
    if (!mayServe(server, ctx)) {
      ctx.affinity = 'gone';
      ctx.boundServer = server;
      return null;
    }
    ctx.affinity = 'kept';
    return server;
  }

  bind(ctx: C): void {
    const { server } = ctx;
    if (server === null || ctx.client === null) return;
    const isKept = ctx.affinity === 'kept' && !wasMoved(ctx, server);
    if (isKept) return this.#bindings.noteServed(server);
    const key = this.#key(ctx);
    if (key === '') return;
    if (ctx.affinity === 'kept') ctx.affinity = 'rebound';
    this.#bindings.bind(key, server);
  }

  used(ctx: C): void {
    const key = this.#key(ctx);
    if (key !== '') this.#bindings.noteUse(key, ctx.server!);
  }
}
