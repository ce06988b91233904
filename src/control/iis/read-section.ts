// An element of a section → what it says, checked against its table: every attribute and child is known, values are in
// range, names are unique, and `clear` and `remove` have acted on what stands before them (url-rewrite.md 1, 3).
import { closestWord } from '../../base/closest-word.ts';
import type { Place } from '../../model/config-node.ts';
import type { AttributeRule, CollectionRule, ElementRule } from './element-rule.ts';
import { type ReadValue, readValue } from './read-value.ts';
import type { Report } from './report.ts';
import { isEmpty, type XmlAttribute, type XmlElement } from './xml-tree.ts';

export interface Section {
  element: XmlElement;
  rule: ElementRule;
  /** For the fidelity report. */
  path: string;
  /** What is carried over, by the name of the attribute. */
  values: Map<string, SectionValue>;
  parts: Map<string, Section>;
  /** Of its collection: what is left after `clear` and `remove`. */
  items: Section[];
  /** The same by their keys. */
  byKey: Map<string, Section>;
  /** Where everything inherited is dropped. */
  clear: Place | null;
  /** Inherited items that are dropped. */
  removed: Removed[];
}

export interface SectionValue {
  value: Exclude<ReadValue, { fault: string }>['value'];
  attribute: XmlAttribute;
}

interface Removed {
  /** The values of its key attributes, in the order of the rule. */
  key: string[];
  place: Place;
}

/** Attributes that any element may have: they lock it, or speak to other tools. */
const ANYWHERE = /^(?:lock(?:Item|Attributes|AllAttributesExcept|Elements|AllElementsExcept)|xmlns(?::.*)?|xdt:.*)$/;

/** Whether any element may have the attribute. */
export function isAnywhere(name: string): boolean {
  return ANYWHERE.test(name);
}

/** @param path of the element, with what tells it from its brothers */
export function readSection(element: XmlElement, rule: ElementRule, path: string, report: Report): Section {
  const parts = new Map<string, Section>();
  const collected = { items: [], byKey: new Map(), clear: null, removed: [] };
  const section: Section = { element, rule, path, values: new Map(), parts, ...collected };
  const fate = rule.fate && !isEmpty(element) ? rule.fate : undefined;
  report.row(element.place, path, fate?.verdict, fate?.note);
  if (rule.fate && !rule.fate.carried) return section;
  readAttributes(section, report);
  for (const child of element.children) readChild(child, section, report);
  return section;
}

function readAttributes(section: Section, report: Report): void {
  const { element, rule, path } = section;
  const known = rule.attributes ?? {};
  for (const attribute of element.attributes) {
    const at = `${path}/@${attribute.name}`;
    const attributeRule = Object.hasOwn(known, attribute.name) ? known[attribute.name] : undefined;
    if (attributeRule) readAttribute(attribute, attributeRule, at, section, report);
    else if (/^lock/.test(attribute.name) && ANYWHERE.test(attribute.name))
      report.row(attribute.place, at, 'unsupported', 'locks are not enforced: whoever may write a file decides');
    else if (!ANYWHERE.test(attribute.name)) refuseAttribute(attribute, section, report);
  }
  for (const [name, attributeRule] of Object.entries(known)) {
    if (attributeRule.required && !element.attributes.some((attribute) => attribute.name === name))
      report.error(element.place, `<${element.name}> lacks its attribute ${name}`);
  }
}

function hintFor(name: string, { hints = {} }: ElementRule): string | undefined {
  return Object.hasOwn(hints, name) ? hints[name] : undefined;
}

function readAttribute(
  attribute: XmlAttribute,
  rule: AttributeRule,
  at: string,
  section: Section,
  report: Report,
): void {
  if (attribute.value.startsWith('[enc:')) {
    const note = 'it is encrypted for the machine it comes from: write the value anew';
    report.row(attribute.place, at, 'unsupported', note);
    if (!rule.fate || rule.fate.carried) report.warning(attribute.valuePlace, `${attribute.name} is not read: ${note}`);
    return;
  }
  const read = readValue(attribute.value, rule);
  if ('fault' in read) {
    report.error(attribute.valuePlace, `${attribute.name}: ${read.fault}`, read.suggestion);
    // Kept, so that one fault does not make another: that it is lacking.
    if (rule.required) section.values.set(attribute.name, { value: attribute.value.trim(), attribute });
    return;
  }
  const { fate } = rule;
  const saysNothing = fate?.unless !== undefined && fate.unless === String(read.value);
  const verdict = saysNothing ? 'exact' : fate?.verdict;
  report.row(attribute.place, at, verdict, saysNothing ? '' : fate?.note);
  if (fate?.warns && !saysNothing) report.warning(attribute.place, `${attribute.name}: ${fate.note}`);
  if (!fate || (fate.carried && !saysNothing)) section.values.set(attribute.name, { value: read.value, attribute });
}

