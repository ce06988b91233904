// The one place that knows the names of the pattern syntaxes; it is asked once for each pattern of a configuration.
import type { RuleConfig } from '../../../model/config.ts';
import { compileEcmaScript } from './ecmascript.ts';
import { ExactText } from './exact-text.ts';
import type { Pattern } from './pattern.ts';
import { compileWildcard } from './wildcard.ts';

type Compile = (text: string, ignoreCase: boolean) => Pattern;

const SYNTAXES: Record<RuleConfig['patternSyntax'], Compile> = {
  ECMAScript: compileEcmaScript,
  Wildcard: compileWildcard,
  ExactMatch: (text, ignoreCase) => new ExactText(text, ignoreCase),
};

/** @throws PatternError */
export function compilePattern(text: string, syntax: RuleConfig['patternSyntax'], ignoreCase: boolean): Pattern {
  return SYNTAXES[syntax](text, ignoreCase);
}
