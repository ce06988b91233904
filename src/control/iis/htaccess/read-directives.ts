// The directives of one file → its rules with their conditions, its maps, and a row for each directive that is neither.
import type { LocatedProblem } from '../../../model/config-error.ts';
import type { Place } from '../../../model/config-node.ts';
import type { FidelityRow, FidelityVerdict } from '../../../model/fidelity-row.ts';
import { unclosedReference } from './convert-text.ts';
import { conditionFlags, type Flag, ruleFlags } from './flags.ts';
import { otherDirective } from './other-directives.ts';
import { openSection, type Section } from './sections.ts';
import { type Directive, fault, tokenise, type Word } from './tokenise.ts';

export interface ParsedCondition {
  place: Place;
  input: string;
  pattern: string;
  flags: Flag[];
}

export interface ParsedRule {
  place: Place;
  pattern: string;
  substitution: string;
  flags: Flag[];
  conditions: ParsedCondition[];
  /** Matched against paths with their leading slash. */
  ofServer: boolean;
}

export interface ParsedFile {
  file: string;
  rules: ParsedRule[];
  maps: { name: string; source: string; place: Place }[];
  /** RewriteBase, without a slash at its end; null where there is none. */
  base: string | null;
  documentRoot: string | null;
  /** `RewriteEngine off` is the last word. */
  off: boolean;
  rows: FidelityRow[];
}

/** @param problems takes faults that Apache would refuse too */
export function readDirectives(text: string, file: string, problems: LocatedProblem[]): ParsedFile {
  return new FileReader(file, problems).read(tokenise(text, file, problems));
}

class FileReader {
  readonly #result: ParsedFile;
  readonly #problems: LocatedProblem[];
  readonly #sections: Section[] = [];
  #conditions: ParsedCondition[] = [];

  constructor(file: string, problems: LocatedProblem[]) {
    this.#problems = problems;
    this.#result = { file, rules: [], maps: [], base: null, documentRoot: null, off: false, rows: [] };
  }

  read(directives: readonly Directive[]): ParsedFile {
    for (const directive of directives) {
      if (directive.name.startsWith('<')) this.#section(directive);
      else if (this.#sections.every(({ taken }) => taken)) this.#directive(directive);
    }
    for (const { name, place } of this.#sections) fault(this.#problems, place, `<${name}> is never closed`);
    for (const { place } of this.#conditions)
      this.#row(place, 'RewriteCond', 'unsupported', 'no rule follows it: it has no effect');
    return this.#result;
  }

  #section(directive: Directive): void {
    if (directive.name.startsWith('</')) {
      const open = this.#sections.pop();
      const isTwin = open?.name.toLowerCase() === directive.name.slice(2).toLowerCase();
      if (!isTwin) fault(this.#problems, directive.place, `${directive.name}> closes nothing that is open`);
      return;
    }
    const section = openSection(directive);
    if (this.#sections.every(({ taken }) => taken))
      this.#row(directive.place, `<${section.name}>`, section.verdict, section.note);
    this.#sections.push(section);
  }

  #directive(directive: Directive): void {
    const { words, place } = directive;
    const first = words[0]?.text ?? '';
    switch (directive.name.toLowerCase()) {
      case 'rewritecond':
        return this.#condition(directive);
      case 'rewriterule':
        return this.#rule(directive);
      case 'rewriteengine':
        this.#result.off = first.toLowerCase() === 'off';
        return this.#row(
          place,
          'RewriteEngine',
          'exact',
          this.#result.off ? 'the rules are written, switched off' : '',
        );
      case 'rewritebase':
        this.#result.base = first.replace(/\/+$/, '');
        return this.#row(place, 'RewriteBase', ...baseRow(this.#result.base));
      case 'rewritemap':
        if (words.length !== 2) fault(this.#problems, place, 'RewriteMap takes a name and where the map is');
        else this.#result.maps.push({ name: first, source: words[1]!.text, place });
        return;
      case 'documentroot':
        this.#result.documentRoot = first;
        return this.#row(place, 'DocumentRoot', 'approximated', 'the root of the site, where a rule needs its files');
      default:
        return this.#row(place, directive.name, ...otherDirective(directive));
    }
  }

  #condition({ words, place }: Directive): void {
    if (!this.#counts(words, place, 'RewriteCond takes a text, a pattern and flags')) return;
    const [input, pattern, flags] = words as [Word, Word, Word?];
    this.#checkReferences(input);
    const read = conditionFlags(flags, this.#problems);
    this.#conditions.push({ place, input: input.text, pattern: pattern.text, flags: read });
  }

  #rule({ words, place }: Directive): void {
    const conditions = this.#conditions;
    this.#conditions = [];
    if (!this.#counts(words, place, 'RewriteRule takes a pattern, a substitution and flags')) return;
    const [pattern, substitution, flags] = words as [Word, Word, Word?];
    this.#checkReferences(substitution);
    const ofServer = this.#sections.findLast(({ context }) => context !== null)?.context ?? fileContext(place.file);
    this.#result.rules.push({
      place,
      pattern: pattern.text,
      substitution: substitution.text,
      flags: ruleFlags(flags, this.#problems),
      conditions,
      ofServer: ofServer === 'server',
    });
  }

  #checkReferences({ text, place }: Word): void {
    const unclosed = unclosedReference(text);
    if (unclosed !== null) fault(this.#problems, place, `${unclosed} has no closing brace`);
  }

  #counts(words: readonly Word[], place: Place, message: string): boolean {
    if (words.length === 2 || words.length === 3) return true;
    const advice = words.length > 3 ? 'blanks in a word need quotes or a backslash' : undefined;
    fault(this.#problems, place, `${message}, got ${words.length} words`, advice);
    return false;
  }

  #row({ file, line }: Place, path: string, verdict: FidelityVerdict, note: string): void {
    this.#result.rows.push({ file, line, path, verdict, note });
  }
}

/** A file whose name ends in .conf is part of the server's configuration; any other is one of a folder. */
function fileContext(file: string): 'server' | 'folder' {
  return /\.conf$/i.test(file) ? 'server' : 'folder';
}

function baseRow(base: string): [FidelityVerdict, string] {
  return base === ''
    ? ['exact', 'the root of the site']
    : ['approximated', `taken for the URL path of the folder: its rules stand in the location ${base}`];
}
