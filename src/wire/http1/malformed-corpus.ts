// Messages that must be refused, and odd ones that must not be: for the tests of the scanners and of whole routers.
// All bytes are latin1 text. Each message breaks one rule and is else well-formed.

export interface MalformedRequest {
  readonly name: string;
  readonly bytes: string;
  /** What the refusal answers. */
  readonly status: number;
}

export interface NamedBytes {
  readonly name: string;
  readonly bytes: string;
}

const HOST = 'Host: shop.example\r\n';
const ABSOLUTE = 'GET http://shop.example/ HTTP/1.1\r\n';

function malformed(name: string, bytes: string, status = 400): MalformedRequest {
  return { name, bytes, status };
}

/** A request that is right but for its request line. */
function withLine(name: string, line: string, status = 400): MalformedRequest {
  return malformed(name, `${line}\r\n${HOST}\r\n`, status);
}

/** A request that is right but for these field lines, each with its line end. */
function withFields(name: string, fields: string, status = 400): MalformedRequest {
  return malformed(name, `POST / HTTP/1.1\r\n${HOST}${fields}\r\n`, status);
}

/** A request whose only Host field, if any, is in `fields`. */
function withHost(name: string, fields: string, line = 'GET / HTTP/1.1\r\n'): MalformedRequest {
  return malformed(name, `${line}${fields}\r\n`);
}

