// requestFiltering of one level, compiled: what it refuses, with the sub-statuses of IIS.
import type { RequestFilteringConfig } from '../../model/level-settings.ts';
import { Choice, NameFilter } from '../../model/name-filter.ts';
import { bodyTooLong, ProxyError } from '../../model/proxy-error.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import { pathEnd } from '../../wire/target.ts';

const BEYOND_ASCII = /[^\x00-\x7f]/;

export class RequestFilter {
  readonly #config: RequestFilteringConfig;
  readonly #verbs: Choice;
  readonly #names: NameFilter;
  readonly #alwaysAllowed: ReadonlySet<string>;

  constructor(config: RequestFilteringConfig) {
    this.#config = config;
    this.#verbs = new Choice(config.verbs);
    this.#names = new NameFilter(config);
    this.#alwaysAllowed = new Set(config.alwaysAllowedUrls);
  }

  /**
   * Looks at a request as it came.
   * @param path decoded
   * @throws ProxyError with 404 and a sub-status that says what is refused
   */
  check(head: RequestHead, path: string): void {
    const { method, path: target } = head;
    const end = pathEnd(target);
    const query = target.slice(end + 1);
    this.#checkSizes(head, end, query.length);
    if (!this.#verbs.allows(method.toLowerCase()))
      throw new ProxyError('verbDenied', `method ${method} is not allowed (requestFiltering.verbs)`);
    this.#checkSequences(path.toLowerCase(), target.slice(0, end).toLowerCase());
    this.#checkQuery(query);
    if (!this.#config.allowHighBitCharacters && BEYOND_ASCII.test(path))
      throw new ProxyError('highBitDenied', 'the path holds characters beyond ASCII (allowHighBitCharacters)');
    this.#names.check(path);
  }

  /** Most bytes of a body. */
  get bodyLimit(): number {
    return this.#config.maxAllowedContentLength;
  }

  #checkSizes(head: RequestHead, urlLength: number, queryLength: number): void {
    const { maxAllowedContentLength, maxUrl, maxQueryString, headerLimits } = this.#config;
    if (head.contentLength > maxAllowedContentLength) throw bodyTooLong(maxAllowedContentLength);
    if (urlLength > maxUrl)
      throw new ProxyError('urlTooLong', `the path is longer than ${maxUrl} bytes (${LIMITS}.maxUrl)`);
    if (queryLength > maxQueryString)
      throw new ProxyError(
        'queryTooLong',
        `the query is longer than ${maxQueryString} bytes (${LIMITS}.maxQueryString)`,
      );
    for (const [name, bytes] of headerLimits) {
      if ((head.field(name)?.length ?? 0) > bytes)
        throw new ProxyError('headerTooLong', `header ${name} is longer than ${bytes} bytes (${LIMITS}.headerLimits)`);
    }
  }

  /** A sequence is looked for in the path as it came, too: `%2e` can be one. */
  #checkSequences(path: string, raw: string): void {
    const { denyUrlSequences } = this.#config;
    if (denyUrlSequences.length === 0 || this.#alwaysAllowed.has(path)) return;
    const found = denyUrlSequences.find((sequence) => path.includes(sequence) || raw.includes(sequence));
    if (found !== undefined)
      throw new ProxyError('urlSequenceDenied', `the path holds "${found}" (requestFiltering.denyUrlSequences)`);
  }

  #checkQuery(query: string): void {
    const { denyQueryStringSequences } = this.#config;
    if (denyQueryStringSequences.length === 0 || query === '') return;
    const texts = [query.toLowerCase(), decoded(query).toLowerCase()];
    const found = denyQueryStringSequences.find((sequence) => texts.some((text) => text.includes(sequence)));
    if (found !== undefined)
      throw new ProxyError(
        'querySequenceDenied',
        `the query holds "${found}" (requestFiltering.denyQueryStringSequences)`,
      );
  }
}

const LIMITS = 'requestFiltering.requestLimits';

function decoded(query: string): string {
  const spaced = query.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}
