// A .case file as text → what it says (README.md beside this file). Strict: a line that is not understood is an error.
import { type CaseRequest, parseRequests } from './case-requests.ts';
import { SHORT_BLOCKS } from './short-blocks.ts';

/** A problem that `check` must report. */
export interface ExpectedProblem {
  severity: 'error' | 'warning';
  /** `web.config:12:9`: file, line and column. */
  place: string;
  /** Part of the message. */
  says: string;
}

/** A file or, when its name ends in `/`, a folder. */
export interface CaseEntry {
  path: string;
  text: string;
  /** Where the text is taken from instead: a path below the corpus, and of it some lines or all. */
  corpus: { path: string; lines: [first: number, last: number] | null } | null;
}

export interface Case {
  title: string;
  why: string;
  entries: CaseEntry[];
  /** The file that is loaded: the applicationHost.config, or else the web.config. */
  config: string;
  problems: ExpectedProblem[];
  /** Errors beside those of `problems` are no surprise. */
  moreErrors: boolean;
  /** Variables for `%NAME%`. */
  environment: Record<string, string>;
  requests: CaseRequest[];
}

/** What is wrong with a .case file, with its line. */
class CaseError extends Error {
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.name = 'CaseError';
  }
}

interface Block {
  name: string;
  /** Number of its headline. */
  line: number;
  lines: string[];
}

const CITATION = /\b(?:url-rewrite\.md|arr\.md|CONTRACT|decisions\/0\d\d\d)\b/;

/** Blocks that are no files. */
const NO_FILES: ReadonlySet<string> = new Set(['requests', 'check', 'environment']);
const MORE = 'and more errors';

/** @throws CaseError */
export function parseCase(text: string): Case {
  const lines = text.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('==='));
  if (first === -1) throw new CaseError(lines.length, 'there is no block: begin one with "=== web.config"');
  const { title, why } = parseHead(lines.slice(0, first));
  const blocks = splitBlocks(lines, first);
  const entries = blocks.filter(({ name }) => !NO_FILES.has(name)).flatMap(parseEntry);
  const requests = named('requests', blocks).flatMap(requestsOf);
  const problems = named('check', blocks).flatMap(parseProblems);
  const moreErrors = named('check', blocks).some(({ lines }) => lines.includes(MORE));
  const environment = Object.fromEntries(named('environment', blocks).flatMap(parseEnvironment));
  refuseDoubles(blocks);
  const parsed = { title, why, entries, config: configOf(entries), problems, moreErrors, environment, requests };
  refuseUseless(parsed, lines.length);
  return parsed;
}

/** The lines before the first block: the title, and the sentences that say why, over one or more lines. */
function parseHead(lines: string[]): { title: string; why: string } {
  const title = /^Title: (\S.*)$/.exec(lines[0] ?? '')?.[1];
  if (title === undefined) throw new CaseError(1, 'the first line is "Title: …"');
  const start = /^Why: (\S.*)$/.exec(lines[1] ?? '')?.[1];
  if (start === undefined) throw new CaseError(2, 'the second line is "Why: …"');
  const rest = lines.slice(2).map((line) => line.trim());
  while (rest.at(-1) === '') rest.pop();
  const blank = rest.indexOf('');
  if (blank !== -1) throw new CaseError(blank + 3, 'nothing may stand between the reasons and the first block');
  const why = [start, ...rest].join(' ');
  if (!CITATION.test(why)) throw new CaseError(2, 'the reason cites no section, such as (url-rewrite.md 7)');
  return { title, why };
}

function splitBlocks(lines: string[], first: number): Block[] {
  const blocks: Block[] = [];
  for (const [index, line] of lines.entries()) {
    if (index < first) continue;
    if (!line.startsWith('===')) {
      blocks.at(-1)!.lines.push(line);
      continue;
    }
    const name = /^=== (\S.*)$/.exec(line)?.[1];
    if (name === undefined) throw new CaseError(index + 1, 'a headline is "=== " and a name');
    blocks.push({ name, line: index + 1, lines: [] });
  }
  return blocks;
}

