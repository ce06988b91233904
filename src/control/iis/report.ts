// What a reading of IIS files has to say: faults and warnings with their places, and a row of the fidelity report for each
// element and attribute.
import type { LocatedProblem } from '../../model/config-error.ts';
import type { Place } from '../../model/config-node.ts';
import type { FidelityRow, FidelityVerdict } from '../../model/fidelity-row.ts';

export class Report {
  readonly problems: LocatedProblem[] = [];
  readonly #rows = new Map<string, FidelityRow>();

  error(place: Place, message: string, suggestion?: string): void {
    this.#say('error', place, message, suggestion);
  }

  warning(place: Place, message: string, suggestion?: string): void {
    this.#say('warning', place, message, suggestion);
  }

  get rows(): FidelityRow[] {
    return [...this.#rows.values()];
  }

  /** Said twice of one element or attribute, the later counts. */
  row({ file, line }: Place, path: string, verdict: FidelityVerdict = 'exact', note = ''): void {
    this.#rows.set(`${file}:${line}:${path}`, { file, line, path, verdict, note });
  }

  #say(severity: 'error' | 'warning', { file, line, column }: Place, message: string, suggestion?: string): void {
    this.problems.push({ file, line, column, severity, message, ...(suggestion ? { suggestion } : {}) });
  }
}
