// What recheck, a prover and fuzzer for regular expressions, says of one. It is large, so it is loaded when a pattern needs it.
import { createRequire } from 'node:module';
import type { Diagnostics } from 'recheck';

/** Counted in steps, so that a busy machine comes to the same answer; `timeout`, in ms, is for patterns that nobody writes. */
const LIMITS = {
  ...{ timeout: 3_000, attackTimeout: null, incubationTimeout: null, recallTimeout: -1 },
  ...{ attackLimit: 5_000_000, maxAttackStringSize: 16_384, maxIteration: 5, maxGenerationSize: 50 },
};

type CheckSync = (source: string, flags: string, limits: typeof LIMITS) => Diagnostics;

let checkSync: CheckSync | undefined;

/** The part of recheck that is plain JavaScript and runs here: its front door starts a thread or another program. */
function load(): CheckSync {
  checkSync ??= (createRequire(import.meta.url)('recheck/lib/browser.js') as { checkSync: CheckSync }).checkSync;
  return checkSync;
}

export type Diagnosis =
  /** `proven`: by automata, not only for want of an attack. */
  | { readonly kind: 'safe'; readonly proven: boolean }
  | {
      readonly kind: 'vulnerable';
      /** Null: exponential. */
      readonly degree: number | null;
      /** A text that makes it run away. */
      readonly text: string;
      /** The same as an expression: `'a'.repeat(31) + '!'`. */
      readonly attack: string;
    }
  | { readonly kind: 'unknown' };

export function askRecheck(text: string, ignoreCase: boolean): Diagnosis {
  const answer = ask(text, ignoreCase ? 'i' : '');
  if (answer === null) return { kind: 'unknown' };
  if (answer.status === 'safe') return { kind: 'safe', proven: answer.checker === 'automaton' };
  if (answer.status === 'unknown') return { kind: 'unknown' };
  const { complexity, attack } = answer;
  const degree = complexity.type === 'polynomial' ? complexity.degree : null;
  return { kind: 'vulnerable', degree, text: attack.string, attack: attack.pattern };
}

/** Null for what it has no stack for: thousands of groups in each other. */
function ask(text: string, flags: string): Diagnostics | null {
  try {
    return load()(text, flags, LIMITS);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
