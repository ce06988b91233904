// Actions that do something else than was surely meant (url-rewrite.md 11).
import type { RuleConfig } from '../../../model/config.ts';
import type { Warn } from './rule-lint.ts';

/** They bring the query along. {UNENCODED_URL} does too, and there it is not appended again (docs/decisions/0002). */
const WITH_QUERY = /\{\s*(REQUEST_URI|HTTP_URL|CACHE_URL)\s*\}/i;

export function lintAction({ action, conditions, serverVariables }: RuleConfig, warn: Warn): void {
  const { type, url, appendQueryString } = action;
  const isUrl = type === 'Rewrite' || type === 'Redirect';
  const name = WITH_QUERY.exec(url.split('?', 1)[0]!)?.[1];
  if (isUrl && appendQueryString && name !== undefined) {
    warn(
      ['action', 'url'],
      `{${name}} brings the query along, and appendQueryString adds it a second time`,
      'set appendQueryString: false, or write {URL}',
    );
  }
  const texts: [(string | number)[], string][] = [
    [['action', 'url'], url],
    ...conditions.add.map(({ input }, index): [(string | number)[], string] => [
      ['conditions', 'add', index, 'input'],
      input,
    ]),
    ...serverVariables.map(({ value }, index): [(string | number)[], string] => [
      ['serverVariables', index, 'value'],
      value,
    ]),
  ];
  for (const [at, text] of texts) {
    const response = /\{\s*(RESPONSE_[A-Z_]+)\s*\}/i.exec(text)?.[1];
    if (response !== undefined) {
      warn(at, `{${response}} is always empty here: there is no response yet`, 'read it in an outbound rule');
    }
  }
}
