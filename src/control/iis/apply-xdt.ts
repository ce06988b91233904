// XDT, the transforms of XML configuration files (Azure's applicationHost.xdt): applied to an empty base, so that what they
// insert is the configuration. What depends on a base that is not there is reported.
import type { PathOptions } from './iis-options.ts';
import { expandNames } from './path-map.ts';
import type { Report } from './report.ts';
import { attributeOf, type XmlElement } from './xml-tree.ts';

const NAMESPACE = 'http://schemas.microsoft.com/XML-Document-Transform';

/** Whether `root` holds transforms. */
export function isTransform(root: XmlElement): boolean {
  const prefix = prefixOf(root);
  const has = (element: XmlElement): boolean =>
    element.attributes.some(({ name }) => name === `${prefix}:Transform` || name === `${prefix}:Locator`) ||
    element.children.some(has);
  return has(root);
}

/** What the transforms of `root` make of an empty file. */
export function applyTransforms(root: XmlElement, env: PathOptions['env'], report: Report): XmlElement {
  const result = without(root, prefixOf(root));
  result.children = [];
  new Transformation(prefixOf(root), env, report).run(root, result, root.name);
  return result;
}

class Transformation {
  readonly #prefix: string;
  readonly #env: PathOptions['env'];
  readonly #report: Report;

  constructor(prefix: string, env: PathOptions['env'], report: Report) {
    this.#prefix = prefix;
    this.#env = env;
    this.#report = report;
  }

  /** Carries out what stands in `source` on `target`. */
  run(source: XmlElement, target: XmlElement, path: string): void {
    for (const child of source.children) this.#transform(child, target, `${path}/${child.name}`);
  }

  #transform(child: XmlElement, target: XmlElement, path: string): void {
    const written = attributeOf(child, `${this.#prefix}:Transform`);
    if (written === undefined) {
      this.#descend(child, target, path);
      return;
    }
    const [, verb = '', argument = ''] = /^(\w+)(?:\((.*)\))?$/.exec(written.trim()) ?? [];
    const found = this.#find(child, target);
    if (verb === 'Insert' || verb === 'InsertBefore' || verb === 'InsertAfter')
      target.children.push(this.#clean(child));
    else if (verb === 'InsertIfMissing') {
      if (!found) target.children.push(this.#clean(child));
    } else if (verb === 'Remove' || verb === 'RemoveAll' || verb === 'RemoveAttributes') {
      if (!found)
        this.#report.row(child.place, `${path}/@${this.#prefix}:Transform`, 'exact', 'there is none to remove');
      else if (verb === 'RemoveAttributes') dropAttributes(found, argument);
      else target.children = target.children.filter((each) => each !== found);
    } else if (verb === 'Replace' || verb === 'SetAttributes') {
      if (!found) this.#reportMissing(child, path);
      else if (verb === 'Replace') target.children[target.children.indexOf(found)] = this.#clean(child);
      else setAttributes(found, this.#clean(child), argument);
    } else {
      const place = child.attributes.find(({ name }) => name === `${this.#prefix}:Transform`)!.valuePlace;
      this.#report.error(
        place,
        `there is no transform ${written}`,
        'expected Insert, InsertIfMissing, Replace, Remove …',
      );
    }
  }

  /** An element without a transform of its own is the way to those below it. */
  #descend(child: XmlElement, target: XmlElement, path: string): void {
    const found = this.#find(child, target);
    if (found) {
      this.run(child, found, path);
      return;
    }
    if (attributeOf(child, `${this.#prefix}:Locator`) !== undefined) {
      this.#reportMissing(child, path);
      return;
    }
    const made = this.#cleanTag(child);
    this.run(child, made, path);
    if (made.children.length > 0) target.children.push(made);
  }

  /** The element that `child` speaks of. */
  #find(child: XmlElement, target: XmlElement): XmlElement | undefined {
    const locator = attributeOf(child, `${this.#prefix}:Locator`);
    const names = /^Match\((.*)\)$/.exec(locator ?? '')?.[1]?.split(',') ?? [];
    if (locator !== undefined && names.length === 0) return undefined; // by XPath, into a base that is not there
    return target.children.find(
      (each) =>
        each.name === child.name &&
        names.every((name) => attributeOf(each, name.trim()) === attributeOf(child, name.trim())),
    );
  }

  #reportMissing(child: XmlElement, path: string): void {
    const name = attributeOf(child, 'name') ?? attributeOf(child, 'path');
    const which = `<${child.name}${name === undefined ? '' : ` "${name}"`}>`;
    const message = `the file that this transforms is not here: there is no ${which} to change`;
    this.#report.row(child.place, path, 'unsupported', 'it changes a file that is not here');
    this.#report.warning(child.place, message, 'give the transformed file instead');
  }

  /** `element` without what belongs to XDT, placeholders of Azure replaced. */
  #clean(element: XmlElement): XmlElement {
    return { ...this.#cleanTag(element), children: element.children.map((child) => this.#clean(child)) };
  }

  #cleanTag(element: XmlElement): XmlElement {
    const copy = { ...without(element, this.#prefix), children: [] };
    for (const attribute of copy.attributes) {
      if (!attribute.value.includes('%XDT_')) continue;
      const expanded = expandNames(attribute.value, this.#env);
      if ('text' in expanded) attribute.value = expanded.text;
      else this.#report.error(attribute.valuePlace, expanded.fault, expanded.suggestion);
    }
    return copy;
  }
}

function prefixOf(root: XmlElement): string {
  const declared = root.attributes.find(({ name, value }) => name.startsWith('xmlns:') && value === NAMESPACE);
  return declared?.name.slice('xmlns:'.length) ?? 'xdt';
}

function without(element: XmlElement, prefix: string): XmlElement {
  const kept = element.attributes.filter(({ name }) => !name.startsWith(`${prefix}:`));
  return { ...element, attributes: kept.map((attribute) => ({ ...attribute })) };
}

function dropAttributes(element: XmlElement, names: string): void {
  const dropped = names.split(',').map((name) => name.trim());
  element.attributes = names === '' ? [] : element.attributes.filter(({ name }) => !dropped.includes(name));
}

function setAttributes(element: XmlElement, source: XmlElement, names: string): void {
  const wanted = names === '' ? null : names.split(',').map((name) => name.trim());
  for (const attribute of source.attributes) {
    if (wanted && !wanted.includes(attribute.name)) continue;
    element.attributes = [...element.attributes.filter(({ name }) => name !== attribute.name), attribute];
  }
}
