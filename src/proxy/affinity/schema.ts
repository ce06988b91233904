// Settings of affinity: what ties a client, or a host name, to a server (arr.md 7.1).
import { z } from 'zod';
import { choice, duration, flag, refuse, shown, text, whole } from '../../base/setting.ts';

const DAY = 86_400_000;
const HOST_PROVIDERS = ['HostNameRoundRobin', 'HostNameMemory'] as const;

const hostSchema = z.strictObject({
  name: text('Host name.', { nonEmpty: true, trimmed: true }),
  servers: whole('Servers set aside for it.', 1, 256).prefault(1),
  equivalentHosts: z
    .array(text('Host name.', { nonEmpty: true }))
    .meta({ description: 'Other names that share its servers.' })
    .prefault([]),
});

/** How a client is recognised. */
const clientShape = {
  useCookie: flag(
    'Tie each client to a server by a cookie. Clients that refuse cookies are balanced each time.',
  ).prefault(false),
  cookieName: text(
    'Name of that cookie. Where two farms have one name, each farm after the first uses NAME_FARM, so that they do not overwrite each other.',
    { nonEmpty: true, trimmed: true },
  ).prefault('ARRAffinity'),
  secret: text(
    'Key of the cookie values, at least 16 characters. Absent: made once and kept in stateDirectory. Several routers in front of one farm need the same one. Take it from ${ENV} or ${file:PATH}.',
    { secret: true },
  ).optional(),
  previousSecrets: z
    .array(text('A key used before.', { secret: true }))
    .meta({ description: 'Keys whose cookies are still honoured, for changing `secret` without logging anyone out.' })
    .prefault([]),
  cookieIdleTimeout: duration('A cookie not sent for this long no longer counts. Absent: no limit.', {
    max: 400 * DAY,
  }).optional(),
  cookieLifetime: duration('A cookie older than this no longer counts. Absent: no limit, a session cookie.', {
    max: 400 * DAY,
  }).optional(),
  sameSite: choice(
    'SameSite of the cookie. Absent: on TLS `Secure; SameSite=None`, on plain HTTP none: the cookie grants no rights, and a sign-in posted from another site must reach its server.',
    ['Strict', 'Lax', 'None'],
  ).optional(),
  by: choice('What identifies a client. `variable` takes the server variable that `name` gives.', [
    'cookie',
    'header',
    'query',
    'variable',
  ]).prefault('cookie'),
  name: text('The header, query parameter or server variable that `by` refers to.', { nonEmpty: true }).optional(),
  mostBindings: whole(
    'Clients that are remembered, in memory that all workers share (20 bytes each); those not seen for the longest go first. By header, query or variable they lose their binding with that; with a cookie they are only counted, to show whom a drain waits for.',
    1024,
    4_194_304,
  ).prefault(65_536),
  whenServerGone: choice(
    'What becomes of a client whose server takes no requests: another server, waiting for it (waitTimeout), or refusal (503).',
    ['redistribute', 'wait', 'refuse'],
  ).prefault('redistribute'),
  waitTimeout: duration('With `wait`: how long a request waits for its server before it is given another.', {
    max: DAY,
  }).prefault('10s'),
  cookiePath: text('Path of the cookie.', { nonEmpty: true, trimmed: true }).prefault('/'),
  partitioned: flag(
    'Partitioned (CHIPS): a site that embeds this one has a cookie, and so a server, of its own. It brings Secure with it.',
  ).prefault(false),
  ignoreSubDomainClientAffinity: flag(
    'Scope the cookie to the parent domain. Every other site under that domain then receives it.',
  ).prefault(false),
  ignoreSubDomainFragmentDepth: whole(
    'Labels kept from the right: 2 makes contoso.com of a.b.contoso.com.',
    0,
    32_767,
  ).prefault(2),
};

/** Host-name affinity, for shared hosting. */
const hostNameShape = {
  useHostName: flag('Send all requests for one host name to the same server, whoever the client is.').prefault(false),
  hostAffinityProvider: z
    .string()
    .transform((written, ctx) => {
      const name = written.replace(/^Microsoft\.Web\.Arr\./i, '').toLowerCase();
      const found = HOST_PROVIDERS.find((provider) => provider.toLowerCase() === name);
      return (
        found ?? refuse(ctx, written, `${shown(written)} is not known here`, `expected ${HOST_PROVIDERS.join(' or ')}`)
      );
    })
    .meta({
      description:
        'Which server a new host name gets: the next in turn, or the one with most free memory, which the header X-Narrows-Memory-Available (bytes) of its answer to the URL test says. ARR writes Microsoft.Web.Arr. before the name.',
      enum: [...HOST_PROVIDERS],
    })
    .prefault('HostNameRoundRobin'),
  useExternalCache: flag('Share the host mappings with other routers.').prefault(false),
  hostCountersEnabled: flag('Keep statistics for each host name.').prefault(true),
  ignoreSubDomain: flag('Treat the sub-domains of a domain as one host name.').prefault(false),
  hosts: z
    .array(hostSchema)
    .meta({ description: 'Host names that need more than one server, or share one.' })
    .prefault([]),
};

/** `farms.NAME.affinity`. */
export const affinitySchema = z
  .strictObject({
    ...clientShape,
    ...hostNameShape,
    timeout: duration('Idle life of a host mapping, and of the bindings that keep a draining server busy.', {
      max: 30 * DAY,
    }).prefault('20m'),
    useServerProvider: flag('Let an extension choose the server.').prefault(false),
    serverProviderImage: text('That extension.').prefault(''),
  })
  .meta({ description: 'Which client or host name stays with which server.' });
