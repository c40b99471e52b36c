// Sessions: logging in, what a token is good for, how long, and its end.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { adminCall, assertProblem, call, daemon, must, person, sql, twoPersons, people } from './client.mjs';
import { byCookie, code, newPassword, persons } from './persons.mjs';
import { newUscc, sha256 } from './keys.mjs';

const { invited, setUp, login, loggedIn } = persons({ call, adminCall });
const me = (options) => call('GET', '/v1/accounts/me', options);
const attempt = (body, to = call) => to('POST', '/v1/sessions', { body });
const hashes = async (to = call) => Number((await to('GET', '/metrics')).text.match(/^klero_password_hashes_total (\d+)/m)[1]);

describe('logging in', () => {
  test('gives a token, and the same as a cookie that no script and no other site sees', async () => {
    const who = await loggedIn('owner');
    const { body, headers } = who.reply;
    assert.match(body.token, /^[0-9a-f]{64}$/);
    assert.deepEqual([body.account, body.organisation, body.role, body.idle_s, body.stepped_up],
      [who.account, who.organisation, 'owner', 1800, true]);
    assert.equal(headers.get('set-cookie'),
      `__Host-klero=${body.token}; Path=/; Secure; HttpOnly; SameSite=Strict`);
    assert.equal(headers.get('cache-control'), 'no-store');
    for (const options of [{ key: who }, byCookie(who, {})]) {
      const reply = await me(options);
      assert.deepEqual(must(reply, 200), { id: who.account, organisation: who.organisation, role: 'owner' });
      assert.equal(reply.headers.get('cache-control'), 'no-store');
    }
    const [stored] = await sql(`SELECT LOWER(HEX(token_hash)) FROM session WHERE id = '${body.id}'`);
    assert.equal(stored, sha256(body.token));
  });

  test('staff has half the time to be idle', async () => {
    for (const role of ['operator', 'supervisor', 'auditor', 'reviewer', 'authority'])
      assert.equal((await loggedIn(role)).reply.body.idle_s, 900, role);
  });

  test('each gives another token', async () => {
    const who = await setUp(await invited());
    const tokens = [];
    for (let i = 0; i < 3; i++)
      tokens.push((await login(who)).token);
    assert.equal(new Set(tokens).size, 3);
  });

  // One answer and one hash for whoever is not let in.
  test('tells nobody who is there: the same bytes and the same work', async () => {
    const good = await setUp(await invited());
    const revoked = await setUp(await invited());
    must(await adminCall('POST', `/v1/accounts/${revoked.account}/revocation`, { body: {} }), 200);
    const locked = await setUp(await invited());
    const { operator, supervisor } = await people();
    must(await call('GET', '/v1/accounts/me', { key: operator }), 200);
    await twoPersons(operator, supervisor, 'account.reset', locked.account, { reason: '测试' });
    const at = (who, more) => ({ login: who.login, password: who.password, totp: code(who.secret), ...more });
    const cases = {
      unknown: at(good, { login: `u-${randomBytes(6).toString('hex')}` }),
      wrong: at(good, { password: newPassword() }),
      disabled: at(revoked), 'disabled, wrong': at(revoked, { password: newPassword() }),
      locked: at(locked), 'locked, wrong': at(locked, { password: newPassword() }),
      'without a code': at(good, { totp: undefined }),
      'another code': at(good, { totp: String((Number(code(good.secret)) + 1) % 1_000_000).padStart(6, '0') }),
      'no code': at(good, { totp: 'abcdef' }),
      'no recovery code': at(good, { totp: undefined, recovery_code: randomBytes(16).toString('hex') }),
    };
    let text;
    for (const [name, body] of Object.entries(cases)) {
      const before = await hashes();
      const reply = await attempt(body);
      assertProblem(reply, 401, 'unauthenticated');
      assert.equal(await hashes() - before, 1, name);
      assert.equal(reply.text, text ??= reply.text, name);
      assert.equal(reply.headers.get('set-cookie'), null);
    }
    const before = await hashes();
    must(await attempt(at(good)));
    assert.equal(await hashes() - before, 1);
  });

  test('takes a code once, however many bring it', async () => {
    const who = await setUp(await invited());
    const body = { login: who.login, password: who.password, totp: code(who.secret) };
    const replies = await Promise.all(Array.from({ length: 8 }, () => attempt(body)));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, ...Array(7).fill(401)]);
    assertProblem(await attempt(body), 401, 'unauthenticated');
    must(await attempt({ ...body, totp: code(who.secret, 1) })); // a step early
    assertProblem(await attempt({ ...body, totp: code(who.secret, 4) }), 401, 'unauthenticated');
  });

  test('takes each recovery code once', async () => {
    const who = await setUp(await invited());
    assert.equal(who.recovery.length, 10);
    assert.equal(new Set(who.recovery).size, 10);
    const body = { login: who.login, password: who.password, recovery_code: who.recovery[0] };
    assert.equal(must(await attempt(body)).stepped_up, true);
    assertProblem(await attempt(body), 401, 'unauthenticated');
    must(await attempt({ ...body, recovery_code: who.recovery[9] }));
    const other = await setUp(await invited());
    assertProblem(await attempt({ ...body, recovery_code: other.recovery[0] }), 401, 'unauthenticated');
  });

  test('without an authenticator is no second factor', async () => {
    const who = await setUp(await invited(), { totp: false });
    assert.deepEqual(who.recovery, []);
    assert.equal((await login(who)).reply.body.stepped_up, false);
  });

  test('refuses a body of another form, without work', async () => {
    const good = { login: 'somebody', password: newPassword() };
    const before = await hashes();
    for (const [member, value, code_] of [['login', 'ab', 'bounds'], ['login', 'a'.repeat(65), 'bounds'], ['login', 'ä-ä', 'bounds'],
      ['password', '', 'bounds'], ['password', 'x'.repeat(513), 'bounds'], ['password', 7, 'form'], ['totp', '1234567', 'bounds'],
      ['recovery_code', 'a'.repeat(33), 'bounds']]) {
      const reply = await attempt({ ...good, [member]: value });
      assertProblem(reply, 422, 'invalid');
      assert.deepEqual(reply.body.errors.map(({ pointer, code: what }) => [pointer, what]), [[`/${member}`, code_]]);
    }
    assertProblem(await attempt({ ...good, role: 'admin' }), 422, 'invalid');
    assertProblem(await attempt({ login: 'somebody' }), 422, 'invalid');
    assertProblem(await call('POST', '/v1/sessions?x=1', { body: good }), 400, 'bad-request');
    assert.equal(await hashes(), before);
  });

  test('a stale cookie does not stand in the way', async () => {
    const who = await setUp(await invited());
    const body = { login: who.login, password: who.password, totp: code(who.secret) };
    must(await call('POST', '/v1/sessions', { body, headers: { cookie: `__Host-klero=${'0'.repeat(64)}` } }));
  });

  test('secrets stand in no table in clear, not in the log and not in the diary', async () => {
    const who = await loggedIn('owner');
    const again = await login(who);
    const diary = readFileSync(`${process.env.KLERO_HOME}/klerod.log`, 'utf8');
    for (const secret of [who.password, who.token, who.code, who.secret, ...again.recovery]) {
      assert.ok(!diary.includes(secret));
      for (const [table, column] of [['log_entry', 'bytes'], ['idempotency', 'reply'], ['event_private', 'event']]) {
        const [count] = await sql(`SELECT COUNT(*) FROM ${table} WHERE ${column} LIKE '%${secret}%'`);
        assert.equal(count, '0', `${table} has ${secret}`);
      }
    }
    const [row] = await sql(`SELECT password_hash, setup_hash IS NULL, recovery FROM credential WHERE id = '${who.account}'`);
    assert.match(row, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$\S+\t1\t([0-9a-f]{64} ?){10}$/);
    assert.ok(!row.includes(who.recovery[0]));
  });
});

