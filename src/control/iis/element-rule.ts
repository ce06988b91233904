// The vocabulary in which the tables of this room describe sections of IIS: which attributes and elements there are, what
// their values may be, and what becomes of them in our configuration.
import type { FidelityVerdict } from '../../model/fidelity-row.ts';

/** What is said about an element or attribute in the fidelity report, where it is not simply exact. */
export interface Fate {
  verdict: FidelityVerdict;
  note: string;
  /** Absent: the value is not carried over. */
  carried?: boolean;
  /** It is worth a warning as well as a row. */
  warns?: boolean;
  /** Of a value that says nothing new: it is exact, and not carried over. */
  unless?: string;
}

export type ValueKind =
  | { kind: 'text'; nonEmpty?: boolean; trimmed?: boolean }
  | { kind: 'flag' }
  | { kind: 'whole'; min: number; max: number; not?: readonly [number, number]; unit?: 'KB' }
  | { kind: 'span'; min: number; max: number; granularity?: number }
  | { kind: 'choice'; words: readonly string[] }
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'path' };

export interface AttributeRule {
  value: ValueKind;
  required?: boolean;
  /** Its key in our configuration, where that has another name. */
  key?: string;
  fate?: Fate;
}

export interface ElementRule {
  /** Its key in our configuration, where that has another name. */
  key?: string;
  attributes?: Readonly<Record<string, AttributeRule>>;
  parts?: Readonly<Record<string, ElementRule>>;
  collection?: CollectionRule;
  /** Given, nothing of the element is carried over, and what is in it is not looked at. */
  fate?: Fate;
  /** Names that people write here and IIS does not know, with what is right. */
  hints?: Readonly<Record<string, string>>;
}

export interface CollectionRule {
  /** The elements that add to it: `add`, `rule`, `server` … */
  items: Readonly<Record<string, ElementRule>>;
  /** The attributes that make an item unique; none: items may be equal. */
  keys?: readonly string[];
  /** What stands between the values of several keys where an item is named by them. */
  keySeparator?: '.' | '/';
  /** How letters of the keys compare. */
  caseSensitive?: boolean;
  /** Which of `clear` and `remove` there are. */
  edits?: 'none' | 'both';
  /** Inherited items cannot be taken out here: what is so instead. */
  keeps?: string;
  /** Nothing is inherited: `clear` and `remove` speak of what stands before them, and are done with. */
  local?: true;
  /** What becomes of it: see write-section.ts. */
  as: CollectionForm;
}

export type CollectionForm =
  /** A list of maps, under `key`; without it the element itself is the list when it has nothing else. */
  | { form: 'list'; key: string; bare?: boolean }
  /** `clear`, `remove` and the list beside each other. */
  | { form: 'flatList'; key: string; bare?: boolean }
  /** A list of single values, of the attribute that is the key. */
  | { form: 'values'; key?: string }
  /** A map by the key; the rest of each item is its value. */
  | { form: 'named'; key?: string }
  /** A map from one attribute to another; `clear` and `remove` beside it where it has a key. */
  | { form: 'pairs'; value: string; key?: string }
  /** Nothing: a section's own code writes it. */
  | { form: 'own' };

export const text = (rule: Omit<AttributeRule, 'value'> & { nonEmpty?: boolean; trimmed?: boolean } = {}) => {
  const { nonEmpty = false, trimmed = false, ...rest } = rule;
  return { value: { kind: 'text', nonEmpty, trimmed }, ...rest } satisfies AttributeRule;
};
export const name = () => text({ required: true, nonEmpty: true, trimmed: true });
export const flag = (rest: Omit<AttributeRule, 'value'> = {}): AttributeRule => ({ value: { kind: 'flag' }, ...rest });
export const whole = (min: number, max: number, rest: Omit<AttributeRule, 'value'> = {}): AttributeRule => ({
  value: { kind: 'whole', min, max },
  ...rest,
});
export const kilobytes = (rest: Omit<AttributeRule, 'value'> = {}): AttributeRule => ({
  value: { kind: 'whole', min: 0, max: 4_194_303, unit: 'KB' },
  ...rest,
});
/** A time span, in seconds. */
export const span = (min: number, max: number, rest: Omit<AttributeRule, 'value'> = {}): AttributeRule => ({
  value: { kind: 'span', min, max },
  ...rest,
});
export const choice = (words: readonly string[], rest: Omit<AttributeRule, 'value'> = {}): AttributeRule => ({
  value: { kind: 'choice', words },
  ...rest,
});

export const LARGEST_UINT = 4_294_967_295;

/** Passed over, and why. */
export const passedOver = (note: string): Fate => ({ verdict: 'unsupported', note });
export const approximated = (note: string): Fate => ({ verdict: 'approximated', note, carried: true });
