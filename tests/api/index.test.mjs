// What the service says of itself: GET /v1, problems, health.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertProblem, call, logged, logMark, must, sql } from './client.mjs';

describe('the index', () => {
  test('names every route, once', async () => {
    const { name, routes, openapi } = must(await call('GET', '/v1'), 200);
    assert.deepEqual([name, openapi], ['Kleroterion', '/v1/openapi.json']);
    const seen = new Set();
    for (const { method, path, summary, roles } of routes) {
      assert.match(path, /^(\/[a-z0-9_.-]+|\/\{[a-z0-9_]+\*?\})+$/);
      assert.ok(summary.length > 0 && summary.length < 80, path);
      assert.ok(Array.isArray(roles));
      assert.ok(!seen.has(`${method} ${path}`), `${method} ${path}`);
      seen.add(`${method} ${path}`);
    }
    for (const there of ['GET /v1', 'GET /healthz', 'GET /log/checkpoint', 'POST /v1/notices', 'GET /v1/draws'])
      assert.ok(seen.has(there), there);
  });

  test('names who may do what', async () => {
    const { routes } = must(await call('GET', '/v1'), 200);
    const of = (method, path) => routes.find((route) => route.method === method && route.path === path).roles;
    assert.deepEqual(of('POST', '/v1/notices'), ['owner']);
    assert.deepEqual(of('GET', '/v1/notices'), []);
  });

  test('names what takes two persons', async () => {
    const { proposals } = must(await call('GET', '/v1'), 200);
    const acts = proposals.map(({ act }) => act);
    for (const act of ['policy.adopt', 'party.enrol', 'party.retire'])
      assert.ok(acts.includes(act), act);
  });

  test('every route answers what it is', async () => {
    const { routes } = must(await call('GET', '/v1'), 200);
    for (const { method, path } of routes) {
      const { status } = await call(method, path.replace(/\{[^}]*\}/g, 'x'), { body: method === 'GET' ? undefined : {} });
      assert.ok(status !== 405 && status < 500, `${method} ${path}: ${status}`);
    }
  });
});

describe('a problem', () => {
  test('domain 96: is explained in both languages under its type', async () => {
    const { items } = must(await call('GET', '/problems'), 200);
    assert.ok(items.length > 30);
    for (const { type, code, status, title } of items) {
      const one = must(await call('GET', type), 200);
      assert.deepEqual([one.code, one.status, one.title], [code, status, title]);
      assert.match(title.zh, /\p{Script=Han}/u);
      assert.match(title.en, /^[\x20-\x7e]+$/);
      assert.ok(status >= 400 && status < 600);
    }
    assert.equal(new Set(items.map(({ code }) => code)).size, items.length);
  });

  test('that is none is not found', async () =>
    assertProblem(await call('GET', '/problems/nothing-like-it'), 404, 'not-found'));

  test('of the database tells the operator what, and nobody else', async () => {
    const mark = logMark();
    await sql('RENAME TABLE objection TO elsewhere');
    try {
      const reply = await call('GET', '/v1/draws/none/objections');
      assertProblem(reply, 500, 'database');
      assert.doesNotMatch(JSON.stringify(reply.body), /objection|SELECT|klero\./);
      await logged(/"event":"[a-z_-]+".*objection/, mark);
    } finally {
      await sql('RENAME TABLE elsewhere TO objection');
    }
  });
});

describe('health', () => {
  test('is alive and ready', async () => {
    assert.deepEqual(must(await call('GET', '/healthz'), 200), { status: 'ok' });
    for (const path of ['/readyz', '/readyz?writer']) {
      const ready = must(await call('GET', path), 200);
      assert.equal(ready.status, 'ready');
      assert.ok(ready.log_size >= ready.published_size && ready.published_size > 0);
    }
  });
});