function refuseAttribute(attribute: XmlAttribute, { element, rule }: Section, report: Report): void {
  const names = Object.keys(rule.attributes ?? {});
  const near = closestWord(attribute.name, names);
  const all = names.length === 0 ? 'it has no attributes' : `expected ${names.join(', ')}`;
  const suggestion = hintFor(attribute.name, rule) ?? (near ? `did you mean "${near}"? (${all})` : all);
  report.error(attribute.place, `<${element.name}> has no attribute ${attribute.name}`, suggestion);
}

function readChild(child: XmlElement, section: Section, report: Report): void {
  const { rule, path, parts } = section;
  const { collection } = rule;
  const part = Object.hasOwn(rule.parts ?? {}, child.name) ? rule.parts![child.name] : undefined;
  if (part) {
    const before = parts.get(child.name);
    if (before)
      report.error(
        child.place,
        `<${child.name}> stands twice, first in line ${before.element.place.line}`,
        'keep one of them',
      );
    else parts.set(child.name, readSection(child, part, `${path}/${child.name}`, report));
  } else if (collection && Object.hasOwn(collection.items, child.name)) addItem(child, section, collection, report);
  else if (collection && collection.edits !== 'none' && child.name === 'clear')
    clearItems(child, section, collection, report);
  else if (collection && collection.edits !== 'none' && child.name === 'remove')
    removeItem(child, section, collection, report);
  else refuseElement(child, section, report);
}

function addItem(child: XmlElement, section: Section, collection: CollectionRule, report: Report): void {
  const { keys = [] } = collection;
  const label = itemLabel(child, keys, section.items.length + 1);
  const item = readSection(child, collection.items[child.name]!, `${section.path}/${child.name}${label}`, report);
  const folded = foldedKey(item, collection);
  const twin = keys.length === 0 ? undefined : section.byKey.get(folded);
  if (twin) {
    const place = item.element.attributes.find(({ name }) => name === keys[0])?.valuePlace ?? child.place;
    const key = keyOf(item, collection).join(', ');
    const message = `"${key}" stands twice in <${section.element.name}>: first in line ${twin.element.place.line}`;
    report.error(place, message, 'keep one of them, or write <remove> before the second');
  }
  section.items.push(item);
  section.byKey.set(folded, item);
}

function clearItems(child: XmlElement, section: Section, { keeps }: CollectionRule, report: Report): void {
  report.row(child.place, `${section.path}/clear`, keeps ? 'approximated' : 'exact', keeps);
  for (const { name, place } of child.attributes) report.error(place, `<clear> has no attribute ${name}`);
  section.items = [];
  section.byKey.clear();
  section.removed = [];
  section.clear = keeps === undefined ? child.place : null;
}

function removeItem(child: XmlElement, section: Section, collection: CollectionRule, report: Report): void {
  const { keys = [] } = collection;
  const path = `${section.path}/remove${itemLabel(child, keys, section.removed.length + 1)}`;
  // What is removed is named by its key alone; the other attributes of an item are not asked for.
  const [[, any] = []] = Object.entries(collection.items);
  const attributes = Object.fromEntries(keys.map((key) => [key, any!.attributes![key]!]));
  const read = readSection(child, { attributes }, path, report);
  const folded = foldedKey(read, collection);
  const here = section.byKey.get(folded);
  if (here) {
    section.items.splice(section.items.indexOf(here), 1);
    section.byKey.delete(folded);
  } else if (collection.keeps !== undefined) report.row(child.place, path, 'approximated', collection.keeps);
  else section.removed.push({ key: keyOf(read, collection), place: child.place });
}

/** Values of the key attributes; what is absent has its default, which only subStatusCode of httpErrors has. */
function keyOf(item: Section, { keys = [] }: CollectionRule): string[] {
  return keys.map((key) => String(item.values.get(key)?.value ?? (key === 'subStatusCode' ? -1 : '')));
}

function foldedKey(item: Section, collection: CollectionRule): string {
  const key = JSON.stringify(keyOf(item, collection));
  return collection.caseSensitive ? key : key.toLowerCase();
}

function itemLabel(child: XmlElement, keys: readonly string[], number: number): string {
  const found = keys.map((key) => child.attributes.find(({ name }) => name === key)).filter((each) => each);
  if (found.length === 0) return `[${number}]`;
  return `[${found.map((attribute) => `@${attribute!.name}='${attribute!.value}'`).join(' and ')}]`;
}

function refuseElement(child: XmlElement, { element, rule }: Section, report: Report): void {
  const { collection, parts = {} } = rule;
  const edits = collection && collection.edits !== 'none' ? ['clear', 'remove'] : [];
  const names = [...Object.keys(parts), ...Object.keys(collection?.items ?? {}), ...edits];
  const near = closestWord(child.name, names);
  const all = names.length === 0 ? 'it has no elements' : `expected ${names.join(', ')}`;
  const suggestion = hintFor(child.name, rule) ?? (near ? `did you mean "${near}"? (${all})` : all);
  report.error(child.place, `<${element.name}> has no element <${child.name}>`, suggestion);
}
