// Settings of the outbound rules (url-rewrite.md 16): accepted as IIS has them.
import { z } from 'zod';
import { choice, flag, text, whole } from '../../base/setting.ts';
import { patternTimeLimit } from './schema.ts';

const syntax = () => choice('How patterns are read.', ['ECMAScript', 'Wildcard', 'ExactMatch']).prefault('ECMAScript');
const grouping = () =>
  choice('Whether all conditions must hold, or any.', ['MatchAll', 'MatchAny']).prefault('MatchAll');

const conditions = z
  .array(
    z.strictObject({
      input: text('What is tested, such as {RESPONSE_CONTENT_TYPE}.', { nonEmpty: true }),
      matchType: choice('Pattern is the only one here.', ['Pattern']).prefault('Pattern'),
      pattern: text('Pattern that the input must match.').prefault(''),
      ignoreCase: flag('Letter case does not count.').prefault(true),
      negate: flag('The condition holds when the pattern does not match.').prefault(false),
    }),
  )
  .meta({ description: 'The conditions, in order.' });

const TAGS = [
  'None',
  'A',
  'Area',
  'Base',
  'Form',
  'Frame',
  'Head',
  'IFrame',
  'Img',
  'Input',
  'Link',
  'Script',
  'CustomTags',
] as const;

const outboundRule = z.strictObject({
  name: text('Name of the rule; unique.', { nonEmpty: true, trimmed: true }),
  preCondition: text('Name of the precondition that the response must meet; empty: any.').prefault(''),
  enabled: flag('false: the rule is skipped.').prefault(true),
  patternSyntax: syntax(),
  patternTimeLimit: patternTimeLimit(),
  stopProcessing: flag('No further rule runs on a value that this one changed.').prefault(false),
  match: z
    .strictObject({
      filterByTags: z
        .array(choice('A tag of HTML.', TAGS))
        .meta({ description: 'Tags whose addresses are rewritten; none: the whole body.' })
        .prefault([]),
      customTags: text('Name of a collection of customTags.').prefault(''),
      serverVariable: text('RESPONSE_NAME: the rule is for that response header.').prefault(''),
      pattern: text('Pattern for the value.').prefault(''),
      occurrences: whole('Most matches that are rewritten; 0: all.', 0, 4_294_967_295).prefault(0),
      ignoreCase: flag('Letter case does not count.').prefault(true),
      negate: flag('The rule applies where the pattern does not match.').prefault(false),
    })
    .meta({ description: 'What the rule is for.' })
    .optional(),
  conditions: z
    .union([
      conditions,
      z.strictObject({
        logicalGrouping: grouping(),
        trackAllCaptures: flag('Keep the captures of all conditions for {C:n}.').prefault(true),
        add: conditions.prefault([]),
      }),
    ])
    .meta({ description: 'What must hold besides the pattern.' })
    .prefault([]),
  action: z
    .strictObject({
      type: choice('What the rule does.', ['None', 'Rewrite']).prefault('None'),
      value: text('New value; untrusted parts should go through {HtmlEncode:…}.').prefault(''),
      replace: flag('Overwrite a value that is there.').prefault(true),
    })
    .meta({ description: 'What happens to what matched.' })
    .prefault({}),
});

/** `outboundRules`. */
export const outboundRulesSchema = z
  .strictObject({
    rewriteBeforeCache: flag('Rewrite before a response is stored in the cache.').prefault(false),
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
            name: text('Name of the tag.', { nonEmpty: true }),
            attribute: text('Its attribute.', { nonEmpty: true }),
          }),
        ),
      )
      .meta({ description: 'Named collections of further tags and attributes.' })
      .prefault({}),
    rules: z.array(outboundRule).meta({ description: 'The rules, in order.' }).prefault([]),
  })
  .meta({ description: 'Rules that change responses.' });
