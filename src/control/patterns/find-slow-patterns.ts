// The patterns of a configuration that may be slow: found in the control thread, so that workers only look them up
// (docs/decisions/0005). Most patterns need no look: V8's linear engine takes them, or their shape proves them fast.
import type { SlowPattern } from '../../model/config.ts';
import { askRecheck, type Diagnosis } from './ask-recheck.ts';
import { type Growth, growthOf } from './growth.ts';
import { hasLinearEngine, takesLinearEngine } from './linear-engine.ts';
import { parsePattern } from './parse-pattern.ts';
import { type PatternNode, plainPart } from './pattern-tree.ts';
import { takesLonger } from './try-attack.ts';
import { type WrittenPattern, writtenPatterns } from './written-patterns.ts';

/** How the router writes a pattern whose letter case does not count. */
export type WriteCaseless = (text: string) => { readonly source: string; readonly flags: string };

/** Steps that a match may take without a time limit: about a millisecond. */
const DIRECT_STEPS = 1_000_000;
/** Text that is matched without a time limit where nothing is known: 3^12 steps are half a million. */
const DIRECT_WHERE_UNKNOWN = 12;
/** A bound of this degree is no danger for short text, and long text has the time limit. */
const HARMLESS_DEGREE = 2;
/** A linear pattern with up to 2^7 ways at each place. */
const HARMLESS_BITS = 7;
const LONGEST_ATTACK = 120;

/** Patterns for which recheck is asked in one load: it may take seconds for each. What is left then counts as unknown. */
const MOST_ASKED = 20;

/** What was found, by pattern and way to run it: a reload asks for the same ones again. */
const known = new Map<string, SlowPattern | null>();

/**
 * @param config anything that holds rules, however deep
 * @param linearEngine whether V8's is switched on
 */
export function findSlowPatterns(
  config: unknown,
  writeCaseless: WriteCaseless,
  linearEngine = hasLinearEngine(),
): SlowPattern[] {
  const slow: SlowPattern[] = [];
  let asked = 0;
  for (const written of writtenPatterns(config)) {
    const key = `${linearEngine} ${written.ignoreCase} ${written.text}`;
    let found = known.get(key);
    if (found === undefined) {
      const shape = shapeOf(written, writeCaseless, linearEngine);
      found = shape.isSettled ? shape.slow : ++asked > MOST_ASKED ? shape.slow : judged(shape.slow, shape.tree);
      if (shape.isSettled || asked <= MOST_ASKED) known.set(key, found);
    }
    if (found !== null) slow.push(found);
  }
  return slow;
}

interface Fast {
  readonly isSettled: true;
  readonly slow: SlowPattern | null;
}

/** What more has to be asked for; `slow` stands if nobody asks. */
interface Open {
  readonly isSettled: false;
  readonly slow: SlowPattern;
  readonly tree: PatternNode | null;
}

const FAST: Fast = { isSettled: true, slow: null };

/** What can be told without trying. A pattern that is no regular expression is passed over: that is said elsewhere. */
function shapeOf(written: WrittenPattern, writeCaseless: WriteCaseless, linearEngine: boolean): Fast | Open {
  const { text, ignoreCase } = written;
  if (!isExpression(text)) return FAST;
  const { source, flags } = ignoreCase ? writeCaseless(text) : { source: text, flags: '' };
  if (linearEngine && flags === '' && takesLinearEngine(source)) return FAST;
  const { tree, growth } = treeOf(written);
  const base = { ...written, attack: '' };
  if (growth === null) {
    return { isSettled: false, slow: { ...base, directUpTo: DIRECT_WHERE_UNKNOWN, verdict: 'unknown' }, tree };
  }
  if (growth.degree <= 1 && growth.bits <= HARMLESS_BITS) return FAST;
  const directUpTo = Math.floor((DIRECT_STEPS / 2 ** growth.bits) ** (1 / Math.max(1, growth.degree)));
  const slow: SlowPattern = { ...base, directUpTo, verdict: 'bounded' };
  return growth.degree <= HARMLESS_DEGREE ? { isSettled: true, slow } : { isSettled: false, slow, tree };
}

function treeOf({ text, ignoreCase }: WrittenPattern): { tree: PatternNode | null; growth: Growth | null } {
  try {
    const tree = parsePattern(text, ignoreCase);
    return { tree, growth: tree && growthOf(tree) };
  } catch (error) {
    if (error instanceof RangeError) return { tree: null, growth: null }; // thousands of groups in each other
    throw error;
  }
}

/** Null where there is a proof that it is fast. */
function judged(slow: SlowPattern, tree: PatternNode | null): SlowPattern | null {
  const diagnosis = diagnose(slow, tree);
  if (diagnosis.kind === 'safe' && diagnosis.proven) return null;
  if (diagnosis.kind !== 'vulnerable') return slow;
  const { degree, attack } = diagnosis;
  if (degree !== null && degree <= HARMLESS_DEGREE) return { ...slow, verdict: 'bounded' };
  const pace = degree === null ? 'exponentially' : `with its power of ${degree}`;
  return { ...slow, verdict: 'vulnerable', attack: `on ${shortened(attack)} it takes time that grows ${pace}` };
}

/**
 * recheck proves what it says of patterns without look-around, back-references and large counts, and does so fast; for the
 * others it tries texts until its time is up. So it is asked without them first, and an attack on the rest is tried on the whole.
 */
function diagnose({ text, ignoreCase }: WrittenPattern, tree: PatternNode | null): Diagnosis {
  const plain = tree === null ? text : plainPart(text, tree);
  if (plain === text) return askRecheck(text, ignoreCase);
  const ofPlain = askRecheck(plain, ignoreCase);
  const isAttack = ofPlain.kind === 'vulnerable' && ofPlain.degree === null;
  if (isAttack && takesLonger(new RegExp(text, ignoreCase ? 'i' : ''), ofPlain.text)) return ofPlain;
  const ofWhole = askRecheck(text, ignoreCase);
  return ofWhole.kind === 'unknown' && ofPlain.kind === 'vulnerable' && !isAttack ? ofPlain : ofWhole;
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) !== null;
  } catch {
    return false;
  }
}

function shortened(attack: string): string {
  return attack.length <= LONGEST_ATTACK ? attack : `${attack.slice(0, LONGEST_ATTACK)}…`;
}
