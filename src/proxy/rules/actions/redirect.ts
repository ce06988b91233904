// Redirect: the client is sent elsewhere (url-rewrite.md 10 and 11).
import { type LocalAnswer, redirectAnswer } from '../../../model/answer.ts';
import type { ActionConfig } from '../../../model/config.ts';
import { htmlEncode } from '../expressions/functions.ts';
import type { Part } from '../expressions/part.ts';
import type { RuleRun } from '../rule-run.ts';
import { encodeOnce, encodeQuery, joinQueries } from '../url-text.ts';
import { ownOrigin } from '../variables/server-variables.ts';
import type { Action } from './action.ts';

const STATUS: Record<ActionConfig['redirectType'], number> = {
  Permanent: 301,
  Found: 302,
  SeeOther: 303,
  Temporary: 307,
};
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i;

export class Redirect implements Action {
  readonly #url: Part;
  readonly #status: number;
  readonly #append: boolean;
  readonly #base: string;

  /** @param base what a URL without a leading slash is relative to */
  constructor(url: Part, type: ActionConfig['redirectType'], append: boolean, base: string) {
    this.#url = url.inUrl();
    this.#status = STATUS[type];
    this.#append = append;
    this.#base = base;
  }

  perform(run: RuleRun): LocalAnswer {
    const location = run.made(this.#location(this.#url.expand(run), run), 'Location');
    const shown = htmlEncode(location);
    return redirectAnswer(this.#status, location, `Moved to <a href="${shown}">${shown}</a></p>`);
  }

  /** Escapes that are written in the URL are kept; a query of the request goes before a fragment of the rule. */
  #location(url: string, run: RuleRun): string {
    const [beforeHash, ...fragments] = url.split('#');
    const fragment = fragments.length === 0 ? '' : `#${encodeQuery(fragments.join('%23'))}`;
    const mark = beforeHash.indexOf('?');
    const own = mark === -1 ? '' : encodeQuery(beforeHash.slice(mark + 1));
    const query = this.#append ? joinQueries(own, run.query) : own;
    const absolute = absoluteUrl(mark === -1 ? beforeHash : beforeHash.slice(0, mark), this.#base, run);
    return absolute + (query === '' ? '' : `?${query}`) + fragment;
  }
}

/** `url` without query; a relative one is made absolute on the request's own scheme and host. */
function absoluteUrl(url: string, base: string, run: RuleRun): string {
  const start = ABSOLUTE.exec(url)?.[0];
  if (start !== undefined) return encodeQuery(start) + encodeOnce(url.slice(start.length));
  return ownOrigin(run) + encodeOnce(url.startsWith('/') ? url : base + url);
}
