// What is let in, what is refused, and how every answer is dressed.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { answersOf, assertRefused } from './answers.mjs';
import {
  adminCall, assertProblem, call, daemon, must, people, person, program, raw, until,
} from './client.mjs';

const HOST = 'Host: localhost\r\n';
const CLOSE = 'Connection: close\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const LIMITS = { uri: 1024, fields: 64, fieldBytes: 16384, body: 65536, depth: 16, tokens: 4096 };

// What stands on the wire, byte by byte, and what came back until it closed.
const send = async (head, body = '') => raw(Buffer.from(`${head}\r\n${body}`, 'latin1'));
const statuses = (text) => answersOf(text).map(({ status }) => status);

describe('the gate', () => { // more of it in gate.test.mjs
  const get = (fields) => `GET /healthz HTTP/1.1\r\n${HOST}${fields}`;
  const next = `GET /healthz HTTP/1.1\r\n${HOST}${CLOSE}\r\n`;

  test('takes a URI of the largest size and none beyond', async () => {
    const path = (size) => '/healthz?'.padEnd(size, 'a');
    assertRefused(await send(`GET ${path(LIMITS.uri + 1)} HTTP/1.1\r\n${HOST}`), 414, 'uri-too-long');
    const answer = await send(`GET ${path(LIMITS.uri)} HTTP/1.1\r\n${HOST}${CLOSE}`);
    assert.deepEqual(statuses(answer), [400]); // for its query, by the route
    assert.match(answer, /name=value/);
  });

  test('takes the largest head and none beyond', async () => {
    const more = (count) => get(CLOSE + 'X-A: a\r\n'.repeat(count - 2));
    assert.deepEqual(statuses(await send(more(LIMITS.fields))), [200]);
    assertRefused(await send(more(LIMITS.fields + 1)), 431, 'headers-too-large');
    const used = 'Hostlocalhost' + 'Connectionclose' + 'X';
    const wide = (size) => get(`${CLOSE}X: ${'a'.repeat(size - used.length)}\r\n`);
    assert.deepEqual(statuses(await send(wide(LIMITS.fieldBytes))), [200]);
    assertRefused(await send(wide(LIMITS.fieldBytes + 1)), 431, 'headers-too-large');
  });

  test('answers one after another on a connection', async () => {
    const one = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;
    assert.deepEqual(statuses(await raw(one + one + next)), [200, 200, 200]);
  });
});

