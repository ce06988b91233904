// Reverse rewrite: redirects and cookie domains that name the server or the farm come to name what the client asked for
// (arr.md 4.3; that an absolute URL of a third party is left alone is a departure, DESIGN 6).
import type { Farm } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { ResponseDraft } from '../../model/response-draft.ts';
import { hostName } from '../../wire/http1/authority.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';

const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

export class ReverseRewrite {
  readonly #ownNames: ReadonlySet<string>;
  readonly #anyHost: boolean;

  /** @param anyHost as ARR: absolute URLs of third parties too (compatibility: reverseRewrite) */
  constructor(farm: Farm, anyHost: boolean) {
    this.#anyHost = anyHost;
    this.#ownNames = new Set(
      farm.servers
        .flatMap(({ address, hostHeader, secureHostHeader }) => [
          address,
          hostHeader,
          secureHostHeader,
          hostOnly(hostHeader),
        ])
        .concat(farm.name),
    );
  }

  /** Edits Location, Content-Location and the domains of Set-Cookie in `draft`. */
  apply(ctx: RequestContext, draft: ResponseDraft): void {
    const { head } = draft;
    if (ctx.inbound.host === '') return;
    if (head.has(FieldKind.location)) this.#rewriteUrl(ctx, draft, 'location', FieldKind.location);
    if (head.has(FieldKind.contentLocation))
      this.#rewriteUrl(ctx, draft, 'content-location', FieldKind.contentLocation);
    if (head.has(FieldKind.setCookie)) this.#rewriteCookies(ctx, draft);
  }

  #rewriteUrl(ctx: RequestContext, draft: ResponseDraft, name: string, kind: FieldKind): void {
    const value = draft.head.fieldOfKind(kind) ?? '';
    const match = ABSOLUTE.exec(value);
    if (match === null || !this.#isOurs(match[1]!)) return;
    const scheme = ctx.connection.secure ? 'https' : 'http';
    draft.edit(name, `${scheme}://${ctx.inbound.host}${value.slice(match[0].length)}`);
  }

  #rewriteCookies(ctx: RequestContext, draft: ResponseDraft): void {
    const { head } = draft;
    const lines: string[] = [];
    let changed = false;
    for (let index = 0; index < head.fieldCount; index++) {
      if (head.kindAt(index) !== FieldKind.setCookie) continue;
      const value = head.valueAt(index);
      const rewritten = value.replace(/(;\s*domain=)(\.?)([^;\s]+)/i, (whole, key, dot, domain) =>
        this.#isOurs(domain) ? `${key}${dot}${hostOnly(ctx.inbound.host)}` : whole,
      );
      changed ||= rewritten !== value;
      lines.push(fieldLine('Set-Cookie', rewritten));
    }
    if (!changed) return;
    draft.edit('set-cookie', null);
    draft.addedLines += lines.join('');
  }

  #isOurs(host: string): boolean {
    const lower = host.toLowerCase();
    return this.#anyHost || this.#ownNames.has(lower) || this.#ownNames.has(hostOnly(lower));
  }
}

/** Without the port, and comparable. */
function hostOnly(authority: string): string {
  return hostName(authority).toLowerCase();
}
