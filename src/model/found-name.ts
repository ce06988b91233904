// What looking up a name on demand has come to: it crosses from the control thread, which alone resolves, to the workers.

export interface FoundName {
  /** None: the look-up failed. */
  readonly addresses: readonly string[];
  /** Why it failed; '' where it did not. */
  readonly reason: string;
  /** Milliseconds for which nobody need ask again. */
  readonly keepFor: number;
}
