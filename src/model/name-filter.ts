// Which names in a path are refused: hidden segments and extensions of requestFiltering. A request is looked at as it
// came, and a file once more when it is found: a rule may have led to it.
import { extensionOf } from '../base/extension-of.ts';
import type { AllowedAndDenied, RequestFilteringConfig } from './level-settings.ts';
import { ProxyError } from './proxy-error.ts';

export class NameFilter {
  readonly #hidden: ReadonlySet<string>;
  readonly #extensions: Choice;

  constructor({ hiddenSegments, fileExtensions }: RequestFilteringConfig) {
    this.#hidden = new Set(hiddenSegments.map(fold));
    this.#extensions = new Choice(fileExtensions);
  }

  /** @param path decoded. @throws ProxyError segmentHidden (404.8), extensionDenied (404.7) */
  check(path: string): void {
    const segments = fold(path).split('/');
    const hidden = segments.find((segment) => this.#hidden.has(segment) || this.#hidden.has(plain(segment)));
    if (hidden !== undefined)
      throw new ProxyError('segmentHidden', `"${hidden}" in the path is hidden (requestFiltering.hiddenSegments)`);
    const extension = extensionOf(segments.findLast((segment) => segment !== '') ?? '');
    if (this.#extensions.allows(extension)) return;
    const reason = `paths that end in ${extension} are refused (requestFiltering.fileExtensions)`;
    throw new ProxyError('extensionDenied', reason);
  }
}

/** Letters that a disk may take for one: `ﬁ` is `fi` on those of macOS. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/** The file that this would be a compressed neighbour of: whoever compresses all files of a site has made one of web.config, too. */
function plain(segment: string): string {
  return segment.replace(/\.(?:gz|br|zst)$/, '');
}

/** A collection of IIS whose members are allowed or denied. */
export class Choice {
  readonly #allowed: ReadonlySet<string>;
  readonly #denied: ReadonlySet<string>;
  readonly #allowUnlisted: boolean;

  constructor({ allowed, denied, allowUnlisted }: AllowedAndDenied) {
    this.#allowed = new Set(allowed);
    this.#denied = new Set(denied);
    this.#allowUnlisted = allowUnlisted;
  }

  /** @param name in lower case */
  allows(name: string): boolean {
    return !this.#denied.has(name) && (this.#allowUnlisted || this.#allowed.has(name));
  }
}
