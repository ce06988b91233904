// system.webServer/rewrite, as the module's own schema has it (url-rewrite.md 3, 14, 15, 16).
import { tagFilters } from '../../model/outbound-config.ts';
import {
  type CollectionRule,
  choice,
  type ElementRule,
  flag,
  LARGEST_UINT,
  name,
  passedOver,
  text,
  whole,
} from './element-rule.ts';

/** Of collections whose items are looked up by name. */
const HIDES = 'those of levels above stay, unless one here has their name';

const syntax = () => choice(['ECMAScript', 'Wildcard', 'ExactMatch']);
const grouping = () => choice(['MatchAll', 'MatchAny']);

function conditions(matchTypes: readonly string[]): CollectionRule {
  const add: ElementRule = {
    attributes: { input: text(), matchType: choice(matchTypes), pattern: text(), ignoreCase: flag(), negate: flag() },
    hints: {
      type: 'write matchType="…": a condition has no attribute type',
      patternSyntax: 'write it on the rule: it holds for all its patterns',
    },
  };
  return { items: { add }, edits: 'none', as: { form: 'list', key: 'add', bare: true } };
}

const conditionsOf = (matchTypes: readonly string[]): ElementRule => ({
  attributes: { logicalGrouping: grouping(), trackAllCaptures: flag() },
  collection: conditions(matchTypes),
});

const serverVariables: ElementRule = {
  collection: {
    items: { set: { attributes: { name: name(), value: text(), replace: flag() } } },
    keys: ['name'],
    edits: 'none',
    as: { form: 'list', key: '', bare: true },
  },
};

function action(isGlobal: boolean): ElementRule {
  return {
    attributes: {
      type: choice(['None', 'Rewrite', 'Redirect', 'CustomResponse', 'AbortRequest']),
      url: text({ trimmed: true }),
      appendQueryString: flag(),
      ...(isGlobal ? {} : { logRewrittenUrl: flag() }),
      redirectType: choice(['Permanent', 'Found', 'SeeOther', 'Temporary']),
      statusCode: { value: { kind: 'whole', min: 1, max: 999, not: [300, 307] } },
      subStatusCode: whole(0, 999),
      statusReason: text(),
      statusDescription: text(),
    },
    hints: {
      statusLine: 'write statusReason="…"',
      responseLine: 'write statusDescription="…"',
      logRewrittenUrl: 'only rules of a site have it',
    },
  };
}

/** `rules` and `globalRules`: two attributes differ. */
function inboundRules(isGlobal: boolean): ElementRule {
  const matchTypes = isGlobal ? ['Pattern'] : ['Pattern', 'IsFile', 'IsDirectory'];
  const rule: ElementRule = {
    attributes: { name: name(), enabled: flag(), patternSyntax: syntax(), stopProcessing: flag() },
    parts: {
      match: { attributes: { url: text({ nonEmpty: true }), ignoreCase: flag(), negate: flag() } },
      conditions: conditionsOf(matchTypes),
      serverVariables,
      action: action(isGlobal),
    },
  };
  return {
    key: 'rules',
    attributes: { useOriginalURLEncoding: flag() },
    collection: { items: { rule }, keys: ['name'], as: { form: 'flatList', key: 'list', bare: true } },
  };
}

const outboundRule: ElementRule = {
  attributes: {
    name: name(),
    preCondition: text(),
    enabled: flag(),
    patternSyntax: syntax(),
    stopProcessing: flag(),
  },
  parts: {
    match: {
      attributes: {
        filterByTags: { value: { kind: 'words', words: [...tagFilters] } },
        customTags: text(),
        serverVariable: text(),
        pattern: text(),
        occurrences: whole(0, LARGEST_UINT),
        ignoreCase: flag(),
        negate: flag(),
      },
    },
    conditions: conditionsOf(['Pattern']),
    action: { attributes: { type: choice(['None', 'Rewrite']), value: text(), replace: flag() } },
  },
};

const preCondition: ElementRule = {
  attributes: { name: name(), logicalGrouping: grouping(), patternSyntax: syntax() },
  collection: { ...conditions(['Pattern']), as: { form: 'list', key: 'add' } },
};

const tags: ElementRule = {
  attributes: { name: name() },
  collection: {
    items: { tag: { attributes: { name: text({ required: true }), attribute: text({ required: true }) } } },
    keys: ['name', 'attribute'],
    local: true,
    as: { form: 'list', key: '', bare: true },
  },
};

const outboundRules: ElementRule = {
  attributes: { rewriteBeforeCache: flag() },
  parts: {
    preConditions: { collection: { items: { preCondition }, keys: ['name'], keeps: HIDES, as: { form: 'named' } } },
    customTags: { collection: { items: { tags }, keys: ['name'], keeps: HIDES, as: { form: 'named' } } },
  },
  collection: { items: { rule: outboundRule }, keys: ['name'], as: { form: 'flatList', key: 'rules' } },
};

const rewriteMap: ElementRule = {
  attributes: { name: name(), defaultValue: text(), ignoreCase: flag() },
  collection: {
    items: { add: { attributes: { key: text({ required: true }), value: text() } } },
    keys: ['key'],
    caseSensitive: true,
    local: true,
    as: { form: 'pairs', value: 'value', key: 'entries' },
  },
};

const provider: ElementRule = {
  attributes: { name: name(), type: text({ required: true, trimmed: true }) },
  parts: {
    settings: {
      collection: {
        items: {
          add: {
            attributes: {
              key: text({ required: true }),
              value: text(),
              encryptedValue: text({ fate: passedOver('write the value anew, as value') }),
            },
          },
        },
        keys: ['key'],
        as: { form: 'pairs', value: 'value' },
      },
    },
  },
};

/** By the name of the section. */
export const rewriteSections = {
  globalRules: inboundRules(true),
  rules: inboundRules(false),
  outboundRules,
  rewriteMaps: { collection: { items: { rewriteMap }, keys: ['name'], keeps: HIDES, as: { form: 'named' } } },
  providers: { collection: { items: { provider }, keys: ['name'], keeps: HIDES, as: { form: 'named' } } },
  allowedServerVariables: {
    collection: {
      items: { add: { attributes: { name: name() } } },
      keys: ['name'],
      keeps: 'names that levels above allow stay allowed',
      as: { form: 'values' },
    },
  },
} as const satisfies Record<string, ElementRule>;
