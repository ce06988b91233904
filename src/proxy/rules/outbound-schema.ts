// Settings of the outbound rules (url-rewrite.md 16): IIS's own names and defaults.
import { z } from 'zod';
import { choice, flag, text, whole } from '../../base/setting.ts';
import { tagFilters } from '../../model/outbound-config.ts';
import { LONGEST_PATTERN, patternTimeLimit } from './schema.ts';

const syntax = () => choice('How patterns are read.', ['ECMAScript', 'Wildcard', 'ExactMatch']).prefault('ECMAScript');
const grouping = () =>
  choice('Whether all conditions must hold, or any.', ['MatchAll', 'MatchAny']).prefault('MatchAll');

const conditions = z
  .array(
    z.strictObject({
      input: text('What is tested, such as {RESPONSE_CONTENT_TYPE}.', { nonEmpty: true }),
      matchType: choice('Pattern is the only one here.', ['Pattern']).prefault('Pattern'),
      pattern: text('Pattern that the input must match.', { longest: LONGEST_PATTERN }).prefault(''),
      ignoreCase: flag('Letter case does not count.').prefault(true),
      negate: flag('The condition holds when the pattern does not match.').prefault(false),
    }),
  )
  .meta({ description: 'The conditions, in order.' });

const wholeConditions = z.strictObject({
  logicalGrouping: grouping(),
  trackAllCaptures: flag('Keep the captures of all conditions for {C:n}.').prefault(true),
  add: conditions.prefault([]),
});

/** A list, or `{ logicalGrouping, trackAllCaptures, add }`. */
const conditionsSchema = z
  .union([conditions.transform((add) => ({ ...wholeConditions.parse({}), add })), wholeConditions])
  .meta({ description: 'What must hold besides the pattern.' });

const tagList = z.array(choice('A tag of HTML.', tagFilters));

/** A list, or as IIS writes it: `A, Form, Img`. */
const filterByTags = z
  .union([
    tagList,
    z
      .string()
      .transform((written) => written.split(',').map((tag) => tag.trim()))
      .pipe(tagList),
  ])
  .meta({ description: 'Tags whose addresses are rewritten, also as text: A, Form, Img. None: the whole body.' })
  .prefault([]);

const outboundRule = z.strictObject({
  name: text('Name of the rule; unique.', { nonEmpty: true, trimmed: true }),
  preCondition: text('Name of the precondition that the response must meet; empty: any.').prefault(''),
  enabled: flag('false: the rule is skipped.').prefault(true),
  patternSyntax: syntax(),
  patternTimeLimit: patternTimeLimit(),
  stopProcessing: flag('No further rule runs on a value that this one changed.').prefault(false),
  match: z
    .strictObject({
      filterByTags,
      customTags: text('Name of a collection of customTags.').prefault(''),
      serverVariable: text(
        'RESPONSE_NAME: the rule is for that response header. Another name: for that variable of the request.',
      ).prefault(''),
      pattern: text('Pattern for the value.', { longest: LONGEST_PATTERN }).prefault(''),
      occurrences: whole('Most matches that are rewritten; 0: all.', 0, 4_294_967_295).prefault(0),
      ignoreCase: flag('Letter case does not count.').prefault(true),
      negate: flag('The rule applies where the pattern does not match.').prefault(false),
    })
    .meta({ description: 'What the rule is for.' })
    .optional(),
  conditions: conditionsSchema.prefault([]),
  action: z
    .strictObject({
      type: choice('What the rule does.', ['None', 'Rewrite']).prefault('None'),
      value: text('New value; untrusted parts should go through {HtmlEncode:…}.').prefault(''),
      replace: flag('Overwrite a value that is there.').prefault(true),
    })
    .meta({ description: 'What happens to what matched.' })
    .prefault({}),
});

const shape = {
  rewriteBeforeCache: flag(
    'Rewrite before a response is stored in the cache. Bodies that come in chunks are then left alone.',
  ).prefault(false),
  preConditions: z
    .record(
      z.string(),
      z.strictObject({
        logicalGrouping: grouping(),
        patternSyntax: syntax(),
        patternTimeLimit: patternTimeLimit(),
        add: conditions.prefault([]),
      }),
    )
    .meta({ description: 'Named tests of a response, made once for each.' })
    .prefault({}),
  customTags: z
    .record(
      z.string(),
      z.array(
        z.strictObject({
          name: text('Name of the tag.', { nonEmpty: true, trimmed: true }),
          attribute: text('Its attribute.', { nonEmpty: true, trimmed: true }),
        }),
      ),
    )
    .meta({ description: 'Named collections of further tags and attributes.' })
    .prefault({}),
  rules: z.array(outboundRule).meta({ description: 'The rules, in order.' }).prefault([]),
};

/** `outboundRules`. */
export const outboundRulesSchema = z.strictObject(shape).meta({ description: 'Rules that change responses.' });

/** `outboundRules` of a site or of a location in it. */
export const siteOutboundRulesSchema = z
  .strictObject({
    ...shape,
    rewriteBeforeCache: flag('As in `outboundRules`. Default: as inherited.').optional(),
    clear: flag('Inherited rules do not run here.').prefault(false),
    remove: z
      .array(text('Name of a rule.'))
      .meta({ description: 'Inherited rules that do not run here.' })
      .prefault([]),
  })
  .meta({ description: 'Rules that change responses, inherited ones first.' });
