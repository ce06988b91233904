// Settings of virtual servers: the keys that only tcp listeners have.
import { z } from 'zod';
import { duration, refuse, text, whole } from '../base/setting.ts';

const LONGEST_BEGINNING = 256;
const DAY = 86_400_000;

const NAME = /^(?:\*|(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*)$/i;

const serverName = z
  .string()
  .transform((written, ctx) => {
    if (!NAME.test(written))
      return refuse(
        ctx,
        written,
        `"${written}" is not a host name`,
        'write a.example.com, *.example.com, or * for any name',
      );
    return written.toLowerCase();
  })
  .meta({ description: 'A host name.' });

const beginning = z
  .string()
  .transform((written, ctx) => {
    if (written === '' || written.length > LONGEST_BEGINNING)
      return refuse(ctx, written, `expected 1 to ${LONGEST_BEGINNING} characters`);
    if (!/^[\u0000-\u00ff]*$/.test(written))
      return refuse(
        ctx,
        written,
        'a character here is one byte: it has one above U+00FF',
        'write bytes as "\\x16\\x03"',
      );
    return written;
  })
  .meta({ description: 'Bytes, each as a character up to U+00FF.' });

const list = <T extends z.ZodType>(item: T, about: string) => z.array(item).meta({ description: about }).prefault([]);

const poolSchema = z
  .strictObject({
    farm: text('The farm of such connections.', { nonEmpty: true }),
    serverNames: list(
      serverName,
      'Names that a TLS client may ask for (SNI): a.example.com, *.example.com for all names below, * for any name. TLS is not ended: the servers have the certificates.',
    ),
    protocols: list(
      text('Such as h2 or http/1.1.', { nonEmpty: true }),
      'Protocols of which a TLS client offers one (ALPN).',
    ),
    firstBytes: list(beginning, 'Beginnings of which the connection has one, such as "SSH-".'),
  })
  .meta({
    description:
      'A farm for connections that begin so: with firstBytes, or with a ClientHello that fits both serverNames and protocols.',
  });

const connectionRateSchema = z
  .strictObject({
    connections: whole('So many connections.', 1, 100_000),
    within: duration('In so much time.', { min: 1000, max: 3_600_000 }).prefault('10s'),
  })
  .meta({
    description:
      'New connections of one source address, for the whole process; of IPv6 the /64 network is one source. Those beyond it are reset.',
  });

const limitsSchema = z
  .strictObject({
    connections: whole(
      'Connections of this listener at one time, for the whole process; those beyond it are reset. 0: only limits.connections, which counts them too.',
      0,
      1_000_000,
    ).prefault(0),
    connectionRate: connectionRateSchema.optional(),
    idleTimeout: duration('A connection on which nothing passes in either direction for so long is broken off.', {
      max: 24 * DAY,
    }).prefault('5m'),
    firstBytesTimeout: duration(
      'Time for the first bytes, where pools or a PROXY header need them. A client that has said nothing by then goes to farm: it may wait for the server to speak first.',
    ).prefault('5s'),
  })
  .meta({ description: 'Bounds on what clients of a tcp listener may take.' });

/** Keys of `listeners.NAME` for `protocol: tcp`. */
export const virtualServerShape = {
  farm: text('The farm that a tcp listener passes its connections to, where no pool fits. Absent: those are closed.', {
    nonEmpty: true,
  }).optional(),
  pools: z
    .array(poolSchema)
    .meta({
      description: 'Farms of a tcp listener by the first bytes of a connection; the first pool that fits is taken.',
    })
    .optional(),
  limits: limitsSchema.optional(),
};

/** What holds where `limits` is not written. */
export const virtualServerLimits = limitsSchema;
