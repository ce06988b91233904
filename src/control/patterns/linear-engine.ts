// V8's linear engine for regular expressions, as a way out when one backtracks too much (DESIGN 5). It is switched on for the whole
// process by flags that the command line starts Node with; the library finds them absent, unless its host was started with them.

/** What bin/narrows passes: the way out itself, and the flag `l`, which tells here whether a pattern can take it. */
const FLAGS = ['--enable-experimental-regexp-engine-on-excessive-backtracks', '--enable-experimental-regexp-engine'];

/** Whether all flags are in force, as far as that can be seen: V8 has no way to ask. */
export function hasLinearEngine(execArgv: readonly string[] = process.execArgv): boolean {
  return FLAGS.every((flag) => execArgv.includes(flag));
}

/**
 * Whether a regular expression without flags can take the way out: then no text makes it run away. Look-ahead, back-references
 * and counts above 16 cannot.
 */
export function takesLinearEngine(source: string): boolean {
  try {
    new RegExp(source, 'l');
    return true;
  } catch {
    return false; // also where the flag itself is not known
  }
}
