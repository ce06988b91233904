// Settings of the health tests (arr.md 8.1).
import { z } from 'zod';
import { duration, numberOrText, refuse, shown, text, whole } from '../../base/setting.ts';
import { parseCodeRanges } from '../../model/code-ranges.ts';

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
      if (written === '' || (written.startsWith('/') && !/[\s\x00-\x1f]/.test(written))) return written;
      if (/^https?:\/\//i.test(written) && URL.canParse(written)) return written;
      return refuse(
        ctx,
        written,
        `${shown(written)} is not a URL to test`,
        'write a path like /health, or an absolute http URL',
      );
    })
    .meta({ description: about });
}

/** `farms.NAME.healthCheck`. */
export const healthCheckSchema = z
  .strictObject({
    url: healthUrl(
      "Fetched from every server: a path from the server's own port by http, of an absolute URL the scheme, path, query and Host. Empty: no URL test. Let it test what requests need, and reveal nothing.",
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
  })
  .meta({ description: 'When a server is unhealthy and gets no requests.' });
