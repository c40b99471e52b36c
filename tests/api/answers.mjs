// answers.mjs -- what stands on the wire, taken apart without mercy.
//
// answersOf(text)  latin1 text of a connection → [{ status, headers, body }]
//                  headers by name in lower case; throws unless it is nothing
//                  but whole answers in form, one after another
// assertRefused(text, status, slug, before = 0)
//                  after `before` answers one refusal, as a problem document,
//                  then the connection was closed
import assert from 'node:assert/strict';

const HEAD = /^HTTP\/1\.1 (\d{3}) [ -~]*\r\n((?:[A-Za-z0-9-]+: [^\r\n]*\r\n)*)\r\n/;

export function answersOf(text) {
  const answers = [];
  for (let rest = text; rest.length > 0;) {
    const found = rest.match(HEAD);
    assert.ok(found, `no answer begins with ${JSON.stringify(rest.slice(0, 200))}`);
    const headers = {};
    for (const line of found[2].split('\r\n').slice(0, -1)) {
      const [name, value] = line.split(/: (.*)/s);
      assert.ok(!(name.toLowerCase() in headers), `${name} comes twice`);
      headers[name.toLowerCase()] = value;
    }
    const status = Number(found[1]);
    rest = rest.slice(found[0].length);
    if (status === 100)
      continue;
    assert.match(headers['content-length'] ?? '', /^\d+$/, 'an answer has a length');
    // None to HEAD, and with 304.
    const empty = rest === '' || rest.startsWith('HTTP/1.1 ');
    const size = empty ? 0 : Number(headers['content-length']);
    assert.ok(rest.length >= size, `${rest.length} of ${size} bytes of a body`);
    answers.push({ status, headers, body: rest.slice(0, size) });
    rest = rest.slice(size);
  }
  return answers;
}

export function assertRefused(text, status, slug, before = 0) {
  const answers = answersOf(text);
  assert.deepEqual(answers.slice(before).map((answer) => answer.status), [status], text);
  const { headers, body } = answers.at(-1);
  assert.equal(headers.connection, 'close');
  assert.equal(headers['content-type'], 'application/problem+json');
  const problem = JSON.parse(Buffer.from(body, 'latin1').toString());
  assert.deepEqual([problem.code, problem.status, problem.type], [slug, status, `/problems/${slug}`]);
  return problem;
}
