// Which requests a level of a site refuses. Nothing has a default here: what is not written is inherited.
import { z } from 'zod';
import { editsShape, inheritedList } from '../../base/inherited-list.ts';
import { choice, flag, size, text } from '../../base/setting.ts';
import { sslFlags } from '../../model/level-settings.ts';

const LARGEST = 4_294_967_295;

const extension = () => text('Extension, such as .config.', { nonEmpty: true, trimmed: true });
const verb = () => text('Method, such as TRACE.', { nonEmpty: true, trimmed: true });
const urlSequence = () => text('Text.', { nonEmpty: true });

const requestLimitsSchema = z
  .strictObject({
    maxAllowedContentLength: size('Largest request body: 404.13. Default: no limit here (IIS: 30000000).', {
      max: LARGEST,
    }).optional(),
    maxUrl: size('Longest path, in bytes: 404.14. Default: limits.requestLine.', { max: LARGEST }).optional(),
    maxQueryString: size('Longest query, in bytes: 404.15. Default: limits.requestLine.', { max: LARGEST }).optional(),
    headerLimits: z
      .record(z.string(), size('Most bytes of its value: 404.10.', { max: LARGEST }))
      .meta({ description: 'Bounds for single request headers, by name.' })
      .optional(),
  })
  .meta({ description: 'Bounds on the size of a request.' });

/** `requestFiltering` of a level. */
export const requestFilteringSchema = z
  .strictObject({
    allowDoubleEscaping: flag(
      'Accept a path that decodes differently a second time, instead of answering 404.11. Servers that decode twice can then be reached past the rules. Default: false.',
    ).optional(),
    allowHighBitCharacters: flag('Accept paths with characters beyond ASCII; else 404.12. Default: true.').optional(),
    requestLimits: requestLimitsSchema.optional(),
    hiddenSegments: inheritedList(
      'Names of files and folders that are answered 404.8. IIS hides web.config, bin and the App_ folders.',
      text('A segment of a path.', { nonEmpty: true }),
      'A segment.',
    ).optional(),
    fileExtensions: z
      .strictObject({
        allowUnlisted: flag('false: only extensions that are allowed; else 404.7. Default: true.').optional(),
        allowed: inheritedList('Extensions that are accepted.', extension(), 'Extension.').optional(),
        denied: inheritedList('Extensions that are answered 404.7.', extension(), 'Extension.').optional(),
      })
      .meta({ description: 'Extensions in the path that are refused. IIS denies those of sources and configuration.' })
      .optional(),
    verbs: z
      .strictObject({
        allowUnlisted: flag('false: only methods that are allowed; else 404.6. Default: true.').optional(),
        allowed: inheritedList('Methods that are accepted.', verb(), 'Method.').optional(),
        denied: inheritedList('Methods that are answered 404.6.', verb(), 'Method.').optional(),
      })
      .meta({ description: 'Methods that are refused.' })
      .optional(),
    denyUrlSequences: inheritedList('Text that no path may hold: 404.5.', urlSequence(), 'Text.').optional(),
    denyQueryStringSequences: inheritedList('Text that no query may hold: 404.18.', urlSequence(), 'Text.').optional(),
    alwaysAllowedUrls: inheritedList(
      'Paths that denyUrlSequences does not concern.',
      text('Path, such as /a.', { nonEmpty: true }),
      'Path.',
    ).optional(),
  })
  .meta({ description: 'Which requests are refused outright.' });

/** `ipSecurity`. */
export const ipSecuritySchema = z
  .strictObject({
    allowUnlisted: flag('false: only clients that are listed as allowed. Default: true.').optional(),
    denyAction: choice('How the others are answered: 401, 403.6, 404, or not at all. Default: Forbidden.', [
      'AbortRequest',
      'Unauthorized',
      'Forbidden',
      'NotFound',
    ]).optional(),
    ...editsShape('Address, or ADDRESS/MASK.'),
    list: z
      .array(
        z.strictObject({
          ipAddress: text('Address; IPv6 may have a prefix length behind a slash.', { nonEmpty: true, trimmed: true }),
          subnetMask: text('Mask, or prefix length, such as 255.255.0.0. Default: this address alone.').optional(),
          allowed: flag('false: its clients are refused.').prefault(false),
        }),
      )
      .meta({ description: 'Addresses; the first that holds the client decides. Those of a deeper level stand first.' })
      .prefault([]),
  })
  .meta({
    description:
      'Which clients are served, by address: the peer, or the one that a trusted proxy names (trustedProxies).',
  });

const flags = z.array(choice('What is asked for.', sslFlags));

/** `access`: the flags are a list, or as IIS writes them: `Ssl, SslRequireCert`. */
export const accessSchema = z
  .strictObject({
    sslFlags: z
      .union([
        flags,
        z
          .string()
          .transform((written) => written.split(',').map((flag) => flag.trim()))
          .pipe(flags),
      ])
      .meta({
        description:
          'Ssl, Ssl128: requests that come without TLS are refused: 403.4. SslRequireCert: so are those without a certificate of the client: 403.7; its listener has to ask for them (tls.clientCertificates: optional). SslNegotiateCert, SslMapCert: refuse nobody. None: ends what is inherited. Default: None.',
      })
      .optional(),
  })
  .meta({ description: 'What of TLS this part of the site asks of requests.' });

/** `webSocket`. */
export const webSocketSchema = z
  .strictObject({ enabled: flag('false: an upgrade is not passed on. Default: true.').optional() })
  .meta({ description: 'WebSocket connections through this part of the site.' });