function named(name: string, blocks: Block[]): Block[] {
  return blocks.filter((block) => block.name === name);
}

const CORPUS = /^(.*) from corpus (\S+)(?: lines (\d+)-(\d+))?$/;

function parseEntry({ name, line, lines }: Block): CaseEntry[] {
  const short = SHORT_BLOCKS.get(name)?.(trimBlankEnds(lines).join('\n'));
  if (short !== undefined) {
    const folders = short.folders.map((path) => ({ path, text: '', corpus: null }));
    return [{ path: short.path, text: short.text, corpus: null }, ...folders];
  }
  const [, path = name, source, start, end] = CORPUS.exec(name) ?? [];
  const part: [number, number] | null = start === undefined ? null : [Number(start), Number(end)];
  const corpus = source === undefined ? null : { path: source, lines: part };
  if (!/^[^\s\\/<][^\\]*$/.test(path) || path.split('/').includes('..'))
    throw new CaseError(line, `${path} is no path below the folder of the case, written with /`);
  const text = lines.join('\n').trim() === '' ? '' : `${trimBlankEnds(lines).join('\n')}\n`;
  if (text !== '' && (path.endsWith('/') || corpus !== null))
    throw new CaseError(line + 1, `${name} takes no text of its own`);
  return [{ path, text, corpus }];
}

/** Without the blank lines before the next headline. Those at the start stay: line numbers count from the headline. */
function trimBlankEnds(lines: string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);
}

function requestsOf({ line, lines }: Block): CaseRequest[] {
  return parseRequests(lines, (index, message) => new CaseError(line + 1 + index, message));
}

const PROBLEM = /^(error|warning) (\S+:\d+:\d+) (\S.*)$/;

function parseProblems({ line, lines }: Block): ExpectedProblem[] {
  const problems: ExpectedProblem[] = [];
  for (const [index, text] of lines.entries()) {
    if (isEmpty(text) || text === MORE) continue;
    const found = PROBLEM.exec(text);
    if (found === null) {
      throw new CaseError(
        line + 1 + index,
        'expected "error FILE:LINE:COLUMN MESSAGE" or "warning FILE:LINE:COLUMN …"',
      );
    }
    problems.push({ severity: found[1] as ExpectedProblem['severity'], place: found[2], says: found[3] });
  }
  return problems;
}

function parseEnvironment({ line, lines }: Block): [name: string, value: string][] {
  return lines.flatMap((text, index) => {
    if (isEmpty(text)) return [];
    const found = /^(\w+)=(.*)$/.exec(text);
    if (found === null) throw new CaseError(line + 1 + index, 'expected NAME=VALUE');
    return [[found[1], found[2]]];
  });
}

/** A blank line, or a comment. */
function isEmpty(line: string): boolean {
  return line.trim() === '' || line.startsWith('#');
}

/** An applicationHost.config, or else the first web.config that is written. */
function configOf(entries: CaseEntry[]): string {
  const paths = entries.map(({ path }) => path);
  const config = CONFIGS.map((name) => paths.find((path) => name.test(path))).find((path) => path !== undefined);
  if (config === undefined) throw new CaseError(1, 'there is neither an applicationHost.config nor a web.config');
  return config;
}

const CONFIGS = [/^applicationHost\.config$/, /(?:^|\/)web\.config$/];

function refuseDoubles(blocks: Block[]): void {
  const seen = new Set<string>();
  for (const { name, line } of blocks) {
    const path = SHORT_BLOCKS.get(name)?.('').path ?? name.split(' from corpus ')[0];
    if (seen.has(path)) throw new CaseError(line, `a second block for ${path}`);
    seen.add(path);
  }
}

function refuseUseless({ problems, requests }: Case, end: number): void {
  const refused = problems.some(({ severity }) => severity === 'error');
  if (refused && requests.length > 0) throw new CaseError(end, 'a configuration that is refused answers no request');
  if (!refused && requests.length === 0) throw new CaseError(end, 'there is no request, and no error is expected');
}