describe('a session', () => {
  test('ends when its holder says so, and the cookie with it', async () => {
    const who = await setUp(await invited());
    const [one, other] = [await login(who), await login(who)];
    const { items } = must(await call('GET', '/v1/sessions', { key: one }), 200);
    assert.deepEqual(items.map(({ id, current, network }) => [id, current, network]).sort(),
      [[one.session, true, '127.0.0.0/24'], [other.session, false, '127.0.0.0/24']].sort());
    for (const { made_at, ends_at, idle_s } of items)
      assert.deepEqual([Date.parse(ends_at) - Date.parse(made_at), idle_s], [28_800_000, 1800]);
    const staff = await loggedIn('reviewer');
    assert.equal(must(await call('GET', '/v1/sessions', { key: staff }), 200).items[0].idle_s, 900);
    assert.deepEqual(must(await call('POST', `/v1/sessions/${other.session}/end`, { key: one, body: {} }), 200), { ended: other.session });
    assertProblem(await me({ key: other }), 401, 'unauthenticated');
    assertProblem(await call('POST', `/v1/sessions/${other.session}/end`, { key: one, body: {} }), 404, 'not-found');
    const ended = await call('POST', '/v1/sessions/current/end', { ...byCookie(one), body: {} });
    must(ended, 200);
    assert.equal(ended.headers.get('set-cookie'), '__Host-klero=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0');
    assertProblem(await me({ key: one }), 401, 'unauthenticated');
    assertProblem(await me(byCookie(one)), 401, 'unauthenticated');
  });

  test('of another is as one that is not there', async () => {
    const [one, other] = [await loggedIn('owner'), await loggedIn('owner')];
    const replies = [other.session, '0'.repeat(32), 'nothing'].map((id) =>
      call('POST', `/v1/sessions/${id}/end`, { key: one, body: {} }));
    const texts = (await Promise.all(replies)).map((reply) => (assertProblem(reply, 404, 'not-found'), reply.text));
    assert.equal(new Set(texts).size, 1);
    must(await me({ key: other }), 200);
    const steps = await Promise.all([other.session, '0'.repeat(32)].map((id) =>
      call('POST', `/v1/sessions/${id}/step-up`, { key: one, body: { totp: code(one.secret) } })));
    assert.deepEqual(steps.map(({ status }) => status), [404, 404]);
    assert.equal(steps[0].text, steps[1].text);
    assertProblem(await call('POST', '/v1/sessions/current/end', { key: await person('owner'), body: {} }), 404, 'not-found');
  });

  // What is stored says when it was used last; the limits are of the settings.
  const limits = [['owner', 'seen_at', 1800], ['auditor', 'seen_at', 900], ['owner', 'made_at', 28800], ['auditor', 'made_at', 28800]];
  for (const [role, column, seconds] of limits)
    test(`of ${role} ends ${seconds} s after ${column}`, async () => {
      const who = await loggedIn(role);
      const set = (age) => sql(`UPDATE session SET ${column} = UTC_TIMESTAMP(6) - INTERVAL ${age} SECOND WHERE id = '${who.session}'`);
      await set(seconds - 10);
      must(await me({ key: who }), 200);
      await set(seconds);
      for (const options of [{ key: who }, byCookie(who)])
        assertProblem(await me(options), 401, 'unauthenticated');
      assertProblem(await call('POST', '/v1/sessions/current/end', { key: who, body: {} }), 401, 'unauthenticated');
    });

  test('that is used stays alive', async () => {
    const who = await loggedIn('owner');
    await sql(`UPDATE session SET seen_at = UTC_TIMESTAMP(6) - INTERVAL 1700 SECOND WHERE id = '${who.session}'`);
    must(await me({ key: who }), 200);
    const [age] = await sql(`SELECT TIMESTAMPDIFF(SECOND, seen_at, UTC_TIMESTAMP(6)) FROM session WHERE id = '${who.session}'`);
    assert.ok(Number(age) < 100, age);
  });

  test('ends at once with its account', async () => {
    const who = await loggedIn('operator');
    const act = () => call('POST', '/v1/institutions', { key: who, body: { uscc: newUscc(), name: '示例咨询有限公司' } });
    must(await act());
    must(await adminCall('POST', `/v1/accounts/${who.account}/revocation`, { body: {} }), 200);
    assertProblem(await act(), 401, 'unauthenticated');
    assertProblem(await me({ key: who }), 401, 'unauthenticated');
  });

  test('does acts, and repeats them', async () => {
    const who = await loggedIn('operator');
    const body = { uscc: newUscc(), name: '示例咨询有限公司' };
    const made = must(await call('POST', '/v1/institutions', { key: who, body, idempotency: 'one' }));
    assert.deepEqual(must(await call('POST', '/v1/institutions', { ...byCookie(who), body, idempotency: 'one' })), made);
  });
});