describe('a body', () => {
  let key;
  const post = (body, headers) => call('POST', '/v1/proposals', { key, body, headers });

  before(async () => {
    key = (await people()).operator;
  });

  const bad = {
    'nothing': '', 'half a value': '{', 'two values': '{}{}', 'a NUL': '{}\0', 'a list': '[]', 'a text': '"x"',
    'a key twice': '{"act":"A","act":"A"}', 'a key twice, escaped': '{"act":"A","\\u0061ct":"A"}',
    'a lone surrogate': '{"act":"\\ud800"}', 'a NUL in text': '{"act":"\\u0000"}',
    'a byte order mark': '\ufeff{}', 'a comment': '{}//', 'a negative zero': '{"act":-0}',
    'too large a number': '{"act":99999999999999999999}', 'single quotes': "{'act':1}",
  };
  for (const [what, body] of Object.entries(bad))
    test(`with ${what} is no JSON object`, async () => assertProblem(await post(body), 400, 'bad-json'));

  for (const [what, bytes] of Object.entries({
    'half a character': [0xe4, 0xb8], 'an overlong one': [0xc0, 0xaf], 'a surrogate': [0xed, 0xa0, 0x80], 'GBK': [0xd6, 0xd0],
  }))
    test(`with ${what} is not UTF-8`, async () => {
      const body = Buffer.concat([Buffer.from('{"act":"'), Buffer.from(bytes), Buffer.from('"}')]);
      assertProblem(await post(body), 400, 'bad-json');
    });

  test('may be as large as its route says', async () => {
    const sized = (size) => `{"act":"${'x'.repeat(size - '{"act":""}'.length)}"}`;
    assertProblem(await post(sized(LIMITS.body)), 422, 'invalid');
    assertProblem(await post(sized(LIMITS.body + 1)), 413, 'too-large');
  });

  test('may be so deep', async () => {
    const deep = (depth) => `{"act":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    assertProblem(await post(deep(LIMITS.depth)), 422, 'invalid');
    assertProblem(await post(deep(LIMITS.depth + 1)), 413, 'too-large');
  });

  test('may have so many tokens', async () => {
    assertProblem(await post(`{"act":[${'0,'.repeat(LIMITS.tokens - 100)}0]}`), 422, 'invalid');
    assertProblem(await post(`{"act":[${'0,'.repeat(LIMITS.tokens)}0]}`), 413, 'too-large');
  });

  test('is JSON, and says so', async () => {
    for (const type of ['text/plain', 'application/jsonp', 'application/json; charset=gbk', 'application/json;', '', null])
      assertProblem(await post('{}', { 'content-type': type }), 415, 'media-type');
    for (const type of ['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json;charset=UTF-8'])
      assertProblem(await post('{}', { 'content-type': type }), 422, 'invalid');
  });

  test('is told all that is wrong with it', async () => {
    const { body } = await post({ unknown: 1 });
    const codes = body.errors.map(({ code }) => code);
    assert.ok(codes.includes('unknown-member') && codes.includes('missing'), JSON.stringify(body));
    assert.ok(body.errors.some(({ pointer }) => pointer === '/act'));
  });

  test('that is refused is heard out, so the answer arrives', async () => {
    const reply = await call('POST', '/v1/nowhere', { body: 'x'.repeat(500_000) });
    assertProblem(reply, 404, 'not-found');
  });

  test('that is asked for first is refused unsent', async () => {
    const answer = await send(`POST /v1/nowhere HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 10\r\nExpect: 100-continue\r\n`);
    assertRefused(answer, 404, 'not-found');
  });
});

describe('a key', () => {
  const me = (authorization) => call('GET', '/v1/accounts/me', { headers: { authorization } });

  test('is needed where it matters', async () => {
    const reply = await call('GET', '/v1/accounts/me');
    assertProblem(reply, 401, 'unauthenticated');
    assert.equal(reply.headers.get('www-authenticate'), 'Bearer');
    assertProblem(await call('POST', '/v1/categories', { body: {} }), 401, 'unauthenticated');
  });

  test('is Bearer and 64 hexadecimal digits', async () => {
    const { operator: { token } } = await people();
    for (const bad of [token, `Basic ${token}`, `Bearer${token}`, `Bearer  ${token}`, `Bearer ${token}0`,
      `Bearer ${token.slice(1)}`, `Bearer ${token.toUpperCase()}`, 'Bearer ', ''])
      if (bad !== `Bearer ${token}`)
        assert.ok([400, 401].includes((await me(bad)).status), bad);
    assert.equal(must(await me(`bearer ${token}`), 200).role, 'operator');
  });

  test('that is unknown or was revoked says the same', async () => {
    const somebody = await person('supervisor');
    must(await call('GET', '/v1/accounts/me', { key: somebody }), 200);
    must(await adminCall('POST', `/v1/accounts/${somebody.account}/revocation`, { body: {} }), 200);
    const revoked = await call('GET', '/v1/accounts/me', { key: somebody });
    const unknown = await call('GET', '/v1/accounts/me', { key: randomBytes(32).toString('hex') });
    assertProblem(revoked, 401, 'unauthenticated');
    assert.equal(revoked.text, unknown.text);
  });

  test('opens what its role may do, no more', async () => {
    const { owner } = await people();
    assertProblem(await call('POST', '/v1/categories', { key: owner, body: {} }), 403, 'forbidden');
  });

  test('is not needed on the admin socket', async () => {
    const { role, organisation } = must(await adminCall('GET', '/v1/accounts/me'), 200);
    assert.deepEqual([role, organisation], ['admin', 'kleroterion']);
    assertProblem(await adminCall('POST', '/v1/categories', { body: {} }), 403, 'forbidden');
  });
});

describe('an act', () => {
  const organisation = () => ({ id: `http-${randomBytes(4).toString('hex')}`, name: '测试单位' });
  const enrol = (body, options) => adminCall('POST', '/v1/organisations', { body, ...options });

  test('needs an idempotency key, in form', async () => {
    assertProblem(await enrol(organisation(), { idempotency: null }), 428, 'precondition-required');
    for (const key of ['', '-', 'a b', 'ä', 'x'.repeat(65), '"x"'])
      assertProblem(await enrol(organisation(), { idempotency: key }), 400, 'bad-request');
    must(await enrol(organisation(), { idempotency: randomUUID().padEnd(64, 'x') }));
  });

  test('repeated with its key gives the same answer', async () => {
    const body = organisation(), idempotency = randomUUID();
    const first = await enrol(body, { idempotency }), second = await enrol(body, { idempotency });
    must(first);
    assert.equal(second.text, first.text);
    assertProblem(await enrol(organisation(), { idempotency }), 422, 'idempotency-key-reused');
  });

  test('takes no query', async () =>
    assertProblem(await adminCall('POST', '/v1/organisations?x=1', { body: organisation() }), 400, 'bad-request'));

  test('tells the size of the log, and readers wait for it', async () => {
    const body = organisation();
    const reply = await enrol(body);
    const size = Number(reply.headers.get('klero-log-size'));
    assert.ok(size > must(reply).event_index);
    const seen = await call('GET', `/v1/organisations/${body.id}`, { headers: { 'klero-min-size': String(size) } });
    assert.equal(must(seen, 200).name, body.name);
  });

  test('that has not come yet is waited for, not for ever', async () => {
    const size = Number((await enrol(organisation())).headers.get('klero-log-size'));
    const waiting = call('GET', '/v1/organisations', { headers: { 'klero-min-size': String(size + 1) } });
    must(await enrol(organisation()));
    must(await waiting, 200);
    const early = await call('GET', '/v1/organisations', { headers: { 'klero-min-size': '9999999999999999' } });
    assertProblem(early, 503, 'busy');
    assert.match(early.headers.get('retry-after'), /^\d+$/);
    for (const bad of ['x', '-1', '1.0', '99999999999999999'])
      assertProblem(await call('GET', '/v1/organisations', { headers: { 'klero-min-size': bad } }), 400, 'bad-request');
  });

  test('may name the version it changes, in form', async () => {
    for (const match of ['1', '""', '"x"', '"1', '"1", "2"', 'W/"1"'])
      assertProblem(await enrol(organisation(), { headers: { 'if-match': match } }), 400, 'bad-request');
    must(await enrol(organisation(), { headers: { 'if-match': '*' } }));
  });
});

describe('an answer', () => {
  const ALWAYS = {
    'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };

  test('is dressed, whatever it is', async () => {
    for (const reply of [await call('GET', '/healthz'), await call('GET', '/v1'), await call('GET', '/nowhere')])
      for (const [name, value] of Object.entries(ALWAYS))
        assert.equal(reply.headers.get(name), value);
  });

  test('has an id and is kept by nobody, unless it is a page', async () => {
    const [one, other] = [await call('GET', '/healthz'), await call('GET', '/healthz')];
    assert.match(one.headers.get('x-request-id'), /^[0-9a-f]{32}$/);
    assert.notEqual(one.headers.get('x-request-id'), other.headers.get('x-request-id'));
    assert.equal(one.headers.get('cache-control'), 'no-store');
    assert.match((await call('GET', '/v1')).headers.get('cache-control'), /^public/);
  });

  test('to HEAD is that to GET without a body', async () => {
    for (const path of ['/healthz', '/v1']) {
      const [get, head] = [await call('GET', path), await call('HEAD', path)];
      assert.equal(head.text, '');
      for (const name of ['content-length', 'content-type', 'etag'])
        assert.equal(head.headers.get(name), get.headers.get(name), name);
    }
  });

  test('is 304 for who has it', async () => {
    const page = await call('GET', '/v1');
    const etag = page.headers.get('etag');
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const reply = await call('GET', '/v1', { headers: { 'if-none-match': known } });
      assert.deepEqual([reply.status, reply.text, reply.headers.get('etag')], [304, '', etag], known);
      assert.equal(reply.headers.get('content-length'), page.headers.get('content-length')); // RFC 9110 §8.6
    }
    for (const other of ['"x"', etag.slice(0, -1), etag.slice(1), ''])
      must(await call('GET', '/v1', { headers: { 'if-none-match': other } }), 200);
  });

  test('is in the language that is asked for', async () => {
    const english = await call('GET', '/nowhere', { headers: { 'accept-language': 'en-GB, zh;q=0.5' } });
    assertProblem(english, 404, 'not-found');
    assert.deepEqual([english.headers.get('content-language'), english.body.title], ['en', 'No such resource']);
    assert.equal((await call('GET', '/nowhere')).headers.get('content-language'), 'zh-CN');
  });

  test('names the methods there are', async () => {
    const reply = await call('DELETE', '/v1/organisations');
    assertProblem(reply, 405, 'method');
    assert.equal(reply.headers.get('allow'), 'POST, GET, HEAD');
  });

  test('to a query that nobody knows is a refusal', async () => {
    assertProblem(await call('GET', '/v1?x=1'), 422, 'invalid');
    assertProblem(await call('GET', '/healthz?x=1'), 422, 'invalid');
    for (const query of ['a=1&a=1', 'a=%00', 'a=%', 'A=1', '&'])
      assertProblem(await call('GET', `/v1?${query}`), 400, 'bad-request');
  });

  test('changes with what it shows, at once', async () => {
    for (let i = 0; i < 20; i++) {
      const id = `fresh-${randomBytes(4).toString('hex')}`;
      await call('GET', '/v1/organisations?limit=200');
      must(await adminCall('POST', '/v1/organisations', { body: { id, name: '新单位' } }));
      must(await call('GET', `/v1/organisations/${id}`), 200);
    }
  });
});

describe('a klerod with a short queue', () => {
  let it;
  before(async () => {
    it = await daemon({ read_workers: 1, work_queue: 1 });
  });
  after(() => it.stop());

  test('says at once that it is busy, and answers from memory all the same', async () => {
    must(await it.call('GET', '/v1/organisations'), 200);
    await it.during('LOCK TABLES institution WRITE', async (end) => {
      const asked = Array.from({ length: 4 }, () => it.call('GET', '/v1/institutions'));
      const first = await Promise.race(asked);
      assertProblem(first, 503, 'busy');
      assert.match(first.headers.get('retry-after'), /^\d+$/);
      must(await it.call('GET', '/healthz'), 200);
      must(await it.call('GET', '/v1/organisations'), 200);
      end();
      // One is at work and one waits, if the worker was quick enough.
      const served = (await Promise.all(asked)).filter(({ status }) => status === 200);
      assert.ok([1, 2].includes(served.length), `${served.length}`);
    });
  });

  test('replaces a connection that was cut', async () => {
    for (let i = 0; i < 3; i++) {
      must(await it.call('GET', '/readyz'), 200);
      await it.sql("SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist WHERE user = 'klero_reader'")
        .then((lines) => it.sql(lines.join(' ')));
      must(await it.call('GET', '/readyz'), 200);
    }
  });
});

describe('a klerod with little patience', () => {
  let it;
  before(async () => {
    it = await daemon({ http_header_s: 1, http_body_s: 1, http_request_s: 5, http_connections: 16 });
  });
  after(() => it.stop());

  // Ends when klerod has closed it; drips a byte at a time to stay alive.
  async function drip(start) {
    const socket = connect({ host: '127.0.0.1', port: new URL(it.url).port });
    const began = Date.now();
    const closed = new Promise((resolve) => socket.on('close', resolve));
    let open = true;
    socket.on('error', () => {});
    socket.resume();
    closed.then(() => { open = false; });
    socket.write(start);
    for (let i = 0; open && i < 200; i++) {
      socket.write('a');
      await Promise.race([sleep(50), closed]);
    }
    socket.destroy();
    return Date.now() - began;
  }

  test('closes a head that never ends', async () => {
    const took = await drip('GET /healthz HTTP/1.1\r\nX: ');
    assert.ok(took >= 900 && took < 5000, `${took} ms`);
  });

  test('closes a body that never ends', async () => {
    const took = await drip(`POST /v1/organisations HTTP/1.1\r\n${HOST}${JSON_TYPE}Idempotency-Key: x\r\nAuthorization: Bearer ${'0'.repeat(64)}\r\nContent-Length: 60000\r\n\r\n{`);
    assert.ok(took >= 900 && took < 5000, `${took} ms`);
  });

  test('closes a connection that says nothing', async () => {
    const socket = connect({ host: '127.0.0.1', port: new URL(it.url).port });
    socket.resume();
    await once(socket, 'close');
  });

  test('closes one that is idle after an answer', async () => {
    const answer = await it.raw(`GET /healthz HTTP/1.1\r\n${HOST}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.doesNotMatch(answer, /^Connection: close/m);
  });

  test('closes when an answer does not come, and the act stands', async () => {
    const idempotency = randomUUID();
    const body = { id: `late-${randomBytes(4).toString('hex')}`, name: '迟到的答复' };
    const enrol = () => it.adminCall('POST', '/v1/organisations', { body, idempotency });
    const database = Number(readFileSync(join(it.home, 'db/db.pid'), 'utf8'));
    process.kill(database, 'SIGSTOP');
    try {
      await assert.rejects(enrol(), /socket hang up|ECONNRESET/);
    } finally {
      process.kill(database, 'SIGCONT');
    }
    must(await until(() => enrol().then((reply) => reply.status === 201 && reply), 'the act'));
    assert.deepEqual(await it.sql(`SELECT COUNT(*) FROM log_entry WHERE subject = '${body.id}'`), ['1']);
  });

  test('serves again when others have gone', async () => {
    const sockets = Array.from({ length: 30 }, () => connect({ host: '127.0.0.1', port: new URL(it.url).port }));
    for (const socket of sockets)
      socket.on('error', () => {}).resume();
    const reply = await until(() => it.call('GET', '/healthz').catch(() => null), 'an answer');
    assert.equal(reply.status, 200);
    for (const socket of sockets)
      socket.destroy();
  });

  test('lets no second one take its log over', async () => {
    const second = program('klerod', [join(it.home, 'klerod.conf')]);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /"event":"listen-failed"/);
    must(await it.adminCall('POST', '/v1/organisations', { body: { id: `still-${randomBytes(4).toString('hex')}`, name: '还在' } }));
  });

  test('counts what it does', async () => {
    const { text } = await it.call('GET', '/metrics');
    assert.match(text, /^klero_http_responses_total\{status="200"\} \d+$/m);
    assert.match(text, /^klero_log_size \d+$/m);
    for (const line of text.trimEnd().split('\n'))
      assert.match(line, /^(# (HELP|TYPE) klero_[a-z_]+ .+|klero_[a-z_]+(\{[a-z]+="[^"]*"\})? \d+)$/);
  });

  test('ends in order with connections open, and answers what it took', async () => {
    const idle = connect({ host: '127.0.0.1', port: new URL(it.url).port });
    idle.on('error', () => {}).resume();
    await once(idle, 'connect');
    const parked = it.call('GET', '/v1/organisations', { headers: { 'klero-min-size': '9999999999999999' } });
    await until(async () => /^klero_http_pending 1$/m.test((await it.call('GET', '/metrics')).text), 'a parked request');
    const [reply] = await Promise.all([parked, it.stopDaemon()]);
    assertProblem(reply, 503, 'busy');
    await it.start();
    must(await it.call('GET', '/healthz'), 200);
  });
});
