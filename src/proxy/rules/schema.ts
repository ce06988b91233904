// Settings of the URL Rewrite rules (url-rewrite.md 3, 14, 16): IIS's own names and defaults.
import { z } from 'zod';
import { choice, duration, flag, refuse, text, whole } from '../../base/setting.ts';

const SYNTAXES = ['ECMAScript', 'Wildcard', 'ExactMatch'] as const;
const patternSyntax = () => choice('How patterns of the rule are read.', SYNTAXES).prefault('ECMAScript');
const name = (what: string) => text(`Name of the ${what}; unique.`, { nonEmpty: true, trimmed: true });

/** Looking whether a pattern can run away takes time that grows with its square. */
export const LONGEST_PATTERN = 8192;

const conditionSchema = z.strictObject({
  input: text(
    'What is tested, such as {HTTP_HOST}. Values of HTTP_* come from the client. IsFile and IsDirectory test {REQUEST_FILENAME} unless it is written.',
  ).prefault(''),
  matchType: choice('Pattern, or whether the input is an existing file or directory.', [
    'Pattern',
    'IsFile',
    'IsDirectory',
  ]).prefault('Pattern'),
  pattern: text('Pattern that the input must match.', { longest: LONGEST_PATTERN }).prefault(''),
  ignoreCase: flag('Letter case does not count.').prefault(true),
  negate: flag('The condition holds when the pattern does not match.').prefault(false),
});

const conditionList = z
  .array(conditionSchema)
  .max(1000, 'a rule has at most 1000 conditions')
  .meta({ description: 'The conditions, in order.' });
const logicalGrouping = () =>
  choice('Whether all conditions must hold, or any.', ['MatchAll', 'MatchAny']).prefault('MatchAll');

/** A list, or `{ logicalGrouping, trackAllCaptures, add }`; `trackAll` is the default of the second. */
function conditionsSchema(trackAll: boolean) {
  const whole = z.strictObject({
    logicalGrouping: logicalGrouping(),
    trackAllCaptures: flag(
      'Keep the captures of all conditions for {C:n}, not only of the last that matched.',
    ).prefault(trackAll),
    add: conditionList.prefault([]),
  });
  return z
    .union([conditionList.transform((add) => ({ ...whole.parse({}), add })), whole])
    .meta({ description: 'What must hold besides the pattern. None: the pattern decides.' });
}

const setVariable = z.strictObject({
  name: text('HTTP_NAME sets a request header, any other name a server variable.', { nonEmpty: true, trimmed: true }),
  value: text('New value; may use {R:n}, {C:n} and variables. Empty removes a header.').prefault(''),
  replace: flag('Overwrite a value that is there. false: set it only where there is none.').prefault(true),
});

const actionSchema = z
  .strictObject({
    type: choice('What the rule does.', ['None', 'Rewrite', 'Redirect', 'CustomResponse', 'AbortRequest']).prefault(
      'None',
    ),
    url: text(
      'Target of Rewrite and Redirect. http://FARM/… sends the request to that farm. A host taken from the request lets clients choose where it goes.',
      {
        trimmed: true,
      },
    ).prefault(''),
    appendQueryString: flag("Append the request's query to the target.").prefault(true),
    logRewrittenUrl: flag('Log the rewritten URL instead of the one received.').prefault(false),
    redirectType: choice('Status of a redirect: 301, 302, 303 or 307. Browsers keep a Permanent one.', [
      'Permanent',
      'Found',
      'SeeOther',
      'Temporary',
    ]).prefault('Permanent'),
    statusCode: customStatus().prefault(0),
    subStatusCode: whole('Sub-status of a CustomResponse; logged, not sent.', 0, 999).prefault(0),
    statusReason: text('Reason phrase of a CustomResponse.').prefault(''),
    statusDescription: text('Text in the body of a CustomResponse.').prefault(''),
  })
  .meta({ description: 'What happens to a request that matched. Absent: None.' });

/** Also of outbound rules and preconditions (docs/decisions/0005). */
export function patternTimeLimit() {
  return duration(
    'Narrows only: lets the rule keep a pattern that can run away. A match that takes longer fails its request alone, with 500.',
    { min: 1, max: 1000 },
  ).optional();
}

/** `vulnerablePatterns`. */
export const vulnerablePatternsSchema = choice(
  'Patterns that can run away: refuse them where their rule has no patternTimeLimit, or limit each match to 20ms. Files of IIS are limited.',
  ['refuse', 'limit'],
).prefault('refuse');