describe('a cookie', () => {
  test('changes something only from a page of this site', async () => {
    const who = await loggedIn('operator');
    const ask = (headers) => call('POST', '/v1/institutions',
      { headers: { cookie: who.cookie, ...headers }, body: { uscc: newUscc(), name: '示例咨询有限公司' } });
    for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: 'http://localhost:8080' }, { origin: 'https://127.0.0.1' },
      { 'sec-fetch-site': 'same-origin', origin: 'https://localhost' }])
      must(await ask(headers));
    for (const headers of [{}, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site', origin: 'https://localhost' }])
      assertProblem(await ask(headers), 403, 'cross-site');
    assertProblem(await call('POST', '/v1/sessions/current/end', { headers: { cookie: who.cookie }, body: {} }), 403, 'cross-site');
    must(await me({ headers: { cookie: who.cookie, 'sec-fetch-site': 'cross-site' } }), 200);
    assertProblem(await call('POST', '/v1/institutions', { headers: { cookie: who.cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' }, body: '{}' }),
      415, 'media-type');
  });

  test('is one of ours, in form, and not a key', async () => {
    const who = await loggedIn('owner');
    const system = await person('owner');
    const ask = (cookie) => me({ headers: { cookie } });
    must(await ask(`theirs=1; ${who.cookie}; more="a b"`), 200);
    for (const cookie of [`${who.cookie}; ${who.cookie}`, 'a', `${who.cookie};a=1`, '=1', `${who.cookie}; `])
      assertProblem(await ask(cookie), 400, 'bad-request');
    for (const cookie of ['a=1', 'klero=1', '__Host-klero=', `${who.cookie}0`, `__Host-klero="${who.token}"`, who.cookie.toUpperCase(),
      `__Host-klero=${'0'.repeat(64)}`, `__Host-klero=${system.token}`])
      assertProblem(await ask(cookie), 401, 'unauthenticated');
  });

  test('gives way to a key', async () => {
    const who = await loggedIn('owner');
    const system = await person('owner');
    assert.equal(must(await me({ key: system, headers: { cookie: who.cookie } }), 200).id, system.account);
    assertProblem(await me({ key: '0'.repeat(64), headers: { cookie: who.cookie } }), 401, 'unauthenticated');
  });

  test('makes no public page another one', async () => {
    const who = await loggedIn('owner');
    const [plain, with_] = [await call('GET', '/v1/institutions?limit=1'), await call('GET', '/v1/institutions?limit=1', byCookie(who))];
    assert.deepEqual([with_.status, with_.text, with_.headers.get('etag')], [200, plain.text, plain.headers.get('etag')]);
  });
});

describe('trying', () => {
  test('too often at one login or from one network, one waits; who was there before does not', async () => {
    const it = await daemon({ login_tries: 3, login_tries_network: 10 });
    try {
      const own = persons(it);
      const who = await own.setUp(await own.invited());
      const wrong = (login_) => attempt({ login: login_, password: newPassword() }, it.call);
      for (const name of [who.login, 'not-there']) {
        for (let i = 0; i < 3; i++)
          assertProblem(await wrong(name), 401, 'unauthenticated');
        const before = await hashes(it.call);
        const reply = await wrong(name);
        assertProblem(reply, 429, 'too-many');
        const wait = Number(reply.headers.get('retry-after'));
        assert.ok(wait > 1100 && wait <= 1200, String(wait));
        assert.equal(await hashes(it.call), before);
      }
      // Its holder has been here: what strangers try does not count for him.
      await it.sql(`INSERT INTO session (id, token_hash, account, credential_seq, network, made_at, seen_at)
        VALUES ('x', REPEAT('x', 32), '${who.account}', 1, '127.0.0.0/24', UTC_TIMESTAMP(), UTC_TIMESTAMP())`);
      await own.login(who);
      await own.login(who);
      const guess = () => it.call('POST', '/v1/accounts/me/setup',
        { body: { code: '0'.repeat(32), login: 'abc', password: newPassword() } });
      assertProblem(await guess(), 401, 'unauthenticated'); // the tenth from here: one to set up, eight above
      assertProblem(await guess(), 429, 'too-many');
      assertProblem(await wrong('another'), 429, 'too-many');
    } finally {
      await it.stop();
    }
  });

  test('more at a time than may wait are refused at once', async () => {
    const it = await daemon({ slow_workers: 1, slow_queue: 1, password_mb: 128, password_passes: 4 });
    try {
      const replies = await Promise.all(Array.from({ length: 12 }, (_, i) =>
        attempt({ login: `nobody-${i}`, password: newPassword() }, it.call)));
      const busy = replies.filter(({ status }) => status === 503);
      assert.ok(busy.length > 0 && busy.length < 12, String(busy.length));
      for (const reply of busy) {
        assertProblem(reply, 503, 'busy');
        assert.match(reply.headers.get('retry-after'), /^[1-9]\d*$/);
      }
      assert.ok(replies.every(({ status }) => status === 401 || status === 503));
    } finally {
      await it.stop();
    }
  });
});
