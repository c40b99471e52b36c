// Bodies that are no JSON, or not what a route takes: made from the routes and
// schemas of /v1/openapi.json, each is refused as a problem document, and
// nothing of it is stored.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { daemon, must } from './client.mjs';

const AT_ONCE = 16;
const WANTED = 5000; // bodies in all
const DEPTH_MAX = 16, TOKENS_MAX = 4096, SIZE_MAX = 65536;

const bytes = (...parts) => Buffer.concat(parts.map((part) => typeof part === 'string' ? Buffer.from(part) : Buffer.from(part)));

// As the value of a member that nobody takes.
const values = {
  'a real': '1.5', 'a real without a fraction': '1.0', 'an exponent': '1e2', 'a tiny real': '1e-400', 'a huge one': '1e400',
  'minus zero': '-0', 'a plus': '+1', 'a leading zero': '01', 'hexadecimal': '0x1', 'NaN': 'NaN', 'Infinity': '-Infinity',
  '2^53-1': '9007199254740991', '2^53': '9007199254740992', '2^53+1': '9007199254740993', '2^63-1': '9223372036854775807',
  '2^63': '9223372036854775808', '-2^63': '-9223372036854775808', '-2^63-1': '-9223372036854775809', '2^64': '18446744073709551616',
  'a lone surrogate': '"\\ud800"', 'a lone low one': '"\\udc00"', 'two high ones': '"\\ud800\\ud800"', 'a NUL': '"\\u0000"',
  'a bidi override': '"\\u202e"', 'a bidi override as it is': '"\u202e"', 'a DEL': '"\u007f"', 'a noncharacter': '"\uffff"',
  'a control character': '"\u0001"', 'a line break': '"a\nb"', 'a bad escape': '"\\x41"', 'half an escape': '"\\u00"', 'no end': '"',
  'single quotes': "'a'", 'a formula': '"=cmd()"', 'markup': '"</script>"', 'a word': 'true1', 'a comma too many': '[1,]', 'a comment': '/**/1',
  'a key twice': '{"a":1,"a":2}', 'a key twice, escaped': '{"a":1,"\\u0061":2}', 'a key twice, deep': '[[{"b":{"a":1,"a":1}}]]',
  'too deep': '['.repeat(DEPTH_MAX) + ']'.repeat(DEPTH_MAX), 'far too deep': '['.repeat(2049) + ']'.repeat(2049),
  'too many tokens': `[${'0,'.repeat(TOKENS_MAX)}0]`,
  'half a character': bytes('"', [0xe4, 0xb8], '"'), 'an overlong one': bytes('"', [0xc0, 0xaf], '"'), 'an overlong NUL': bytes('"', [0xc0, 0x80], '"'),
  'a surrogate in UTF-8': bytes('"', [0xed, 0xa0, 0x80], '"'), 'beyond Unicode': bytes('"', [0xf4, 0x90, 0x80, 0x80], '"'), 'GBK': bytes('"', [0xd6, 0xd0], '"'),
  'a byte NUL': bytes('"a', [0], '"'),
};
// Those that some member might take.
const perhaps = ['a formula', 'markup', 'a bidi override', 'a bidi override as it is', 'a DEL', 'a noncharacter', '2^53-1'];
// As the whole body.
const wholes = {
  'nothing': '', 'blanks': '  ', 'null': 'null', 'a number': '1', 'a text': '"a"', 'a list': '[]', 'two objects': '{}{}', 'half of one': '{',
  'a NUL behind': '{}\0', 'a byte order mark': '\ufeff{}', 'a comment': '{}//', 'UTF-16': Buffer.from('{}', 'utf16le'), 'a form': 'a=1&b=2', 'XML': '<a/>',
  'more than fits': `{"zz":"${'x'.repeat(SIZE_MAX)}"}`,
};

// --- by the schemas -------------------------------------------------------------

const wrong = { // for what is of a type
  string: [null, true, 1, 1.5, [], {}, ['a'], '\u0007', '\u202e', '\ufdd0', '\uffff', '\u{1fffe}', '\u0080', '\u200b', ' a', 'a\u3000'],
  integer: [null, true, '1', '', 1.5, -1e15, 1e300, [], {}, [1]],
  boolean: [null, 0, 1, 'true', [], {}],
  array: [null, true, 1, '', {}, { 0: 1 }, [null], [[]]],
  object: [null, true, 1, '', []],
};

