// What of a request is hashed: server variables, parameters of the query, or the URL (arr.md 6.2, 6.3).
import type { Balanced } from '../../model/balanced.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { queryValue } from '../../wire/query.ts';
import { pathEnd } from '../../wire/target.ts';
import type { BalancerServices } from './balancer-services.ts';

/** The text to hash; null where there is none of it: then weighted round robin balances. */
export type HashInput<C> = (ctx: C) => string | null;

export function compileHashInput({ config, readVariable }: BalancerServices): HashInput<RequestContext> {
  const { hashServerVariables, queryStringNames, hashesQueryString } = config;
  const [only, ...others] = hashServerVariables;
  if (only === undefined) return (ctx) => urlOf(ctx, hashesQueryString);
  if (only.toUpperCase() === 'QUERY_STRING' && others.length === 0 && queryStringNames.length > 0) {
    return (ctx) => valuesOf(ctx, queryStringNames);
  }
  const readers = hashServerVariables.map(readVariable);
  return (ctx) => readers.map((read) => read(ctx)).join('') || null;
}

/** Of a connection of a virtual server; null on a Unix socket. The same as REMOTE_ADDR of a request. */
export function clientAddressOf({ clientAddress }: Balanced): string | null {
  return clientAddress || null;
}

/** Lower-case host and path, as the rules left them. */
function urlOf({ inbound, outbound }: RequestContext, withQuery: boolean): string {
  const { target } = outbound;
  return (inbound.host + (withQuery ? target : target.slice(0, pathEnd(target)))).toLowerCase();
}

/** In the order of `names`, without anything between; those that are missing are empty. */
function valuesOf({ outbound }: RequestContext, names: readonly string[]): string | null {
  return names.map((name) => queryValue(outbound.target, name) ?? '').join('') || null;
}
