// Server connections that belong to one client connection: with NTLM and Negotiate the server knows the user by the
// connection, so a pooled one would lend one user's identity to another (DESIGN 5).
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { Server } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { Availability } from '../../model/server-state.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import type { ServerConnection } from './server-connection.ts';

interface Pin {
  server: Server;
  connection: ServerConnection;
}

export class ConnectionPins {
  readonly #pins = new Map<ClientConnectionInfo, Pin>();

  /**
   * The server that the client's connection is pinned to; it wins over affinity and balancing. One that was stopped, or is in the farm no
   * more, loses the connection.
   */
  serverFor(ctx: RequestContext): Server | null {
    const pin = this.#usable(ctx);
    const farm = ctx.farm!;
    if (pin === null || pin.server.farmName !== farm.name) return null;
    const server = farm.servers.find(({ id }) => id === pin.server.id);
    if (server !== undefined && server.state.availability !== Availability.Inactive) return server;
    this.release(ctx.connection);
    return null;
  }

  connectionFor(ctx: RequestContext, server: Server): ServerConnection | null {
    const pin = this.#usable(ctx);
    const secure = ctx.outbound.scheme === 'https';
    return pin !== null && pin.server.id === server.id && pin.connection.secure === secure ? pin.connection : null;
  }

  /** Keeps `connection` for the client of `ctx` alone. */
  pin(ctx: RequestContext, server: Server, connection: ServerConnection): void {
    connection.takeBack();
    connection.served++;
    connection.pinned = true;
    const before = this.#pins.get(ctx.connection);
    if (before !== undefined && before.connection !== connection) before.connection.destroy();
    this.#pins.set(ctx.connection, { server, connection });
  }

  /** The client's connection is closed. */
  release(client: ClientConnectionInfo): void {
    if (this.#pins.size === 0) return;
    this.#pins.get(client)?.connection.destroy();
    this.#pins.delete(client);
  }

  #usable(ctx: RequestContext): Pin | null {
    if (this.#pins.size === 0) return null;
    const pin = this.#pins.get(ctx.connection);
    if (pin === undefined) return null;
    if (pin.connection.usable) return pin;
    this.#pins.delete(ctx.connection);
    return null;
  }
}

/** True when the user is authenticated for the connection, not for the request. */
export function authenticatesConnection(ctx: RequestContext, response: ResponseHead): boolean {
  if (ctx.inbound.has(FieldKind.authorization) && isConnectionScheme(ctx.inbound.fieldOfKind(FieldKind.authorization)))
    return true;
  return (
    response.status === 401 &&
    response.has(FieldKind.wwwAuthenticate) &&
    isConnectionScheme(response.fieldOfKind(FieldKind.wwwAuthenticate))
  );
}

/** Schemes whose servers know the user by the connection; Kerberos and Nego2 are older names of what Negotiate does. */
const CONNECTION_SCHEME = /(?:^|[,\s"])(?:NTLM|Negotiate|Nego2|Kerberos)(?:[\s,"]|$)/i;

function isConnectionScheme(value: string | undefined): boolean {
  return value !== undefined && CONNECTION_SCHEME.test(value);
}
