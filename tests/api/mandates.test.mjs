// Rows of the law and of the founding documents that no one route answers for.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { adminCall, assertProblem, aNotice, call, institution, must, people, policy, sql } from './client.mjs';
import { byCookie } from './persons.mjs';

let routes, document;
before(async () => {
  await policy();
  ({ routes } = must(await call('GET', '/v1'), 200));
  document = must(await call('GET', '/v1/openapi.json'), 200);
});

describe('domain 75: duties are apart', () => {
  test('the administrator neither draws nor decides who may: of a draw and its notice nothing is his', async () => {
    const his = routes.filter(({ method, path, roles }) => method === 'POST' && roles.includes('admin') &&
      /^\/v1\/(notices|signups|draws|parties|sanctions|qualifications|registrations|institutions|listings|policies|calendars)\b/.test(path));
    assert.deepEqual(his.map(({ path }) => path), []);
    const of = routes.filter(({ method, path, roles }) => method === 'POST' && roles.length > 0 && /^\/v1\/(notices|draws|signups)\b/.test(path));
    assert.ok(of.length >= 5, String(of.length)); // the others are a party's, by its own key
    for (const { path } of of)
      assertProblem(await adminCall('POST', path.replace(/\{[^}]*\}/g, 'absent'), { body: {} }), 403, 'forbidden');
  });

  test('who asks for a draw does not judge it: no role has both sides', () => {
    const rolesOf = (method, path) => new Set(routes.find((one) => one.method === method && one.path === path)?.roles ?? assert.fail(path));
    const apart = (left, right) => assert.deepEqual([...left].filter((role) => right.has(role)), []);
    apart(rolesOf('POST', '/v1/notices'), rolesOf('POST', '/v1/notices/{id}/signups'));
    apart(rolesOf('POST', '/v1/registrations/{id}/submission'), rolesOf('POST', '/v1/registrations/{id}/pass'));
    apart(rolesOf('POST', '/v1/qualifications'), rolesOf('POST', '/v1/qualifications/{id}/confirmation'));
  });

  test('what is weighty takes two persons, of roles that are told', async () => {
    const { proposals } = must(await call('GET', '/v1'), 200);
    assert.ok(proposals.length > 9);
    for (const { act, proposers, approvers } of proposals) {
      assert.ok(proposers.length > 0 && approvers.length > 0, act);
      assert.ok(!approvers.includes('admin'), act);
      assert.ok(!proposers.includes('admin') || act === 'account.reset', act);
    }
  });
});

describe('domain 77: the time is the server\'s', () => {
  // What somebody asks for may lie ahead; nobody says when something happened.
  const AHEAD = new Set(['signup_close', 'valid_from', 'valid_until', 'effective_from', 'effective_at', 'to', 'at', 'until']);

  test('no body has a time at which something happened', () => {
    const given = [];
    for (const [name, schema] of Object.entries(document.components.schemas))
      if (name.endsWith('Input'))
        for (const [member, of] of Object.entries(schema.properties ?? {}))
          if (of.format === 'date-time' || /_at$/.test(member))
            given.push(`${name}.${member}`);
    assert.deepEqual(given.filter((one) => !AHEAD.has(one.split('.')[1])), []);
  });

  test('whoever gives one is refused, and the log has the time of the server', async () => {
    const { owner } = await people();
    const notice = await aNotice({ owner, signup_s: 300 });
    const who = await institution();
    const path = `/v1/notices/${notice.id}/signups`;
    for (const late of [{ signed_at: '2020-01-01T00:00:00Z' }, { at: '2020-01-01T00:00:00Z' }, { occurred_at: '2020-01-01T00:00:00Z' }])
      assertProblem(await call('POST', path, { key: who, body: late }), 422, 'invalid');
    const begun = Math.floor(Date.now() / 1000);
    const { signed_at } = must(await call('POST', path, { key: who, body: {}, headers: { date: 'Wed, 01 Jan 2020 00:00:00 GMT' } }));
    const at = Date.parse(signed_at) / 1000;
    assert.ok(at >= begun && at <= Date.now() / 1000, signed_at);
  });

  test('times of the log never go back', async () => {
    const [back] = await sql(`SELECT COUNT(*) FROM (SELECT JSON_VALUE(CONVERT(bytes USING utf8mb4), '$.at') AS at,
      LAG(JSON_VALUE(CONVERT(bytes USING utf8mb4), '$.at')) OVER (ORDER BY idx) AS earlier FROM log_entry) l WHERE at < earlier`);
    assert.equal(back, '0');
    const [some] = await sql("SELECT COUNT(*) FROM log_entry WHERE JSON_VALUE(CONVERT(bytes USING utf8mb4), '$.at') > 0 OR JSON_VALUE(CONVERT(bytes USING utf8mb4), '$.at') LIKE '20%'");
    assert.ok(Number(some) > 0);
  });
});

describe('domain 79: what is public needs no log-in', () => {
  const ofAnyone = () => routes.filter(({ method, path, roles }) => method === 'GET' && roles.length === 0 && path.startsWith('/v1'));

  test('every public read answers who shows nothing, and no less to him', async () => {
    const closed = [];
    const all = ofAnyone();
    assert.ok(all.length > 40, String(all.length));
    for (const { path } of all) {
      const reply = await call('GET', path.replace(/\{[^}]*\}/g, 'absent'));
      if ([401, 403].includes(reply.status) || reply.status >= 500 && reply.status !== 503)
        closed.push(`${path}: ${reply.status}`);
    }
    assert.deepEqual(closed, []);
  });

  test('nor does a cookie that has ended, or somebody else\'s key, take it away', async () => {
    const { operator } = await people();
    const over = byCookie({ cookie: `__Host-klero=${'0'.repeat(64)}` });
    for (const { path } of ofAnyone().filter(({ path }) => !path.includes('{') && !/events|health|metrics/.test(path))) {
      const plain = await call('GET', path);
      if (plain.status !== 200)
        continue;
      assert.equal((await call('GET', path, over)).status, 200, path);
      assert.equal((await call('GET', path, { key: operator })).status, 200, path);
    }
  });

  test('what a person is asked of a draw is among it', () => {
    const open = new Set(ofAnyone().map(({ path }) => path));
    for (const path of ['/v1/notices', '/v1/notices/{id}', '/v1/notices/{id}/entrants', '/v1/draws', '/v1/draws/{id}',
      '/v1/institutions', '/v1/categories', '/v1/listings', '/v1/search', '/v1/sanctions', '/v1/policies', '/v1/events'])
      assert.ok(open.has(path), path);
  });
});
