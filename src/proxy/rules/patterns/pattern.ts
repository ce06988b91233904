// What a compiled pattern can do. Which syntax it was written in is forgotten here (url-rewrite.md 5).

/** Text of group 0, 1, …; undefined where a group took no part in the match. */
export type Captures = readonly (string | undefined)[];

export interface Pattern {
  /** Groups beside group 0. */
  readonly groups: number;
  /** Whether `input` matches: for rules whose captures nobody reads. */
  test(input: string): boolean;
  /** The captures of a match, null without one. */
  exec(input: string): Captures | null;
}

/** A pattern that cannot be compiled. */
export class PatternError extends Error {
  readonly suggestion: string | undefined;

  constructor(message: string, suggestion?: string) {
    super(message);
    this.suggestion = suggestion;
  }
}
