// Server variables as farms read them, for hashing and for affinity: what a rule would see that came after all rules.
import type { Config, ConfigPath, ConfigProblem } from '../../../model/config.ts';
import type { RequestContext } from '../../../model/request-context.ts';
import { namesWritten } from '../compile-rules.ts';
import { RuleProblems } from '../rule-problems.ts';
import { RuleRun } from '../rule-run.ts';
import { compileVariable } from './compile-variable.ts';

export type VariableReader = (ctx: RequestContext) => string;

/** Makes readers for the farms of `config`; a name that nobody knows is a warning in `problems`. */
export function farmVariables(
  config: Config,
  problems: ConfigProblem[],
): (name: string, farm: string, path: ConfigPath) => VariableReader {
  const written = namesWritten([
    ...config.rules.list,
    ...config.sites.flatMap(({ levels }) => levels.flatMap(({ rules }) => rules.list)),
  ]);
  return (name, farm, path) => {
    const variable = compileVariable(name, written, new RuleProblems(problems, farm, path, 'farm'));
    return (ctx) => variable.expand(new RuleRun(ctx, 'ruleFailed'));
  };
}
