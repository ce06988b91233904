// The room's front: an applicationHost.config, a web.config or a transform → the configuration as written, with what
// became of each element.
import { basename, dirname, resolve } from 'node:path';
import { closestWord } from '../../base/closest-word.ts';
import type { LocatedProblem } from '../../model/config-error.ts';
import type { MapNode } from '../../model/config-node.ts';
import type { FidelityRow } from '../../model/fidelity-row.ts';
import { applyTransforms, isTransform } from './apply-xdt.ts';
import { expandConfigSources } from './expand-config-sources.ts';
import type { IisOptions } from './iis-options.ts';
import { readApplicationHost } from './read-application-host.ts';
import { readMainWebConfig } from './read-main-web-config.ts';
import { readXml } from './read-xml.ts';
import { Report } from './report.ts';
import { put, scalar } from './write-section.ts';
import { childrenOf, elementsAt, type XmlElement } from './xml-tree.ts';

export interface IisRead {
  /** Null where the file could not be read: then `problems` says why. */
  root: MapNode | null;
  /** Absolute paths of all that was read, and where a web.config may come to be. */
  files: string[];
  problems: LocatedProblem[];
  rows: FidelityRow[];
}

/** @param file where `text` stands */
export function readIis(text: string, file: string, options: IisOptions): IisRead {
  const path = resolve(file);
  const files = [path];
  const report = new Report();
  const root = readRoot(text, path, files, options, report);
  const done = (tree: MapNode | null): IisRead => ({ root: tree, files, problems: report.problems, rows: report.rows });
  if (root === null) return done(null);
  const tree = isApplicationHost(root, path)
    ? readApplicationHost(root, options, report)
    : readMainWebConfig(root, dirname(path), path, files, options, report);
  put(tree, 'pathCase', scalar('insensitive', root.place)); // on Windows letter case does not count (CONTRACT 1)
  put(tree, 'vulnerablePatterns', scalar('limit', root.place)); // a file that IIS runs is run
  return done(tree);
}

function readRoot(text: string, file: string, files: string[], options: IisOptions, report: Report): XmlElement | null {
  const parsed = readXml(text, file, report.problems);
  const root = parsed && asConfiguration(parsed, report);
  if (!root) return null;
  const plain = isTransform(root) ? applyTransforms(root, options.env, report) : root;
  expandConfigSources(plain, file, files, report);
  return plain;
}

/** Where a fragment stands in a whole file. */
const FRAGMENTS: Readonly<Record<string, readonly string[]>> = {
  rewrite: ['system.webServer'],
  'system.webServer': [],
  'system.applicationHost': [],
  webFarms: [],
};

/** The root as <configuration>: a section by itself, such as a file of rules, is taken too. */
function asConfiguration(root: XmlElement, report: Report): XmlElement | null {
  if (root.name === 'configuration') return root;
  const around = Object.hasOwn(FRAGMENTS, root.name) ? FRAGMENTS[root.name] : undefined;
  if (around) {
    const wrap = (inner: XmlElement, name: string): XmlElement => ({
      ...inner,
      name,
      attributes: [],
      children: [inner],
    });
    return ['configuration', ...around].reduceRight(wrap, root);
  }
  const near = closestWord(root.name, ['configuration', ...Object.keys(FRAGMENTS)]);
  const message = `expected <configuration> as the outermost element, got <${root.name}>`;
  report.error(root.place, message, near ? `did you mean <${near}>?` : undefined);
  return null;
}

function isApplicationHost(root: XmlElement, file: string): boolean {
  const wholes = [root, ...childrenOf(root, 'location')];
  const hasGlobalRules = wholes.some(
    (each) => elementsAt(each, 'system.webServer', 'rewrite', 'globalRules').length > 0,
  );
  const hasHost = childrenOf(root, 'system.applicationHost').length + childrenOf(root, 'webFarms').length > 0;
  if (hasHost || /applicationHost|\.xdt$/i.test(file)) return true;
  return hasGlobalRules && !/^web\.config$/i.test(basename(file)); // there they are a fault, not a hint
}
