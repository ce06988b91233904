// Client affinity by cookie: a client keeps the server that its first request was balanced to (arr.md 7.2, DESIGN 6).
import type { AffinityPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { AffinityConfig } from '../../model/farm-config.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { ResponseDraft } from '../../model/response-draft.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';
import type { BindingValues } from './binding-values.ts';
import { ConstantValues } from './constant-values.ts';
import { CookieAttributes } from './cookie-attributes.ts';
import { CookieScanner } from './cookie-scan.ts';
import { type BindingServices, FarmBindings } from './farm-bindings.ts';
import { mayServe, wasMoved } from './may-serve.ts';
import { TimedValues } from './timed-values.ts';

/** Values of the cookie that are looked at in one request: clients have one or two, and each may cost a MAC. */
const MOST_VALUES = 8;

/**
 * The policy of one farm.
 * @param servers the farm's compiled servers, each at its index
 * @param secret makes and checks values where `config.secret` is null
 */
export function compileCookieAffinity(
  config: AffinityConfig,
  farmName: string,
  servers: readonly Server[],
  secret: string,
  services: BindingServices,
): AffinityPolicy {
  const secrets = [config.secret ?? secret, ...config.previousSecrets];
  const constants = new ConstantValues(farmName, servers, secrets, config.writesArrValue);
  const lifetimes = { idle: config.cookieIdleTimeout, total: config.cookieLifetime };
  const hasLifetime = lifetimes.idle !== null || lifetimes.total !== null;
  const values = hasLifetime ? new TimedValues(constants, secrets, lifetimes, services.clock) : constants;
  return new CookieAffinity(config, values, new FarmBindings(servers, config.timeout, services));
}

class CookieAffinity implements AffinityPolicy {
  readonly name = 'cookie';
  readonly #cookieName: string;
  readonly #values: BindingValues;
  readonly #scanner: CookieScanner;
  readonly #attributes: CookieAttributes;
  readonly #bindings: FarmBindings;

  constructor(config: AffinityConfig, values: BindingValues, bindings: FarmBindings) {
    this.#cookieName = config.cookieName;
    this.#values = values;
    this.#scanner = new CookieScanner(config.cookieName);
    this.#attributes = new CookieAttributes(config);
    this.#bindings = bindings;
  }

  /** Of several cookies of the name the first whose server may serve wins: else a client with two would flap. */
  find(ctx: RequestContext): Server | null {
    ctx.affinity = 'new';
    let value = this.#scanner.first(ctx.inbound);
    for (let tried = 0; value !== null && tried < MOST_VALUES; tried++) {
      const binding = this.#values.read(value);
      if (binding === null) {
        if (ctx.affinity === 'new') ctx.affinity = 'invalid';
      } else if (mayServe(binding.server, ctx)) {
        ctx.affinity = 'kept';
        ctx.affinityRenewal = binding.renew;
        return binding.server;
      } else {
        ctx.affinity = 'gone';
        ctx.boundServer ??= binding.server;
      }
      value = this.#scanner.next();
    }
    return null;
  }

  bind(ctx: RequestContext, response: ResponseDraft): void {
    const { server } = ctx;
    if (server === null) return;
    if (ctx.client !== null) this.#bindings.noteClient(ctx, server);
    if (ctx.affinity === 'kept') {
      if (wasMoved(ctx, server)) ctx.affinity = 'rebound';
      else if (!ctx.affinityRenewal) return;
    }
    const value = ctx.affinity === 'kept' ? this.#renewed(ctx, server) : this.#values.issue(server);
    const text = `${this.#cookieName}=${value}${this.#attributes.for(ctx)}`;
    response.addedLines += fieldLine('Set-Cookie', text);
  }

  used(ctx: RequestContext): void {
    this.#bindings.noteClientUse(ctx, ctx.server!);
  }

  /** Renewals are rare, so the value that find() accepted is looked for again, and kept nowhere between. */
  #renewed(ctx: RequestContext, server: Server): string {
    for (let value = this.#scanner.first(ctx.inbound); value !== null; value = this.#scanner.next()) {
      if (this.#values.read(value)?.server === server) return this.#values.renew(value, server);
    }
    return this.#values.issue(server);
  }
}
