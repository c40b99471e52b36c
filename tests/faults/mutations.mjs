// mutations.mjs -- requests that are almost in form, and a second reader of
// what is.
//
// mutationOf(chance, cases) → latin1 text: cases of vectors/http/gate.json, cut
//     up, spliced and sprinkled with what parsers trip over
// lineFeeds(cases) → those, each with one of its lines ended by LF alone
// read(text) → the requests in it, read by RFC 9112 and nothing else:
//     [{ method, path }], the last one { broken } or { cut } when it is

const SEPARATORS = ['\r\n', '\n', '\r', '\r\r\n', '\r\n ', '\r\n\t', '\0', ' ', '\t', ':', ': ', ' : ', ',', ';', '/', '?', `?${'a&'.repeat(450)}`, '%00', '%', '\x0b', '\x7f', '\xff', '0', '3', '\r\n\r\n'];
const FIELDS = ['Transfer-Encoding: chunked', 'Content-Length: 3', 'Content-Length: 0', 'Content-Length: 44', 'Host: localhost', 'Host: evil.example',
  'Connection: close', 'Connection: keep-alive', 'Expect: 100-continue', 'transfer-encoding: chunked', 'content-length: 3', 'Transfer-Encoding : chunked', 'Content-Length:3', 'TE: trailers',
  'Accept-Language: en', 'If-None-Match: *', 'X: '.padEnd(9000, 'x'),
  `Cookie: ${'a=b; '.repeat(999)}a=b`, `Cookie: ${'a=b; '.repeat(9)}a=b`];
const CHANGES_MAX = 4;

const changes = [
  (text, at, chance) => text.slice(0, at) + text.slice(at + 1 + chance.below(3)),
  (text, at, chance) => text.slice(0, at) + chance.of(SEPARATORS) + text.slice(at),
  (text, at, chance) => text.slice(0, at) + chance.of(SEPARATORS) + text.slice(at + 1),
  (text, at, chance) => text.slice(0, at) + String.fromCharCode(chance.below(256)) + text.slice(at + 1),
  (text, at, chance) => { // one more field
    const end = text.indexOf('\r\n', at);
    return end < 0 ? text : `${text.slice(0, end)}\r\n${chance.of(FIELDS)}${text.slice(end)}`;
  },
  (text, at) => { // a line twice
    const begin = text.lastIndexOf('\n', at) + 1, end = text.indexOf('\n', at) + 1;
    return text.slice(0, end) + text.slice(begin);
  },
  (text, at) => { // names of fields are the same in small letters
    const begin = text.lastIndexOf('\n', at) + 1, end = text.indexOf(':', begin);
    return begin === 0 || end < 0 ? text : text.slice(0, begin) + text.slice(begin, end).toLowerCase() + text.slice(end);
  },
  (text, at) => text.slice(0, at) + text.slice(at).replace('\r\n', '\n'),
  (text, at) => text.slice(0, at),
  (text, at, chance, cases) => text.slice(0, at) + chance.of(cases).bytes,
];

export const lineFeeds = (cases) => cases.flatMap(({ bytes }) =>
  [...bytes.matchAll(/\r\n/g)].map(({ index }) => bytes.slice(0, index) + bytes.slice(index + 1)));

export function mutationOf(chance, cases) {
  let text = chance.of(cases).bytes;
  for (let left = chance.below(CHANGES_MAX + 1); left > 0 && text.length > 0; left--)
    text = chance.of(changes)(text, chance.below(text.length), chance, cases);
  return text;
}

const VALUE = '[!-~\\x80-\\xff](?:[\\t -~\\x80-\\xff]*[!-~\\x80-\\xff])?';
const HEAD = new RegExp(`([A-Za-z0-9-]{1,16}) (/[!-~]{0,1023}) HTTP/1\\.1\\r\\n((?:[A-Za-z0-9-]+: (?:${VALUE})?\\r\\n)*)\\r\\n`, 'y');
const FIELDS_MAX = 64, FIELD_BYTES_MAX = 16384;

function sizeOf(fields) { // of the body; undefined when that cannot be told
  const named = fields.map((line) => line.split(/: (.*)/s));
  const lengths = named.filter(([name]) => /^content-length$/i.test(name)).map(([, value]) => value);
  if (fields.length > FIELDS_MAX || fields.join('').length - 2 * fields.length > FIELD_BYTES_MAX ||
      named.some(([name]) => /^transfer-encoding$/i.test(name)) || lengths.length > 1)
    return undefined;
  return lengths.length === 0 ? 0 : /^\d{1,8}$/.test(lengths[0]) ? Number(lengths[0]) : undefined;
}

export function read(text) {
  const requests = [];
  for (let at = 0; at < text.length;) {
    HEAD.lastIndex = at;
    const found = HEAD.exec(text);
    const size = found ? sizeOf(found[3].split('\r\n').slice(0, -1)) : undefined;
    if (size === undefined)
      return [...requests, { broken: true }];
    at = HEAD.lastIndex + size;
    requests.push({ method: found[1], path: found[2], cut: at > text.length });
  }
  return requests;
}
