// Collects what is wrong while a configuration is checked: nothing is thrown before everything was looked at.
import type { ConfigPath } from '../../model/config.ts';
import type { SchemaProblem } from './describe-issues.ts';

export class ProblemList {
  readonly all: SchemaProblem[] = [];

  error(path: ConfigPath, message: string, suggestion?: string): void {
    this.all.push({ path, severity: 'error', message, ...(suggestion ? { suggestion } : {}) });
  }

  /** Whether a section was left out for its faults: what refers to it is not at fault then. */
  hasErrorIn(section: string): boolean {
    return this.all.some(({ severity, path }) => severity === 'error' && path[0] === section);
  }

  /** Everything once, but warnings about values that have an error. What is inherited is looked at in many places. */
  worthSaying(): SchemaProblem[] {
    const faulty = new Set(this.all.filter((one) => one.severity === 'error').map((one) => JSON.stringify(one.path)));
    const said = new Set<string>();
    return this.all.filter((one) => {
      if (one.severity !== 'error' && faulty.has(JSON.stringify(one.path))) return false;
      const key = JSON.stringify([one.path, one.message]);
      return !said.has(key) && said.add(key);
    });
  }

  warning(path: ConfigPath, message: string, suggestion?: string): void {
    this.all.push({ path, severity: 'warning', message, ...(suggestion ? { suggestion } : {}) });
  }
}