const requestLines: readonly MalformedRequest[] = [
  withLine('HTTP/0.9', 'GET /'),
  withLine('HTTP/0.9 with a trailing space', 'GET / '),
  withLine('a request line without target', 'GET HTTP/1.1'),
  withLine('an empty target', 'GET  HTTP/1.1'),
  withLine('two spaces behind the target', 'GET /  HTTP/1.1'),
  withLine('a space in the target', 'GET /a b HTTP/1.1'),
  withLine('a tab behind the method', 'GET\t/ HTTP/1.1'),
  withLine('a space before the method', ' GET / HTTP/1.1'),
  withLine('a space behind the version', 'GET / HTTP/1.1 '),
  withLine('a method that is no token', 'G[T / HTTP/1.1'),
  withLine('a method with a colon', 'GET: / HTTP/1.1'),
  withLine('an empty method', ' / HTTP/1.1'),
  withLine('a method beyond ASCII', 'G\xc9T / HTTP/1.1'),
  withLine('a control in the target', 'GET /a\x01 HTTP/1.1'),
  withLine('NUL in the target', 'GET /a\x00b HTTP/1.1'),
  withLine('a tab in the target', 'GET /a\tb HTTP/1.1'),
  withLine('DEL in the target', 'GET /a\x7f HTTP/1.1'),
  withLine('a target beyond ASCII', 'GET /caf\xe9 HTTP/1.1'),
  withLine('a fragment in the target', 'GET /a#b HTTP/1.1'),
  withLine('a target without slash', 'GET index.html HTTP/1.1'),
  withLine('a target of another scheme', 'GET ftp://shop.example/ HTTP/1.1'),
  withLine('an absolute target without host', 'GET http:///a HTTP/1.1'),
  withLine('an absolute target with user information', 'GET http://user@shop.example/ HTTP/1.1'),
  withLine('an absolute target with a bad port', 'GET http://shop.example:99999/ HTTP/1.1'),
  withLine('* for another method than OPTIONS', 'GET * HTTP/1.1'),
  withLine('an authority for another method than CONNECT', 'GET shop.example:443 HTTP/1.1'),
  withLine('CONNECT to a path', 'CONNECT / HTTP/1.1'),
  withLine('CONNECT without port', 'CONNECT shop.example HTTP/1.1'),
  withLine('CONNECT', 'CONNECT shop.example:443 HTTP/1.1', 501),
  withLine('a lower-case version', 'GET / http/1.1'),
  withLine('another protocol', 'GET / SPDY/1.1'),
  withLine('a version with two minor digits', 'GET / HTTP/1.10'),
  withLine('a version without minor digit', 'GET / HTTP/1.'),
  withLine('a version with a comma', 'GET / HTTP/1,1'),
  withLine('HTTP/2.0', 'GET / HTTP/2.0', 505),
  withLine('HTTP/1.2', 'GET / HTTP/1.2', 505),
  withLine('HTTP/0.9 written out', 'GET / HTTP/0.9', 505),
  malformed('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505),
  malformed('a request line ended by LF', `GET / HTTP/1.1\n${HOST}\r\n`),
  malformed('a request line ended by CR', `GET / HTTP/1.1\r${HOST}\r\n`),
  malformed('a line end in the target', `GET /\r\nX: / HTTP/1.1\r\n${HOST}\r\n`),
  malformed('an empty line ended by LF before the request', `\nGET / HTTP/1.1\r\n${HOST}\r\n`),
  malformed('many empty lines before the request', `\r\n\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`),
  malformed('a TLS ClientHello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
];

const fieldLines: readonly MalformedRequest[] = [
  withFields('a space before the colon', 'X-A : 1\r\n'),
  withFields('a tab before the colon', 'X-A\t: 1\r\n'),
  withFields('a space before the colon of Content-Length', 'Content-Length : 5\r\n'),
  withFields('a folded line', 'X-A: 1\r\n 2\r\n'),
  withFields('a line folded with a tab', 'X-A: 1\r\n\t2\r\n'),
  malformed('white space before the first field', `GET / HTTP/1.1\r\n ${HOST}\r\n`),
  withFields('a field without colon', 'X-A\r\n'),
  withFields('a field without name', ': 1\r\n'),
  withFields('a name with a space', 'X A: 1\r\n'),
  withFields('a name with a slash', 'X/A: 1\r\n'),
  withFields('NUL in a name', 'X\x00A: 1\r\n'),
  withFields('a name beyond ASCII', 'X\xe9: 1\r\n'),
  withFields('NUL in a value', 'X-A: 1\x002\r\n'),
  withFields('a control in a value', 'X-A: 1\x082\r\n'),
  withFields('a vertical tab in a value', 'X-A: 1\x0b2\r\n'),
  withFields('DEL in a value', 'X-A: 1\x7f\r\n'),
  withFields('a bare LF behind a value', 'X-A: 1\n'),
  withFields('a bare LF in a value', 'X-A: 1\nX-B: 2\r\n'),
  withFields('a bare CR in a value', 'X-A: 1\rX-B: 2\r\n'),
  withFields('CR CR LF', 'X-A: 1\r\r\n'),
  withFields('a bare CR before the empty line', '\rX-A: 1\r\n'),
  malformed('an empty line of LF', `GET / HTTP/1.1\r\n${HOST}\n`),
];

const hosts: readonly MalformedRequest[] = [
  withHost('no Host', ''),
  withHost('no Host beside an absolute target', '', ABSOLUTE),
  withHost('two Hosts', `${HOST}Host: other.example\r\n`),
  withHost('the same Host twice', HOST + HOST),
  withHost('two Hosts in HTTP/1.0', HOST + HOST, 'GET / HTTP/1.0\r\n'),
  withHost('an empty Host', 'Host:\r\n'),
  withHost('a list of Hosts', 'Host: shop.example, other.example\r\n'),
  withHost('a Host with a space', 'Host: shop.example other.example\r\n'),
  withHost('a Host with user information', 'Host: user@shop.example\r\n'),
  withHost('a Host with a path', 'Host: shop.example/admin\r\n'),
  withHost('a Host with a backslash', 'Host: shop.example\\admin\r\n'),
  withHost('a Host with a query', 'Host: shop.example?a\r\n'),
  withHost('a Host with markup', 'Host: <script>\r\n'),
  withHost('a Host with a broken percent-encoding', 'Host: shop%2\r\n'),
  withHost('a Host that is only a port', 'Host: :80\r\n'),
  withHost('a Host with a port that is no number', 'Host: shop.example:8a\r\n'),
  withHost('a Host with a port beyond 65535', 'Host: shop.example:65536\r\n'),
  withHost('a Host with two ports', 'Host: shop.example:80:80\r\n'),
  withHost('a Host with an IPv6 address without brackets', 'Host: ::1\r\n'),
  withHost('a Host with an open bracket', 'Host: [::1\r\n'),
  withHost('a Host with an impossible IPv6 address', 'Host: [1:2:3]\r\n'),
  withHost('a Host with text behind the bracket', 'Host: [::1]x\r\n'),
  withHost('a Host beyond ASCII', 'Host: caf\xe9.example\r\n'),
  withHost('a Host beside another host in the target', 'Host: other.example\r\n', ABSOLUTE),
  withHost('a Host beside another port in the target', 'Host: shop.example:8080\r\n', ABSOLUTE),
];

const framing: readonly MalformedRequest[] = [
  withFields('two lengths that differ', 'Content-Length: 5\r\nContent-Length: 6\r\n'),
  withFields('the same length twice', 'Content-Length: 5\r\nContent-Length: 5\r\n'),
  withFields('a list of lengths', 'Content-Length: 5, 5\r\n'),
  withFields('an empty length', 'Content-Length:\r\n'),
  withFields('a negative length', 'Content-Length: -5\r\n'),
  withFields('a length with a sign', 'Content-Length: +5\r\n'),
  withFields('a hexadecimal length', 'Content-Length: 0x5\r\n'),
  withFields('a length with a fraction', 'Content-Length: 5.0\r\n'),
  withFields('a length with a space inside', 'Content-Length: 5 5\r\n'),
  withFields('a length that no number holds exactly', 'Content-Length: 9007199254740992\r\n'),
  withFields('a length that wraps at 64 bits', 'Content-Length: 18446744073709551621\r\n'),
  withFields('a length with a no-break space', 'Content-Length: \xa05\r\n'),
  withFields('a length beside a coding', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'),
  withFields('a coding beside a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n'),
  withFields('chunked twice', 'Transfer-Encoding: chunked, chunked\r\n'),
  withFields('chunked in two fields', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'),
  withFields('chunked before another coding', 'Transfer-Encoding: chunked, gzip\r\n'),
  withFields('chunked before identity', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'),
  withFields('another coding alone', 'Transfer-Encoding: gzip\r\n'),
  withFields('the coding identity', 'Transfer-Encoding: identity\r\n'),
  withFields('an empty coding', 'Transfer-Encoding:\r\n'),
  withFields('an empty coding before chunked in another field', 'Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n'),
  withFields('an empty member beside chunked', 'Transfer-Encoding: chunked,\r\n'),
  withFields('chunked with a parameter', 'Transfer-Encoding: chunked;q=1\r\n'),
  withFields('a word that ends in chunked', 'Transfer-Encoding: xchunked\r\n'),
  withFields('chunked in quotes', 'Transfer-Encoding: "chunked"\r\n'),
  withFields('chunked behind a no-break space', 'Transfer-Encoding: \xa0chunked\r\n'),
  withFields('a coding before chunked', 'Transfer-Encoding: gzip, chunked\r\n', 501),
  withFields('codings in two fields', 'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n', 501),
  malformed('a coding in HTTP/1.0', `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`),
  withFields('Connection names Host', 'Connection: close, Host\r\n'),
  withFields('Connection names Content-Length', 'Connection: content-length\r\nContent-Length: 5\r\n'),
  withFields('Connection names Transfer-Encoding', 'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n'),
  withFields('Connection names Cookie', 'Connection: keep-alive, Cookie\r\n'),
  withFields('Connection names Authorization', 'Connection: authorization\r\n'),
  withFields('Connection with something that is no token', 'Connection: "close"\r\n'),
];

export const malformedRequests: readonly MalformedRequest[] = [...requestLines, ...fieldLines, ...hosts, ...framing];

/** Unusual, but to be served. Bodies are whole. */
export const wellFormedRequests: readonly NamedBytes[] = [
  { name: 'the smallest request', bytes: 'GET / HTTP/1.0\r\n\r\n' },
  { name: 'an empty line before the request', bytes: `\r\nGET / HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'an unknown method', bytes: `FR0B! / HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'an absolute target', bytes: `GET HTTP://Shop.example:80?a=1 HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'OPTIONS *', bytes: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'OPTIONS of a path', bytes: `OPTIONS /a HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'every byte that a target may hold', bytes: `GET /!"$%&'()*+,-.:;<=>?@[\\]^_\`{|}~ HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'no white space around values', bytes: 'GET / HTTP/1.1\r\nHost:shop.example\r\nX-A:1\r\n\r\n' },
  { name: 'white space around values', bytes: 'GET / HTTP/1.1\r\nHost: \t shop.example \t \r\nX-A:  \r\n\r\n' },
  { name: 'bytes beyond ASCII in a value', bytes: `GET / HTTP/1.1\r\n${HOST}X-A: caf\xc3\xa9 \xff\r\n\r\n` },
  { name: 'a tab in a value', bytes: `GET / HTTP/1.1\r\n${HOST}X-A: a\tb\r\n\r\n` },
  { name: 'an IPv6 host with a port', bytes: 'GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n' },
  { name: 'a host with an empty port', bytes: 'GET / HTTP/1.1\r\nHost: shop.example:\r\n\r\n' },
  { name: 'an empty body with a length', bytes: `POST / HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n` },
  { name: 'a length with leading zeros', bytes: `POST / HTTP/1.1\r\n${HOST}Content-Length: 0005\r\n\r\nhello` },
  { name: 'a body of GET', bytes: `GET / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello` },
  {
    name: 'chunked in capitals',
    bytes: `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  },
  { name: 'empty members of Connection', bytes: `GET / HTTP/1.1\r\n${HOST}Connection: , keep-alive,,x-a\r\n\r\n` },
  { name: 'a field that another proxy added', bytes: `GET / HTTP/1.1\r\n${HOST}Via: 1.0 old\r\n\r\n` },
  {
    name: 'Upgrade that Connection does not name',
    bytes: `GET / HTTP/1.1\r\n${HOST}Connection: x-a\r\nUpgrade: h2c\r\n\r\n`,
  },
  { name: 'an unknown expectation', bytes: `POST / HTTP/1.1\r\n${HOST}Expect: miracles\r\nContent-Length: 0\r\n\r\n` },
];

const OK = 'HTTP/1.1 200 OK\r\n';

export const malformedResponses: readonly NamedBytes[] = [
  { name: 'another protocol', bytes: 'ICY 200 OK\r\n\r\n' },
  { name: 'HTTP/2.0', bytes: 'HTTP/2.0 200 OK\r\n\r\n' },
  { name: 'HTTP/1.2', bytes: 'HTTP/1.2 200 OK\r\n\r\n' },
  { name: 'an empty line before the response', bytes: `\r\n${OK}\r\n` },
  { name: 'a status of two digits', bytes: 'HTTP/1.1 20 OK\r\n\r\n' },
  { name: 'a status of four digits', bytes: 'HTTP/1.1 2000 OK\r\n\r\n' },
  { name: 'a status below 100', bytes: 'HTTP/1.1 099 OK\r\n\r\n' },
  { name: 'a status line ended by LF', bytes: 'HTTP/1.1 200 OK\n\r\n' },
  { name: 'a bare CR in the reason', bytes: 'HTTP/1.1 200 O\rK\r\n\r\n' },
  { name: 'NUL in the reason', bytes: 'HTTP/1.1 200 O\x00K\r\n\r\n' },
  { name: 'two spaces before the status', bytes: 'HTTP/1.1  200 OK\r\n\r\n' },
  { name: 'a folded line', bytes: `${OK}X-A: 1\r\n 2\r\n\r\n` },
  { name: 'a space before the colon', bytes: `${OK}X-A : 1\r\n\r\n` },
  { name: 'a bare LF behind a value', bytes: `${OK}X-A: 1\nX-B: 2\r\n\r\n` },
  { name: 'a control in a value', bytes: `${OK}X-A: \x01\r\n\r\n` },
  { name: 'a length beside a coding', bytes: `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n` },
  { name: 'two lengths that differ', bytes: `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\n` },
  { name: 'a list of lengths', bytes: `${OK}Content-Length: 5, 6\r\n\r\n` },
  { name: 'a negative length', bytes: `${OK}Content-Length: -1\r\n\r\n` },
  { name: 'chunked in HTTP/1.0', bytes: 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' },
  { name: 'an unknown coding', bytes: `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n` },
  { name: 'the coding identity', bytes: `${OK}Transfer-Encoding: identity\r\n\r\n` },
  { name: 'chunked twice', bytes: `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n` },
];

export const malformedChunkedBodies: readonly NamedBytes[] = [
  { name: 'a size line ended by LF', bytes: '5\nhello\r\n0\r\n\r\n' },
  { name: 'a size line ended by CR', bytes: '5\rhello\r\n0\r\n\r\n' },
  { name: 'an empty size', bytes: '\r\nhello\r\n0\r\n\r\n' },
  { name: 'a size with a sign', bytes: '+5\r\nhello\r\n0\r\n\r\n' },
  { name: 'a negative size', bytes: '-5\r\nhello\r\n0\r\n\r\n' },
  { name: 'a size with 0x', bytes: '0x5\r\nhello\r\n0\r\n\r\n' },
  { name: 'a size that is no number', bytes: '5g\r\nhello\r\n0\r\n\r\n' },
  { name: 'a space before the size', bytes: ' 5\r\nhello\r\n0\r\n\r\n' },
  { name: 'a space inside the size', bytes: '0 5\r\nhello\r\n0\r\n\r\n' },
  { name: 'a size that no number holds exactly', bytes: '20000000000000\r\nhello' },
  { name: 'a size that wraps at 64 bits', bytes: '10000000000000005\r\nhello' },
  { name: 'a size of many zeros', bytes: '00000000000000005\r\nhello\r\n0\r\n\r\n' },
  { name: 'a chunk longer than its size', bytes: '4\r\nhello\r\n0\r\n\r\n' },
  { name: 'a chunk shorter than its size', bytes: '6\r\nhello\r\n0\r\n\r\n' },
  { name: 'a chunk ended by LF', bytes: '5\r\nhello\n0\r\n\r\n' },
  { name: 'a chunk ended by CR', bytes: '5\r\nhello\r0\r\n\r\n' },
  { name: 'an extension with a bare LF', bytes: '5;a\nb\r\nhello\r\n0\r\n\r\n' },
  { name: 'an extension with a bare CR', bytes: '5;a\rb\r\nhello\r\n0\r\n\r\n' },
  { name: 'an extension with NUL', bytes: '5;a\x00\r\nhello\r\n0\r\n\r\n' },
  { name: 'the last chunk ended by LF', bytes: '0\n\r\n' },
  { name: 'a malformed trailer', bytes: '0\r\nX-A : 1\r\n\r\n' },
  { name: 'a folded trailer', bytes: '0\r\nX-A: 1\r\n 2\r\n\r\n' },
  { name: 'an empty line of LF behind the last chunk', bytes: '0\r\n\n' },
];
