// Settings of the access log.
import { z } from 'zod';
import { choice, text, whole } from '../../base/setting.ts';

/** `accessLog`. Absent: no access log. */
export const accessLogSchema = z
  .strictObject({
    path: text(
      'File of the log, or "-" for stderr. It holds addresses of clients and URLs with their queries: give it the rights and the life that personal data need.',
      { nonEmpty: true },
    ),
    format: choice('JSON lines, or the W3C extended format with the names of IIS.', ['json', 'w3c']).prefault('json'),
    requestHeaders: z
      .array(text('Name of a header.', { nonEmpty: true, trimmed: true }))
      .meta({ description: 'Request headers to log. Cookie and Authorization are redacted.' })
      .prefault([]),
    fields: z
      .array(text('Name of a field.', { nonEmpty: true, trimmed: true }))
      .meta({ description: "Fields of the W3C format. Default: IIS's own set and order." })
      .optional(),
    keep: whole('Number of rolled-over files to keep; 0 keeps all.', 0, 100_000).prefault(0),
  })
  .meta({ description: 'One line for each request. Absent: no access log.' });
