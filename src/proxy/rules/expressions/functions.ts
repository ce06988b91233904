// The string functions (url-rewrite.md 7). Each is one small class; their names are known to FUNCTIONS alone.
import { isUtf8 } from 'node:buffer';
import type { RuleRun } from '../rule-run.ts';
import { markAsEncoded } from '../url-text.ts';
import type { Part } from './part.ts';

class ToLower implements Part {
  readonly #argument: Part;

  constructor(argument: Part) {
    this.#argument = argument;
  }

  expand(run: RuleRun): string {
    return this.#argument.expand(run).toLowerCase();
  }

  inUrl(): Part {
    return new ToLower(this.#argument.inUrl());
  }
}

class UrlEncode implements Part {
  readonly #argument: Part;

  constructor(argument: Part) {
    this.#argument = argument;
  }

  expand(run: RuleRun): string {
    return percentEncode(this.#argument.expand(run));
  }

  /** Encoded once is enough: the escapes are left alone when the URL is encoded. */
  inUrl(): Part {
    return { expand: (run) => markAsEncoded(this.expand(run)), inUrl: () => this };
  }
}

class UrlDecode implements Part {
  readonly #argument: Part;

  constructor(argument: Part) {
    this.#argument = argument;
  }

  expand(run: RuleRun): string {
    const text = this.#argument.expand(run);
    const decoded = percentDecode(text);
    if (/%[0-9a-fA-F]{2}/.test(decoded)) throw run.failure('{UrlDecode:…} was given text that is encoded twice');
    return decoded;
  }

  inUrl(): Part {
    return this;
  }
}

class HtmlEncode implements Part {
  readonly #argument: Part;

  constructor(argument: Part) {
    this.#argument = argument;
  }

  expand(run: RuleRun): string {
    return htmlEncode(this.#argument.expand(run));
  }

  inUrl(): Part {
    return this;
  }
}

/** By lower-case name: letter case does not count (url-rewrite.md 22). */
export const FUNCTIONS: ReadonlyMap<string, new (argument: Part) => Part> = new Map<
  string,
  new (
    argument: Part,
  ) => Part
>([
  ['tolower', ToLower],
  ['urlencode', UrlEncode],
  ['urldecode', UrlDecode],
  ['htmlencode', HtmlEncode],
]);

/** As RFC 3986 has it: all but unreserved characters, upper-case hex, a space is %20. */
function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Decodes what is well formed and leaves the rest as it is; what is not UTF-8 is read as latin1, as in paths. */
function percentDecode(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
    return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
  });
}

/** `&`, `<`, `>` and both quotes as character references. */
export function htmlEncode(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
