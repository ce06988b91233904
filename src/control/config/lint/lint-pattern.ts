// Patterns that mean something else than they look like (url-rewrite.md 5): texts of other syntaxes, mostly.
import type { RuleConfig } from '../../../model/config.ts';
import type { Warn } from './rule-lint.ts';

type Say = (message: string, suggestion?: string) => void;

/** @param steps from the rule to the pattern */
export function lintPattern(
  text: string,
  syntax: RuleConfig['patternSyntax'],
  steps: (string | number)[],
  warn: Warn,
): void {
  const say: Say = (message, suggestion) => warn(steps, message, suggestion);
  if (syntax !== 'ECMAScript') lintPlain(text, syntax, say);
  else for (const { looks, message, suggestion } of MISREAD) if (looks.test(text)) say(message, suggestion);
}

function lintPlain(text: string, syntax: 'Wildcard' | 'ExactMatch', say: Say): void {
  const sign = /^\^|\$$|\.\*|\.\+|\\[.dw/]|\(\?:|\[[^\]]+\][+*]/.exec(text)?.[0];
  if (sign !== undefined) {
    say(
      `it looks like a regular expression, but as ${syntax} ${sign} stands for itself`,
      'set patternSyntax: ECMAScript',
    );
  } else if (syntax === 'ExactMatch' && text.includes('*')) {
    say('as ExactMatch * stands for itself', 'set patternSyntax: Wildcard');
  }
}

interface Misread {
  looks: RegExp;
  message: string;
  suggestion: string;
}

/** Escapes, classes and groups of Perl, PCRE and .NET that JavaScript reads as something else, without a word. */
const MISREAD: readonly Misread[] = [
  {
    looks: /(?:^|[^\\])(?:\\\\)*\\[AG]/,
    message: '\\A and \\G are the letters A and G here',
    suggestion: 'write ^ for the beginning',
  },
  {
    looks: /(?:^|[^\\])(?:\\\\)*\\[Zz]/,
    message: '\\Z and \\z are the letter z here',
    suggestion: 'write $ for the end',
  },
  {
    looks: /(?:^|[^\\])(?:\\\\)*\\[pP](?!\{)/,
    message: '\\p is the letter p here',
    suggestion: 'name the characters: [A-Za-zÀ-ÿ]',
  },
  {
    looks: /(?:^|[^\\])(?:\\\\)*\\[aeghijlmoqyCEFHIJKLMNOQRTUVXY]/,
    message: 'an escaped letter without a meaning is the letter itself',
    suggestion: 'leave the backslash out, or name the characters in a class',
  },
  {
    looks: /(?:^|[^\\])(?:\\\\)*\\(?:x(?![0-9a-fA-F]{2})|u(?![0-9a-fA-F]{4})|c(?![A-Za-z]))/,
    message: 'an escape is not complete, and so it is the letter itself',
    suggestion: 'write \\x2F with two digits, \\u00E9 with four',
  },
  {
    looks: /\[\[:\^?[a-z]+:\]/,
    message: 'classes such as [:alpha:] are read as the characters in them',
    suggestion: 'write the range: [A-Za-z]',
  },
  {
    looks: /(?:^|[^\\[])\[\]|(?:^|[^\\])\[\^\][^*+?{]/,
    message: '[] matches nothing, and [^] any character',
    suggestion: 'in a class, write \\] for the bracket',
  },
  {
    looks: /[\w)]\/\*(?:$|\/)/,
    message: '/* repeats the slash',
    suggestion: 'write /.* for anything behind it, or set patternSyntax: Wildcard',
  },
];
