// The block `=== requests` of a .case file: each request with what is given, then `->` and what is expected of it.

/** What the server answers, when outbound rules are looked at. */
export interface CaseResponse {
  status: number;
  headers: [name: string, value: string][];
  body: string;
}

/**
 * One line that is expected. `about` and `name` say which part of the explanation the line speaks of; the runner writes
 * that part in the same words and compares.
 */
export interface ExpectedLine {
  about: 'outcome' | 'says' | 'description' | 'farm' | 'server' | 'file' | 'header' | 'rule' | 'input' | 'response';
  /** Of a header or a rule; else ''. */
  name: string;
  text: string;
}

export interface CaseRequest {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  /** Null: the usual 127.0.0.1. */
  client: string | null;
  response: CaseResponse | null;
  expected: ExpectedLine[];
}

type Fail = (index: number, message: string) => Error;

/** A header line: the name, a colon, a blank and the value, or nothing after the colon. */
const HEADER = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):(?: (.*))?$/;
const KINDS = ['proxy', 'rewrite', 'static', 'redirect', 'answer', 'abort', 'none', 'error'];

/**
 * @param fail makes the error for a line, counted from 0
 * @throws what `fail` makes
 */
export function parseRequests(lines: readonly string[], fail: Fail): CaseRequest[] {
  const parser = new RequestsParser(fail);
  for (const [index, line] of lines.entries()) parser.take(line.trimEnd(), index);
  parser.end(lines.length - 1);
  return parser.requests;
}

class RequestsParser {
  readonly requests: CaseRequest[] = [];
  readonly #fail: Fail;
  #request: CaseRequest | null = null;
  /** Gets the `|` lines that follow. */
  #body: ((line: string) => void) | null = null;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  take(line: string, index: number): void {
    const text = line.trimStart();
    if (text === '' || text.startsWith('#')) return;
    if (text.startsWith('|')) return this.#takeBody(text, index);
    this.#body = null;
    if (text.startsWith('-> ')) return this.#takeOutcome(text.slice(3).trim(), index);
    if (text === line) return this.#begin(line, index);
    if (this.#request === null) throw this.#fail(index, 'begin with a request, such as "GET https://www.example.com/"');
    if (this.#request.expected.length > 0) this.#takeExpected(text, index, this.#request);
    else this.#takeGiven(text, index, this.#request);
  }

  end(index: number): void {
    if (this.#request !== null && this.#request.expected.length === 0)
      throw this.#fail(index, `nothing is expected of ${this.#request.method} ${this.#request.url}`);
  }

  #begin(line: string, index: number): void {
    this.end(index);
    const found = /^([A-Z]+) (https?:\/\/\S+)$/.exec(line);
    if (found === null) throw this.#fail(index, 'expected a method and an absolute URL');
    const [, method, url] = found;
    this.#request = { method, url, headers: [], client: null, response: null, expected: [] };
    this.requests.push(this.#request);
  }

  #takeOutcome(text: string, index: number): void {
    if (this.#request === null) throw this.#fail(index, 'an outcome without a request');
    if (this.#request.expected.length > 0) throw this.#fail(index, 'a second outcome');
    if (!KINDS.includes(text.split(' ')[0])) throw this.#fail(index, `an outcome is one of ${KINDS.join(', ')}`);
    this.#request.expected.push({ about: 'outcome', name: '', text });
  }

  #takeGiven(text: string, index: number, request: CaseRequest): void {
    if (text.startsWith('client ')) {
      request.client = text.slice('client '.length).trim();
    } else if (text.startsWith('response ')) {
      this.#takeResponse(text.slice('response '.length), index, request);
    } else {
      const found = HEADER.exec(text);
      if (found === null) throw this.#fail(index, 'expected a header, "client ADDRESS", "response …" or "-> OUTCOME"');
      request.headers.push([found[1], found[2] ?? '']);
    }
  }

  #takeResponse(text: string, index: number, request: CaseRequest): void {
    request.response ??= { status: 200, headers: [], body: '' };
    const { response } = request;
    if (text.startsWith('body:')) {
      this.#beginBody(text, (line) => {
        response.body += line;
      });
    } else if (/^\d{3}$/.test(text)) {
      response.status = Number(text);
    } else {
      const found = HEADER.exec(text);
      if (found === null)
        throw this.#fail(index, 'expected "response 200", "response NAME: VALUE" or "response body: …"');
      response.headers.push([found[1], found[2] ?? '']);
    }
  }

  /** A body of one line stands behind the colon; a longer one on lines that begin with `|`. */
  #beginBody(text: string, add: (line: string) => void): void {
    const inline = text.slice('body:'.length).trim();
    if (inline !== '') add(inline);
    else this.#body = add;
  }

  #takeBody(text: string, index: number): void {
    if (this.#body === null) throw this.#fail(index, 'a line of a body stands after "response body:"');
    this.#body(`${text.replace(/^\| ?/, '')}\n`);
  }

  #takeExpected(text: string, index: number, { expected }: CaseRequest): void {
    if (text.startsWith('response body:')) {
      const line: ExpectedLine = { about: 'response', name: 'body', text: '' };
      expected.push(line);
      this.#beginBody(text.slice('response '.length), (more) => {
        line.text += more;
      });
      return;
    }
    const line = readExpected(text);
    if (line === null) throw this.#fail(index, `not understood after the outcome: ${text}`);
    expected.push(line);
  }
}

/** Null: not understood. */
function readExpected(text: string): ExpectedLine | null {
  const plain = /^(says|description|farm|server|file) (.*)$/.exec(text);
  if (plain !== null) return { about: plain[1] as ExpectedLine['about'], name: '', text: plain[2] };
  const rule = /^rule "([^"]+)" (?:(matched|not matched|not run)|saw (".*"))$/.exec(text);
  if (rule !== null) return { about: rule[2] ? 'rule' : 'input', name: rule[1], text: rule[2] ?? rule[3] };
  const says = /^response says (\S.*)$/.exec(text);
  if (says !== null) return { about: 'response', name: 'says', text: says[1] };
  const status = /^response (\d{3})$/.exec(text);
  if (status !== null) return { about: 'response', name: 'status', text: status[1] };
  const field = /^(header|response) (\S+?)(?:: ?(.*)| (removed|untouched|absent))$/.exec(text);
  if (field === null) return null;
  const [, about, name, value, word] = field;
  if (word !== undefined && (word === 'absent') !== (about === 'response')) return null;
  return { about: about as 'header' | 'response', name: name.toLowerCase(), text: word ?? `: ${value}` };
}
