// A character class of PCRE → one of JavaScript: named classes are spelled out, a ] that stands first is escaped.

const NAMED: Readonly<Record<string, string>> = {
  ...{ alnum: 'A-Za-z0-9', alpha: 'A-Za-z', digit: '0-9', lower: 'a-z', upper: 'A-Z', word: '\\w', space: '\\s' },
  ...{
    blank: ' \\t',
    xdigit: '0-9A-Fa-f',
    punct: '!-\\/:-@\\[-`{-~',
    cntrl: '\\x00-\\x1f\\x7f',
    print: ' -~',
    graph: '!-~',
  },
};

/** The class that `text` begins with: how many characters it takes, and what they become. One without an end stays. */
export function fromFirstBracket(text: string): [number, string] {
  const start = /^\[\^?\]?/.exec(text)![0];
  let result = start.replace(']', '\\]');
  let at = start.length;
  while (at < text.length && text[at] !== ']') {
    const named = /^\[:(\w+):\]/.exec(text.slice(at));
    if (named && Object.hasOwn(NAMED, named[1]!)) {
      result += NAMED[named[1]!];
      at += named[0].length;
    } else if (text[at] === '\\' && at + 1 < text.length) {
      result += /\s/.test(text[at + 1]!) ? text[at + 1] : text.slice(at, at + 2);
      at += 2;
    } else result += text[at++];
  }
  return [at + 1, at < text.length ? `${result}]` : result];
}
