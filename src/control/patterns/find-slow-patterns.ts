// The patterns of a configuration that may be slow: found in the control thread, so that workers only look them up
// (docs/decisions/0005). Most patterns need no look: V8's linear engine takes them, or their shape proves them fast.
import { systemClock } from '../../base/clock.ts';
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

/**
 * Where all slow patterns are limited anyway, no more time than this is spent on finding out, ms: it is the owners of sites who
 * wrote them, and meanwhile nobody looks after the servers.
 */
const PATIENCE = 2000;
const MOST_KNOWN = 20_000;

/** What was found, by pattern and way to run it: a reload asks for the same ones again. */
const known = new Map<string, SlowPattern | null>();

/**
 * @param config anything that holds rules, however deep
 * @param linearEngine whether V8's is switched on
 * @param patient whether it matters what is found: slow patterns are refused
 */
export function findSlowPatterns(
  config: unknown,
  writeCaseless: WriteCaseless,
  linearEngine = hasLinearEngine(),
  patient = true,
): SlowPattern[] {
  const slow: SlowPattern[] = [];
  const begun = systemClock.monotonic();
  let asked = 0;
  if (known.size > MOST_KNOWN) known.clear();
  for (const written of writtenPatterns(config)) {
    const key = `${linearEngine} ${written.ignoreCase} ${written.text}`;
    let found = known.get(key);
    if (found === undefined) {
      const late = !patient && systemClock.monotonic() - begun > PATIENCE;
      const shape = shapeOf(written, writeCaseless, linearEngine, late);
      const asks = !shape.isSettled && !late && ++asked <= MOST_ASKED;
      found = asks ? judged(shape.slow, shape.tree) : shape.slow;
      if (shape.isSettled || asks) known.set(key, found);
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
function shapeOf(
  written: WrittenPattern,
  writeCaseless: WriteCaseless,
  linearEngine: boolean,
  late: boolean,
): Fast | Open {
  const { text, ignoreCase } = written;
  if (!isExpression(text)) return FAST;
  const { source, flags } = ignoreCase ? writeCaseless(text) : { source: text, flags: '' };
  if (linearEngine && flags === '' && takesLinearEngine(source)) return FAST;
  const { tree, growth } = late ? NOT_LOOKED_AT : treeOf(written);
  const base = { ...written, attack: '' };
  if (growth === null) {
    return { isSettled: false, slow: { ...base, directUpTo: DIRECT_WHERE_UNKNOWN, verdict: 'unknown' }, tree };
  }
  if (growth.degree <= 1 && growth.bits <= HARMLESS_BITS) return FAST;
  const directUpTo = Math.floor((DIRECT_STEPS / 2 ** growth.bits) ** (1 / Math.max(1, growth.degree)));
  const slow: SlowPattern = { ...base, directUpTo, verdict: 'bounded' };
  return growth.degree <= HARMLESS_DEGREE ? { isSettled: true, slow } : { isSettled: false, slow, tree };
}

const NOT_LOOKED_AT = { tree: null, growth: null };

function treeOf({ text, ignoreCase }: WrittenPattern): { tree: PatternNode | null; growth: Growth | null } {
  try {
    const tree = parsePattern(text, ignoreCase);
    return { tree, growth: tree && growthOf(tree) };
  } catch (error) {
    if (error instanceof RangeError) return NOT_LOOKED_AT; // thousands of groups in each other
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
