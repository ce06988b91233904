// One line of a fidelity report: what became of one element, attribute, directive or flag of an imported file (CONTRACT 1).

/**
 * exact: it does here what it does there. approximated: nearly, and the note says where it differs.
 * unsupported: it has no effect here, and the note says what to do.
 */
export type FidelityVerdict = 'exact' | 'approximated' | 'unsupported';

export interface FidelityRow {
  /** As it was given. */
  file: string;
  /** Counts from 1. */
  line: number;
  /** Elements from the outside in and the attribute, as `system.webServer/rewrite/rules/rule[@name='x']/@enabled`. */
  path: string;
  verdict: FidelityVerdict;
  /** Empty where there is nothing to add to `exact`. */
  note: string;
}