/** url-rewrite.md 3: 300 to 307 are not allowed; 0 stands for "not written". */
function customStatus() {
  return whole('Status of a CustomResponse; any but 300 to 307.', 0, 999).transform((code, ctx) => {
    if (code >= 300 && code <= 307)
      return refuse(ctx, code, `${code} cannot be a custom response`, 'use action type Redirect');
    return code === 0 || code >= 100 ? code : refuse(ctx, code, `${code} is not a status code`, 'expected 100 to 999');
  });
}

const ruleSchema = z.strictObject({
  name: name('rule'),
  enabled: flag('false: the rule is skipped.').prefault(true),
  patternSyntax: patternSyntax(),
  stopProcessing: flag('No further rule of this list runs after this one matched.').prefault(false),
  patternTimeLimit: patternTimeLimit(),
  match: z
    .strictObject({
      url: text(
        'Pattern for the path, without its leading slash. One that can run away is refused (see patternTimeLimit).',
        {
          nonEmpty: true,
          longest: LONGEST_PATTERN,
        },
      ),
      ignoreCase: flag('Letter case does not count.').prefault(true),
      negate: flag('The rule applies where the pattern does not match.').prefault(false),
    })
    .meta({ description: 'Which URLs the rule is for. Absent: all.' })
    .optional(),
  conditions: conditionsSchema(false).prefault([]),
  serverVariables: z.array(setVariable).meta({ description: 'Headers and variables to set.' }).prefault([]),
  action: actionSchema.prefault({}),
});

const ruleList = z.array(ruleSchema).meta({ description: 'The rules, in order.' });

const ruleSet = z.strictObject({
  useOriginalURLEncoding: flag(
    'Rules see the decoded path. false: {UNENCODED_URL} gives the URL as received, and what rules make of it is sent unencoded.',
  ).prefault(true),
  list: ruleList.prefault([]),
});

const inheritedRules = z.strictObject({
  ...ruleSet.shape,
  useOriginalURLEncoding: flag('As in `rules`. Default: as inherited.').optional(),
  clear: flag('Inherited rules do not run here.').prefault(false),
  remove: z.array(text('Name of a rule.')).meta({ description: 'Inherited rules that do not run here.' }).prefault([]),
});

/** `rules` of a site or of a location in it: a list, or `{ useOriginalURLEncoding, clear, remove, list }`. */
export const siteRulesSchema = z
  .union([ruleList.transform((list) => ({ ...inheritedRules.parse({}), list })), inheritedRules])
  .meta({ description: 'Rules that run after the global ones, inherited ones first (IIS rules).' });

/** `rules`: a list, or `{ useOriginalURLEncoding, list }`. */
export const rulesSchema = z
  .union([ruleList.transform((list) => ({ ...ruleSet.parse({}), list })), ruleSet])
  .meta({ description: 'URL Rewrite rules that every request runs through, in order (IIS globalRules).' });

/** `rewriteMaps`. */
export const rewriteMapsSchema = z
  .record(
    z.string(),
    z.strictObject({
      defaultValue: text('Value of a key that is not in the map.').prefault(''),
      ignoreCase: flag('Letter case of keys does not count.').prefault(true),
      entries: z
        .record(z.string(), text('Value of the key.'))
        .meta({ description: 'Keys and their values.' })
        .prefault({}),
    }),
  )
  .meta({ description: 'Named tables of keys and values, read in rules as {NAME:key}.' });

/** `providers`. */
export const providersSchema = z
  .record(
    z.string(),
    z.strictObject({
      type: text(
        'FileMapProvider, FileContainsProvider, or the name of an extension of kind rewriteProvider; a .NET type is known by its last name.',
        { nonEmpty: true, trimmed: true },
      ),
      settings: z
        .record(z.string(), text('Value of the setting.'))
        .meta({
          description:
            'FileMapProvider: FilePath, IgnoreCase (1), Separator (a tab unless written); FileContainsProvider: FilePath, IgnoreCase. A changed file is taken up like a change of this one.',
        })
        .prefault({}),
    }),
  )
  .meta({ description: 'Lookups that code makes, read in rules as {NAME:text}: from files, or from extensions.' });

/** `allowedServerVariables`. */
export const allowedServerVariablesSchema = z
  .array(text('Name of a server variable.', { nonEmpty: true, trimmed: true }))
  .meta({
    description:
      'Variables that the rules of a site may set; the rules here may set any. It bounds what the owner of a site can do to others.',
  });
