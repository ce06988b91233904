// An XML document as the reader of IIS files sees it: elements and attributes, each with its place. Text between elements
// means nothing in these files and is not kept (url-rewrite.md 22).
import type { Place } from '../../model/config-node.ts';

export interface XmlAttribute {
  name: string;
  value: string;
  /** Where the name begins. */
  place: Place;
  /** Where the value begins, behind its quote. */
  valuePlace: Place;
}

export interface XmlElement {
  name: string;
  /** Where its `<` stands. */
  place: Place;
  attributes: XmlAttribute[];
  children: XmlElement[];
}

/** The value of an attribute, or undefined. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((attribute) => attribute.name === name)?.value;
}

/** Whether an element says nothing: it has no attributes, and at most drops what it inherits. */
export function isEmpty({ attributes, children }: XmlElement): boolean {
  return attributes.length === 0 && children.every(({ name }) => name === 'clear');
}

/** The child elements of that name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The elements at the end of `path`, over all elements of the same names. */
export function elementsAt(element: XmlElement, ...path: string[]): XmlElement[] {
  return path.reduce((found, name) => found.flatMap((each) => childrenOf(each, name)), [element]);
}
