// A provider as rules ask it (url-rewrite.md 15). What an extension does is its own affair: what goes wrong there fails the request
// that asked, and nothing else.
import type { RewriteProvider } from '../../model/extensions.ts';
import type { Lookup } from './lookup.ts';
import type { RuleRun } from './rule-run.ts';

/** Longest text that a provider may give, in UTF-16 code units. */
const LONGEST = 65_536;

export class Provider implements Lookup {
  readonly name: string;
  readonly #provider: RewriteProvider;

  constructor(name: string, provider: RewriteProvider) {
    this.name = name;
    this.#provider = provider;
  }

  /** @throws ProxyError where it fails */
  lookUp(key: string, run: RuleRun): string {
    let given: unknown;
    try {
      given = this.#provider.rewrite(key);
    } catch (error) {
      throw run.failure(`provider ${this.name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (typeof given !== 'string') throw run.failure(`provider ${this.name} gave no text`);
    if (given.length > LONGEST) throw run.failure(`provider ${this.name} gave ${given.length} characters`);
    return given.isWellFormed() ? given : given.toWellFormed(); // url-text.ts has a meaning for what is not
  }
}
