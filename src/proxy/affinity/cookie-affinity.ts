// Client affinity by cookie: a client keeps the server that its first request was balanced to (arr.md 7.2, DESIGN 6).
import type { Clock } from '../../base/clock.ts';
import type { AffinityPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { AffinityConfig } from '../../model/farm-config.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { ResponseDraft } from '../../model/response-draft.ts';
import { Availability } from '../../model/server-state.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';
import type { BindingValues } from './binding-values.ts';
import { ConstantValues } from './constant-values.ts';
import { CookieScanner } from './cookie-scan.ts';
import { TimedValues } from './timed-values.ts';

/** Values of the cookie that are looked at in one request: clients have one or two, and each may cost a MAC. */
const MOST_VALUES = 8;

/**
 * The policy of one farm; null when the farm does not use a cookie.
 * @param servers the farm's compiled servers, each at its index
 * @param secret makes and checks values where `config.secret` is null
 */
export function compileCookieAffinity(
  config: AffinityConfig,
  farmName: string,
  servers: readonly Server[],
  secret: string,
  clock: Clock,
): AffinityPolicy | null {
  if (!config.useCookie) return null;
  const secrets = [config.secret ?? secret, ...config.previousSecrets];
  const constants = new ConstantValues(farmName, servers, secrets);
  const lifetimes = { idle: config.cookieIdleTimeout, total: config.cookieLifetime };
  const hasLifetime = lifetimes.idle !== null || lifetimes.total !== null;
  const values = hasLifetime ? new TimedValues(constants, secrets, lifetimes, clock) : constants;
  return new CookieAffinity(config, values);
}

class CookieAffinity implements AffinityPolicy {
  readonly name = 'cookie';
  readonly #cookieName: string;
  readonly #values: BindingValues;
  readonly #scanner: CookieScanner;
  readonly #flags: string;
  readonly #secureFlags: string;

  constructor(config: AffinityConfig, values: BindingValues) {
    this.#cookieName = config.cookieName;
    this.#values = values;
    this.#scanner = new CookieScanner(config.cookieName);
    this.#flags = flagsOf(config.sameSite, false);
    this.#secureFlags = flagsOf(config.sameSite, true);
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
      }
      value = this.#scanner.next();
    }
    return null;
  }

  bind(ctx: RequestContext, response: ResponseDraft): void {
    const { server } = ctx;
    if (server === null) return;
    if (ctx.affinity === 'kept') {
      if (wasMoved(ctx, server)) ctx.affinity = 'rebound';
      else if (!ctx.affinityRenewal) return;
    }
    const value = ctx.affinity === 'kept' ? this.#renewed(ctx, server) : this.#values.issue(server);
    const flags = ctx.connection.secure ? this.#secureFlags : this.#flags;
    response.addedLines += fieldLine('Set-Cookie', `${this.#cookieName}=${value}${flags}`);
  }

  /** Renewals are rare, so the value that find() accepted is looked for again, and kept nowhere between. */
  #renewed(ctx: RequestContext, server: Server): string {
    for (let value = this.#scanner.first(ctx.inbound); value !== null; value = this.#scanner.next()) {
      if (this.#values.read(value)?.server === server) return this.#values.renew(value, server);
    }
    return this.#values.issue(server);
  }
}

/** Draining servers keep their clients; unhealthy ones only where the farm disregards health (arr.md 7.2, 8.3, 8.4). */
function mayServe(server: Server, ctx: RequestContext): boolean {
  const { state } = server;
  return (state.healthy && state.availability !== Availability.Inactive) || ctx.candidates.includes(server);
}

/** Whether a retry answered from another server than the one the client was bound to, which was tried first. */
function wasMoved(ctx: RequestContext, server: Server): boolean {
  return ctx.attempts !== null && ctx.attempts.length > 0 && ctx.attempts[0]!.server !== server;
}

/**
 * Attributes of the cookie: host-only, and SameSite as DESIGN 6 has it. SameSite=None needs Secure on any listener,
 * or browsers drop the cookie: whoever writes it has TLS in front of us.
 */
function flagsOf(sameSite: AffinityConfig['sameSite'], secure: boolean): string {
  const chosen = sameSite ?? (secure ? 'None' : null);
  const security = secure || chosen === 'None' ? '; Secure' : '';
  return `; Path=/; HttpOnly${security}${chosen === null ? '' : `; SameSite=${chosen}`}`;
}
