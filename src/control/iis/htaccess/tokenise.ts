// Text of an .htaccess file or of httpd.conf → directives, each word with its place (url-rewrite.md 20): blanks separate,
// quotes group, a backslash takes the next character along and joins lines, # begins a comment.
import type { LocatedProblem } from '../../../model/config-error.ts';
import type { Place } from '../../../model/config-node.ts';

export interface Word {
  /** Without its quotes; backslashes stay, for patterns and texts read them differently. */
  text: string;
  place: Place;
}

export interface Directive {
  /** As written; `<IfModule` and `</IfModule` for the ends of a section. */
  name: string;
  words: Word[];
  place: Place;
}

/** @param problems takes what cannot be read; only directives of mod_rewrite are looked at so closely */
export function tokenise(text: string, file: string, problems: LocatedProblem[]): Directive[] {
  return logicalLines(text, file, problems).flatMap((line) => directiveOf(line, problems) ?? []);
}

/** One line after joining; `places` says where each character of it was written. */
interface LogicalLine {
  text: string;
  placeAt(offset: number): Place;
}

function logicalLines(text: string, file: string, problems: LocatedProblem[]): LogicalLine[] {
  const physical = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const lines: LogicalLine[] = [];
  for (let at = 0; at < physical.length; at++) {
    let joined = '';
    const starts: { offset: number; line: number }[] = [];
    for (;;) {
      starts.push({ offset: joined.length, line: at + 1 });
      const written = physical[at]!;
      if (!/(?:^|[^\\])(?:\\\\)*\\$/.test(written)) {
        joined += written;
        break;
      }
      joined += written.slice(0, -1);
      if (at + 1 < physical.length && physical.slice(at + 1).some((rest) => rest !== '')) at++;
      else {
        fault(problems, { file, line: at + 1, column: written.length }, 'the last line ends in a backslash');
        break;
      }
    }
    const placeAt = (offset: number): Place => {
      const start = starts.findLast((each) => each.offset <= offset)!;
      return { file, line: start.line, column: offset - start.offset + 1 };
    };
    lines.push({ text: joined, placeAt });
  }
  return lines;
}

function directiveOf({ text, placeAt }: LogicalLine, problems: LocatedProblem[]): Directive | null {
  const start = text.search(/\S/);
  if (start === -1 || text[start] === '#') return null;
  const name = /^<?\/?[^\s>]*/.exec(text.slice(start))![0];
  const isSection = name.startsWith('<');
  const end = isSection ? text.replace(/>\s*$/, '').length : text.length;
  const words: Word[] = [];
  let at = start + name.length;
  for (;;) {
    while (at < end && /\s/.test(text[at]!)) at++;
    if (at >= end) break;
    const word = wordAt(text.slice(0, end), at);
    if (/^Rewrite/i.test(name) && word.fault) fault(problems, placeAt(at), word.fault);
    words.push({ text: word.text, place: placeAt(at) });
    at = word.end;
  }
  return { name, words, place: placeAt(start) };
}

/** The word that begins at `start`. A quote that begins it lasts to its twin; elsewhere quotes are plain characters. */
function wordAt(text: string, start: number): { text: string; end: number; fault?: string } {
  const quote = text[start] === '"' || text[start] === "'" ? text[start] : null;
  let at = quote ? start + 1 : start;
  let word = '';
  while (at < text.length) {
    const character = text[at]!;
    if (quote ? character === quote : /\s/.test(character)) break;
    const pair = character === '\\' && at + 1 < text.length;
    word += pair ? character + text[at + 1]! : character;
    at += pair ? 2 : 1;
  }
  if (quote === null) return { text: word, end: at };
  if (at >= text.length) return { text: word, end: at, fault: `the ${quote} is never closed` };
  const glued = at + 1 < text.length && !/\s/.test(text[at + 1]!);
  return { text: word, end: at + 1, ...(glued ? { fault: `a blank is missing after the closing ${quote}` } : {}) };
}

export function fault(problems: LocatedProblem[], place: Place, message: string, suggestion?: string): void {
  problems.push({ ...place, severity: 'error', message, ...(suggestion ? { suggestion } : {}) });
}
