// Settings of retries: what of a failed attempt is tried again, and how much of it a farm may afford.
import { z } from 'zod';
import { choice, duration, size, whole } from '../../base/setting.ts';

/** Failures that a request may be tried again after. */
const retryConditions = ['connect', 'lost', 'timeout', 'invalid', '502', '503', '504'] as const;

const budgetSchema = z
  .strictObject({
    percent: whole('Retries in percent of the requests of the last ten seconds.', 0, 1000).prefault(20),
    minPerSecond: whole('Retries per second that are always allowed.', 0, 100_000).prefault(10),
  })
  .meta({
    description:
      'Bounds retries for the whole process, so that they never make an outage worse. Where `on` is connect alone there is no budget: nothing was sent.',
  });

/** `farms.NAME.retry`. */
export const retrySchema = z
  .strictObject({
    attempts: whole('Attempts in all, each on another server. Default: 1 + protocol.retries.', 1, 21).optional(),
    on: z
      .array(
        z.preprocess(
          (written) => (typeof written === 'number' ? String(written) : written),
          choice('A failure.', retryConditions),
        ),
      )
      .meta({
        description:
          'Failures after which another server is tried. connect: no connection could be made, for any method. The others only for methods that may be repeated (RFC 9110 9.2.2): lost: the connection broke before a response; timeout: none came in time (see perTryTimeout); invalid: it could not be read; 502, 503, 504: that status.',
      })
      .prefault(['connect']),
    perTryTimeout: duration(
      'Time for one attempt to connect, and then to the head of its response. What runs out of it counts as timeout. 0: only protocol.timeout, which all attempts share.',
      {
        zeroIsOff: true,
      },
    ).prefault(0),
    bodyMemory: size('Bytes of a request body kept in memory, so that it can be sent again.').prefault('64KB'),
    bodyFile: size(
      'Further bytes of it kept in a file of the state directory; a longer one is not tried again once it was begun. 0: no file.',
    ).prefault(0),
    budget: budgetSchema.prefault({}),
  })
  .meta({ description: 'What is tried again after a failed attempt.' });
