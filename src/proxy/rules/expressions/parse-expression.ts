// Text with `{…}` in it → its parts (url-rewrite.md 7). There is no escape for a brace: one that is not paired is an error.

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'ruleGroup'; group: number }
  | { kind: 'conditionGroup'; group: number }
  | { kind: 'variable'; name: string }
  /** A function, map or provider: whatever is written with a colon. */
  | { kind: 'call'; name: string; argument: Node[] };

/** An expression that cannot be read. */
export class ExpressionError extends Error {
  readonly suggestion: string | undefined;

  constructor(message: string, suggestion?: string) {
    super(message);
    this.suggestion = suggestion;
  }
}

/** @throws ExpressionError */
export function parseExpression(text: string): Node[] {
  const reader = new Reader(text);
  const nodes = reader.nodes();
  if (!reader.atEnd) throw new ExpressionError(`unbalanced } in ${JSON.stringify(text)}`, 'pair each } with a {');
  return nodes;
}

/** Deeper ones are nobody's, and would be too much for the stack. */
const DEEPEST = 32;

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Up to the end, or to a } that closes what is around. */
  nodes(): Node[] {
    const nodes: Node[] = [];
    while (!this.atEnd && this.#text[this.#at] !== '}') {
      nodes.push(this.#text[this.#at] === '{' ? this.#braces() : this.#literal());
    }
    return nodes;
  }

  #literal(): Node {
    const start = this.#at;
    while (!this.atEnd && this.#text[this.#at] !== '{' && this.#text[this.#at] !== '}') this.#at++;
    return { kind: 'text', text: this.#text.slice(start, this.#at) };
  }

  #braces(): Node {
    const start = this.#at++;
    while (!this.atEnd && !'{}:'.includes(this.#text[this.#at])) this.#at++;
    const name = this.#text.slice(start + 1, this.#at).trim();
    const after = this.#text[this.#at];
    if (after === '{')
      throw new ExpressionError(`the name in ${this.#from(start)} holds an expression`, 'names are plain text');
    if (name === '')
      throw new ExpressionError(`${this.#from(start)} has no name`, 'write {NAME}, {R:1}, {C:1} or {Map:key}');
    let node: Node = { kind: 'variable', name };
    if (after === ':') {
      this.#at++;
      if (++this.#depth > DEEPEST) throw new ExpressionError(`${this.#from(start)} stands more than ${DEEPEST} deep`);
      node = callOrGroup(name, this.nodes());
      this.#depth--;
    }
    if (this.#text[this.#at] !== '}') {
      throw new ExpressionError(`unbalanced { in ${JSON.stringify(this.#text)}`, 'pair each { with a }');
    }
    this.#at++;
    return node;
  }

  #from(start: number): string {
    return JSON.stringify(this.#text.slice(start, start + 20));
  }
}

function callOrGroup(name: string, argument: Node[]): Node {
  const upper = name.toUpperCase();
  if (upper !== 'R' && upper !== 'C') return { kind: 'call', name, argument };
  const number = argument.length === 1 && argument[0].kind === 'text' ? argument[0].text.trim() : '';
  if (!/^\d{1,2}$/.test(number)) {
    throw new ExpressionError(`{${name}:…} needs the number of a group`, `write {${upper}:1}`);
  }
  return { kind: upper === 'R' ? 'ruleGroup' : 'conditionGroup', group: Number(number) };
}