function makeReader(schemas) {
  const resolve = (schema) => {
    if (schema.$ref)
      return resolve(schemas[schema.$ref.split('/').at(-1)]);
    return schema.anyOf ? { ...resolve(schema.anyOf.find(({ type }) => type !== 'null')), nullable: true } : schema;
  };

  function example(schema) {
    const { type, enum: words, pattern, minLength = 1, minimum = 1, items, properties = {}, required = [] } = resolve(schema);
    if (type === 'object')
      return Object.fromEntries(required.map((name) => [name, example(properties[name])]));
    if (type === 'array')
      return items ? [example(items)] : [];
    if (type === 'string')
      return words?.[0] ?? (/0-9a-f/.test(pattern ?? '') ? '0' : 'a').repeat(minLength);
    return type === 'boolean' ? true : minimum;
  }

  // What is wrong for `schema`, as [what, value].
  function* wrongs(schema) {
    const { type, nullable, enum: words, maxLength, maximum, minimum, items, properties, additionalProperties } = resolve(schema);
    for (const value of wrong[type] ?? [])
      if (!(value === null && nullable))
        yield [`${JSON.stringify(value)} for a ${type}`, value];
    if (words)
      yield ['another word', 'zzz'];
    if (maxLength)
      yield ['a text too long', 'a'.repeat(maxLength + 1)];
    if (maximum !== undefined)
      yield ['a number too large', maximum + 1];
    if (minimum !== undefined)
      yield ['a number too small', minimum - 1];
    if (type === 'array' && items)
      for (const [what, value] of wrongs(items))
        yield [`${what} in a list`, [value]];
    if (type === 'object' && properties) {
      const base = example(schema);
      for (const name of Object.keys(base))
        yield [`no ${name}`, Object.fromEntries(Object.entries(base).filter(([other]) => other !== name))];
      for (const [name, member] of Object.entries(properties))
        for (const [what, value] of wrongs(member))
          yield [`${name}: ${what}`, { ...base, [name]: value }];
      if (additionalProperties === false)
        for (const name of ['zz', 'id ', 'ID', 'state', 'seq', '__proto__', '', '字', 'a'.repeat(300)].filter((other) => !(other in properties)))
          yield [`one more: ${name.slice(0, 20)}`, JSON.parse(`${JSON.stringify(base).slice(0, -1)}${Object.keys(base).length ? ',' : ''}${JSON.stringify(name)}:1}`)];
    }
  }

  function* bodies(schema) {
    const base = JSON.stringify(example(schema));
    const begin = `${base.slice(0, -1)}${base === '{}' ? '' : ','}"zz":`;
    yield* Object.entries(wholes);
    for (const [what, value] of Object.entries(values))
      yield [what, bytes(begin, value, '}')];
    for (const [what, value] of wrongs(schema))
      yield [what, JSON.stringify(value)];
    for (const name of Object.keys(resolve(schema).properties ?? {})) {
      const others = JSON.stringify({ ...example(schema), [name]: undefined });
      for (const [what, value] of Object.entries(values).filter(([other]) => !perhaps.includes(other)))
        yield [`${name}: ${what}`, bytes(`${others.slice(0, -1)}${others === '{}' ? '' : ','}${JSON.stringify(name)}:`, value, '}')];
    }
  }
  return bodies;
}

// --- the test ---------------------------------------------------------------------

describe('a body that is wrong', () => {
  let it, people, routes;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  async function post(route, body) {
    const to = route.roles.includes('admin') && !route.key ? { socketPath: it.settings.admin_socket, host: 'localhost' }
      : { host: '127.0.0.1', port: new URL(it.url).port, agent };
    const outgoing = request({ ...to, method: route.method, path: route.path, headers: {
      'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'idempotency-key': randomUUID(),
      ...route.key && { authorization: `Bearer ${route.key}` } } });
    outgoing.end(body);
    const [incoming] = await once(outgoing, 'response');
    return { status: incoming.statusCode, type: incoming.headers['content-type'], text: (await incoming.setEncoding('utf8').toArray()).join('') };
  }

  // Rows of every table.
  async function stored() {
    const tables = await it.sql('SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1');
    return it.sql(tables.map((table) => `SELECT '${table}', COUNT(*) FROM \`${table}\``).join(' UNION ALL '));
  }

  before(async () => {
    it = await daemon();
    people = await it.people();
    const institution = await it.institution();
    const keys = { ...Object.fromEntries(Object.entries(people).map(([role, who]) => [role, who.token])), institution: institution.token };
    const { paths, components } = must(await it.call('GET', '/v1/openapi.json'), 200);
    const bodies = makeReader(components.schemas);
    routes = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods)
      .filter(([method, { requestBody }]) => ['post', 'put', 'patch'].includes(method) && requestBody?.content['application/json'])
      .map(([method, { requestBody, 'x-roles': roles }]) => ({
        method: method.toUpperCase(), path: path.replaceAll(/\{[a-z_]+\}/g, 'D-360700-2026-000001-1'), roles,
        key: keys[roles.find((role) => keys[role])],
        bodies: [...bodies(requestBody.content['application/json'].schema)] })));
  });
  after(async () => {
    agent.destroy();
    await it.stop();
  });

  test('is refused, whatever the route, and nothing is stored', async (t) => {
    const counts = {};
    const before = await stored();
    const todo = routes.flatMap((route) => route.bodies.map(([what, body]) => ({ route, what, body })));
    assert.ok(routes.every(({ key, roles }) => key || roles.length === 0 || roles.includes('admin')), 'a role nobody has here');
    t.diagnostic(`${todo.length} bodies for ${routes.length} routes`);
    assert.ok(todo.length >= WANTED, `${todo.length} bodies`);
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let one = todo.pop(); one; one = todo.pop()) {
        const { status, type, text } = await post(one.route, one.body);
        const told = `${one.route.method} ${one.route.path} with ${one.what}, ${String(one.body).slice(0, 300)}: ${status} ${text}`;
        assert.ok(status >= 400 && status < 500, told);
        assert.equal(type, 'application/problem+json', told);
        assert.equal(JSON.parse(text).status, status, told);
        counts[JSON.parse(text).code] = (counts[JSON.parse(text).code] ?? 0) + 1;
      }
    }));
    t.diagnostic(JSON.stringify(counts));
    assert.deepEqual(await stored(), before);
    for (const code of ['bad-json', 'invalid', 'too-large'])
      assert.ok(counts[code] > 0, code);
  });
});
