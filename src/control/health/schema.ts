// Settings of the health tests (arr.md 8.1).
import { z } from 'zod';
import { duration, flag, numberOrText, refuse, shown, text, whole } from '../../base/setting.ts';
import { parseCodeRanges } from '../../model/code-ranges.ts';
import { readTestUrl } from './test-url.ts';

const DAY = 86_400_000;

/** A list of status codes; ranges afterwards. */
function codeList(about: string) {
  const how = 'write codes and ranges, such as 200-399, 404 or 500-';
  return numberOrText(`expected a list of status codes: ${how}`)
    .transform((written, ctx) => {
      return parseCodeRanges(written) ?? refuse(ctx, written, `${shown(written)} is not a list of status codes`, how);
    })
    .meta({ description: about });
}

/** A path of the server, or an absolute URL. */
function healthUrl(about: string) {
  return z
    .string()
    .transform((written, ctx) => {
      const url = readTestUrl(written);
      if (url !== null) return url;
      return refuse(
        ctx,
        written,
        `${shown(written)} is not a URL to test`,
        'write a path like /health, an absolute http or https URL, or tcp: to connect only',
      );
    })
    .meta({ description: about });
}

const outlierSchema = z
  .strictObject({
    interval: duration('How often the failure rates of the servers are compared.', { max: DAY }).prefault('10s'),
    minRequests: whole('Requests within the interval below which a server is not judged.', 1, 1_000_000).prefault(20),
    failureRate: whole('Failures in percent below which no server is ejected.', 1, 100).prefault(50),
    deviations: z
      .number()
      .min(0.1)
      .max(10)
      .meta({ description: 'Standard deviations above the mean rate of the farm from which a server is an outlier.' })
      .prefault(1.9),
    ejectFor: duration(
      'How long a server is out; twice as long when it follows at once, then three times, at most ten.',
      {
        max: DAY,
      },
    ).prefault('30s'),
    mostEjected: whole('Most servers that are out at one time, in percent of the farm.', 1, 100).prefault(10),
  })
  .meta({
    description:
      'Takes out, for a while, a server that fails much more often than the others. `{}` has the defaults. Absent: off.',
  });

/** `farms.NAME.servers[n].healthCheck`: what of the farm's URL test is otherwise for one server. */
export const serverHealthCheckSchema = z
  .strictObject({
    url: healthUrl("In place of the farm's url; empty: no URL test of this server.").optional(),
    interval: duration("In place of the farm's.", { max: DAY, zeroIsOff: true }).optional(),
    timeout: duration("In place of the farm's.", { max: DAY }).optional(),
    retries: whole("In place of the farm's.", 0, 20).optional(),
    statusCodeMatch: codeList("In place of the farm's.").optional(),
    responseMatch: text("In place of the farm's.").optional(),
  })
  .meta({ description: "What of the farm's URL test is otherwise for this server." });

/** `farms.NAME.healthCheck`. */
export const healthCheckSchema = z
  .strictObject({
    url: healthUrl(
      "Fetched from every server: a path from the server's own port by http, of an absolute URL the scheme, path, query and Host. `tcp:` only connects. By https the certificate must be made out to the server's hostName, else its address. Empty: no URL test. Let it test what requests need, and reveal nothing.",
    ).prefault(''),
    interval: duration('Time between two tests of a server. 0: no URL test.', { max: DAY, zeroIsOff: true }).prefault(
      '30s',
    ),
    timeout: duration('A test whose response is not complete by then has failed.', { max: DAY }).prefault('30s'),
    retries: whole(
      'Further tests that must fail in a row after the first before a server is unhealthy.',
      0,
      20,
    ).prefault(3),
    rise: whole('Tests that must pass in a row before an unhealthy server is healthy again. ARR: 1.', 1, 100).prefault(
      1,
    ),
    jitter: whole(
      'Each interval is shorter or longer by up to so many percent, so that the tests of many servers and routers do not come at once.',
      0,
      50,
    ).prefault(0),
    onDemand: flag(
      'Test only while requests come: with none for an interval, tests stop, and the next request starts them again.',
    ).prefault(false),
    statusCodeMatch: codeList('Status codes that pass the URL test.').prefault('200-399'),
    responseMatch: text('Text that the body must contain, case counts; empty: any body.').prefault(''),
    liveTrafficFailureCodes: codeList(
      'Status codes of real responses that count as failures of their server.',
    ).prefault('500-'),
    maxLiveTrafficFailures: whole(
      'Failures of real requests within liveTrafficFailurePeriod that make a server unhealthy.',
      1,
      4_294_967_295,
    ).prefault(10),
    liveTrafficFailurePeriod: duration(
      'Window of the live-traffic test. 0: no live-traffic test. Without a URL test, only an operator brings a server back that it took out.',
      { max: DAY, zeroIsOff: true },
    ).prefault(0),
    minServers: whole(
      'With fewer healthy servers than this, health is disregarded and all servers get requests.',
      0,
      65_535,
    ).prefault(0),
    panicThreshold: whole(
      'With fewer healthy servers than this percentage, health is disregarded and all servers get requests. 0: off.',
      0,
      100,
    ).prefault(0),
    outlier: outlierSchema.optional(),
  })
  .meta({ description: 'When a server is unhealthy and gets no requests.' });
