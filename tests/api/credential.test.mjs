// Credentials: set-up codes, passwords, authenticators, and a reset by two persons.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { adminCall, assertProblem, call, daemon, institution, must, people, person, sql, twoPersons } from './client.mjs';
import { newUscc, sha256 } from './keys.mjs';
import { byCookie, code, newPassword, newSecret, persons } from './persons.mjs';

const { invited, setUp, login, loggedIn } = persons({ call, adminCall });
const newLogin = () => `u-${randomBytes(6).toString('hex')}`;
const setup = (body) => call('POST', '/v1/accounts/me/setup', { body });
const withTotp = (secret = newSecret()) => ({ totp_secret: secret, totp: code(secret) });
const full = (code_, more) => ({ code: code_, login: newLogin(), password: newPassword(), ...withTotp(), ...more });
const complaints = (reply) => reply.body.errors.map(({ pointer, code: what }) => `${pointer} ${what}`);
const eventsOf = (id) => sql(`SELECT kind FROM log_entry WHERE subject = '${id}' ORDER BY idx`);

describe('a set-up code', () => {
  test('is told once, to whoever opened the account', async () => {
    const id = `org-${randomBytes(6).toString('hex')}`;
    must(await adminCall('POST', '/v1/organisations', { body: { id, name: '某单位' } }));
    const ask = { body: { organisation: id, role: 'owner' }, idempotency: randomBytes(8).toString('hex') };
    const made = must(await adminCall('POST', '/v1/accounts', ask));
    assert.match(made.setup.code, /^[0-9a-f]{32}$/);
    assert.equal(made.setup.account, made.id);
    const hours = (Date.parse(made.setup.until) - Date.now()) / 3_600_000;
    assert.ok(hours > 71.9 && hours <= 72, String(hours));
    const { setup: gone, ...again } = must(await adminCall('POST', '/v1/accounts', ask));
    assert.equal(gone, undefined);
    assert.deepEqual({ ...again, setup: made.setup }, made);
    const [stored] = await sql(`SELECT setup_hash FROM credential WHERE id = '${made.id}'`);
    assert.equal(stored, sha256(made.setup.code));
    assert.deepEqual(await eventsOf(made.id), ['account.created', 'credential.invited']);
  });

  test('is not given with a key', async () => {
    const { operator } = await people();
    const body = { organisation: operator.organisation, role: 'operator', key_hash: sha256(randomBytes(32).toString('hex')) };
    const made = must(await adminCall('POST', '/v1/accounts', { body }));
    assert.equal(made.setup, undefined);
    assert.deepEqual(await sql(`SELECT id FROM credential WHERE id = '${made.id}'`), []);
  });

  test('sets login, password and authenticator, once', async () => {
    const who = await invited('operator');
    const body = full(who.code);
    const reply = must(await setup(body), 200);
    assert.deepEqual([reply.id, reply.state, reply.login, reply.recovery_codes.length], [who.account, 'active', body.login, 10]);
    assert.ok(!('password_hash' in reply) && !('totp_secret' in reply) && !('setup_hash' in reply) && !('recovery' in reply));
    assertProblem(await setup(body), 401, 'unauthenticated');
    assertProblem(await setup(full(who.code)), 401, 'unauthenticated');
    assert.deepEqual(await eventsOf(who.account), ['account.created', 'credential.invited', 'credential.set']);
  });

  test('is void after a newer one, and after it has set something', async () => {
    const who = await invited();
    const invite = () => adminCall('POST', `/v1/accounts/${who.account}/invitation`, { body: {} });
    const { setup: newer } = must(await invite(), 200);
    assert.notEqual(newer.code, who.code);
    assertProblem(await setup(full(who.code)), 401, 'unauthenticated');
    must(await setup(full(newer.code)), 200);
    assertProblem(await invite(), 409, 'wrong-state');
  });

  test('unknown, used, replaced, or of a revoked account: all alike', async () => {
    const [used, replaced, revoked] = [await invited(), await invited(), await invited()];
    must(await setup(full(used.code)), 200);
    must(await adminCall('POST', `/v1/accounts/${replaced.account}/invitation`, { body: {} }), 200);
    must(await adminCall('POST', `/v1/accounts/${revoked.account}/revocation`, { body: {} }), 200);
    assertProblem(await adminCall('POST', `/v1/accounts/${revoked.account}/invitation`, { body: {} }), 409, 'wrong-state');
    const texts = new Set();
    for (const code_ of ['0'.repeat(32), used.code, replaced.code, revoked.code]) {
      const reply = await setup(full(code_));
      assertProblem(reply, 401, 'unauthenticated');
      texts.add(reply.text);
    }
    assert.equal(texts.size, 1);
  });

  test('is good until its time, to the second', async () => {
    const it = await daemon({ setup_hours: 1 }, { rehearsal: '2026-07-01T00:00:00Z' });
    try {
      const own = persons(it);
      const [early, late] = [await own.invited(), await own.invited()];
      await it.people();
      const until = new Date((await it.now()).getTime() + 3_600_000);
      await it.moveTo(new Date(until.getTime() - 1000));
      await own.setUp(early);
      await it.moveTo(until);
      const reply = await it.call('POST', '/v1/accounts/me/setup', { body: full(late.code) });
      assertProblem(reply, 401, 'unauthenticated');
      assert.equal(reply.text, (await it.call('POST', '/v1/accounts/me/setup', { body: full('0'.repeat(32)) })).text);
    } finally {
      await it.stop();
    }
  });

  test('is given by an operator to institutions alone', async () => {
    const { operator, owner } = await people();
    const { uscc } = await institution();
    const { setup: given } = must(await call('POST', '/v1/accounts', { key: operator, body: { organisation: uscc, role: 'institution' } }));
    must(await setup({ ...full(given.code), totp_secret: undefined, totp: undefined }), 200);
    const other = await invited('owner');
    assertProblem(await call('POST', `/v1/accounts/${other.account}/invitation`, { key: operator, body: {} }), 404, 'not-found');
    assertProblem(await call('POST', `/v1/accounts/${other.account}/invitation`, { key: owner, body: {} }), 403, 'forbidden');
    assertProblem(await call('POST', '/v1/accounts/nobody/invitation', { key: operator, body: {} }), 404, 'not-found');
    const system = await person('owner'); // may become a person's, too
    must(await adminCall('POST', `/v1/accounts/${system.account}/invitation`, { body: {} }), 200);
  });

  test('sets what is in form, and tells all that is not', async () => {
    const who = await invited('auditor');
    const cases = [
      [{ login: 'Big-Letters' }, '/login form'],
      [{ password: 'kaoqin-lu37' }, '/password bounds'],
      [{ password: `${'qd4kxw7m'.repeat(16)}z` }, '/password bounds'],
      [{ password: 'Password12345' }, '/password common'],
      [{ login: 'zhangwuji', password: 'zhangwuji-2026' }, '/password known'],
      [{ password: `测试单位${who.organisation}1` }, '/password known'],
      [{ totp_secret: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, '/totp_secret form'],
      [{ totp_secret: newSecret().slice(0, 24) }, '/totp_secret form'],
      [{ totp: '000000' }, '/totp code'],
      [{ totp: undefined }, '/totp code'],
      [{ totp_secret: undefined, totp: undefined }, '/totp_secret form'], // staff must
      [{ totp_secret: undefined }, '/totp_secret form'],
      [{ password: ' blank-at-an-end' }, '/password form'],
    ];
    for (const [more, told] of cases) {
      const reply = await setup(full(who.code, more));
      assertProblem(reply, 422, 'invalid');
      assert.deepEqual(complaints(reply), [told], JSON.stringify(more));
    }
    const all = await setup(full(who.code, { login: 'BIG', password: 'short', totp: undefined }));
    assert.deepEqual(complaints(all), ['/login form', '/password bounds', '/totp code']);
    for (const member of ['role', 'organisation', 'state', 'password_hash', 'scopes', 'id']) // mass assignment
      assert.deepEqual(complaints(await setup(full(who.code, { [member]: 'admin' }))), [' unknown-member']);
    must(await setup(full(who.code, { password: '一二三四五六七八九十甲乙' })), 200);
  });

  test('gives nobody a login that another has', async () => {
    const [one, other] = [await setUp(await invited()), await invited()];
    const reply = await setup(full(other.code, { login: one.login }));
    assertProblem(reply, 409, 'exists');
    must(await setup(full(other.code)), 200);
  });
});

describe('a password', () => {
  const change = (who, body) => call('POST', '/v1/accounts/me/password', { key: who, body });

  test('is changed by its holder alone, and ends all his sessions', async () => {
    const who = await setUp(await invited());
    const [one, other] = [await login(who), await login(who)];
    const new_password = newPassword();
    const reply = await call('POST', '/v1/accounts/me/password', { ...byCookie(one), body: { password: who.password, new_password } });
    must(reply, 200);
    assert.match(reply.headers.get('set-cookie'), /^__Host-klero=;.*Max-Age=0$/);
    for (const key of [one, other])
      assertProblem(await call('GET', '/v1/accounts/me', { key }), 401, 'unauthenticated');
    assertProblem(await call('POST', '/v1/sessions', { body: { login: who.login, password: who.password, recovery_code: who.recovery[0] } }),
      401, 'unauthenticated');
    await login({ ...who, password: new_password });
    assert.deepEqual((await eventsOf(who.account)).slice(-1), ['credential.password_changed']);
  });

  test('is changed by who knows it, in a session, to a good one', async () => {
    const who = await loggedIn('owner');
    const reply = await change(who, { password: newPassword(), new_password: newPassword() });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(complaints(reply), ['/password wrong']);
    assert.deepEqual(complaints(await change(who, { password: who.password, new_password: 'qwertyuiop12' })), ['/new_password common']);
    assert.deepEqual(complaints(await change(who, { password: who.password, new_password: `${who.login}1234567` })), ['/new_password known']);
    assertProblem(await change(await person('owner'), { password: 'x', new_password: newPassword() }), 403, 'forbidden');
    assertProblem(await call('POST', '/v1/accounts/me/password', { body: {} }), 401, 'unauthenticated');
    must(await call('GET', '/v1/accounts/me', { key: who }), 200);
  });

  test('is changed with a fresh code, where there is an authenticator', async () => {
    const who = await loggedIn('owner');
    const body = { password: who.password, new_password: newPassword() };
    await sql(`UPDATE session SET stepped_at = UTC_TIMESTAMP(6) - INTERVAL 300 SECOND WHERE id = '${who.session}'`);
    assertProblem(await change(who, body), 403, 'step-up');
    must(await call('POST', '/v1/sessions/current/step-up', { key: who, body: { totp: code(who.secret) } }), 200);
    must(await change(who, body), 200);
  });

  test('changed twice at a time is changed once', async () => {
    const who = await loggedIn('owner');
    const replies = await Promise.all([1, 2, 3].map(() => change(who, { password: who.password, new_password: newPassword() })));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401, 401]);
  });
});

describe('an authenticator', () => {
  const enrol = (who, body) => call('POST', '/v1/accounts/me/totp', { key: who, body });

  test('is added later, and then must be shown', async () => {
    const who = await setUp(await invited(), { totp: false });
    const before = await login(who);
    const secret = newSecret();
    const { recovery_codes } = must(await enrol(before, { password: who.password, ...withTotp(secret) }), 200);
    assert.equal(recovery_codes.length, 10);
    assertProblem(await call('GET', '/v1/accounts/me', { key: before }), 401, 'unauthenticated');
    assertProblem(await call('POST', '/v1/sessions', { body: { login: who.login, password: who.password } }), 401, 'unauthenticated');
    await login({ ...who, secret, recovery: recovery_codes });
    assert.deepEqual((await eventsOf(who.account)).slice(-1), ['credential.totp_changed']);
  });

  test('is replaced, and the old recovery codes with it', async () => {
    const who = await loggedIn('auditor');
    for (const [body, told] of [[{ password: newPassword(), ...withTotp() }, '/password wrong'],
      [{ password: who.password, ...withTotp(), totp: '12345' }, '/totp code']])
      assert.deepEqual(complaints(await enrol(who, body)), [told]);
    const { recovery_codes } = must(await enrol(who, { password: who.password, ...withTotp() }), 200);
    const body = { login: who.login, password: who.password };
    for (const factor of [{ totp: code(who.secret) }, { recovery_code: who.recovery[0] }])
      assertProblem(await call('POST', '/v1/sessions', { body: { ...body, ...factor } }), 401, 'unauthenticated');
    must(await call('POST', '/v1/sessions', { body: { ...body, recovery_code: recovery_codes[0] } }));
  });

  test('gives new recovery codes, which void the old ones', async () => {
    const who = await loggedIn('owner');
    const { recovery_codes } = must(await call('POST', '/v1/accounts/me/recovery-codes', { key: who, body: { password: who.password } }), 200);
    assert.ok(!recovery_codes.includes(who.recovery[0]));
    const body = { login: who.login, password: who.password };
    assertProblem(await call('POST', '/v1/sessions', { body: { ...body, recovery_code: who.recovery[0] } }), 401, 'unauthenticated');
    must(await call('POST', '/v1/sessions', { body: { ...body, recovery_code: recovery_codes[0] } }));
    assert.deepEqual((await eventsOf(who.account)).slice(-1), ['credential.recovery_made']);
    const none = await login(await setUp(await invited(), { totp: false }));
    assertProblem(await call('POST', '/v1/accounts/me/recovery-codes', { key: none, body: { password: none.password } }), 409, 'wrong-state');
  });
});

describe('a reset', () => {
  const payload = { reason: '忘记密码' };
  const propose = (key, subject, more = {}) => call('POST', '/v1/proposals', { key, body: { act: 'account.reset', subject, payload, ...more } });

  test('takes two persons of two organisations, and gives a new code', async () => {
    const { supervisor } = await people();
    const who = await loggedIn('owner');
    const colleague = await person('owner', who.organisation);
    const { id, digest } = must(await propose(colleague, who.account));
    assertProblem(await call('POST', `/v1/proposals/${id}/approval`, { key: colleague, body: { digest } }), 403, 'forbidden');
    const { setup: given } = must(await call('POST', `/v1/proposals/${id}/approval`, { key: supervisor, body: { digest } }), 200);
    assert.equal(given.account, who.account);
    assertProblem(await call('GET', '/v1/accounts/me', { key: who }), 401, 'unauthenticated');
    assertProblem(await call('POST', '/v1/sessions', { body: { login: who.login, password: who.password, totp: code(who.secret) } }), 401, 'unauthenticated');
    const again = await setUp({ ...who, code: given.code }, { login: who.login });
    await login(again);
    assert.deepEqual((await eventsOf(who.account)).slice(-2), ['credential.reset', 'credential.set']);
  });

  test('is proposed by the own organisation or an operator', async () => {
    const { operator, supervisor, owner } = await people();
    const who = await setUp(await invited());
    const foreign = await propose(owner, who.account);
    const absent = await propose(owner, '0'.repeat(32));
    assertProblem(foreign, 404, 'not-found');
    assert.equal(foreign.text, absent.text);
    assertProblem(await propose(supervisor, who.account), 404, 'not-found');
    const own = await person('operator', operator.organisation);
    const { id, digest } = must(await propose(operator, who.account));
    assertProblem(await call('POST', `/v1/proposals/${id}/approval`, { key: own, body: { digest } }), 403, 'two-persons');
    must(await call('POST', `/v1/proposals/${id}/approval`, { key: supervisor, body: { digest } }), 200);
  });

  test('is of a person, who is there, for a reason', async () => {
    const { operator } = await people();
    assertProblem(await propose(operator, (await person('owner')).account), 404, 'not-found');
    const who = await setUp(await invited());
    assert.deepEqual(complaints(await propose(operator, who.account, { payload: {} })), ['/payload/reason missing']);
    must(await adminCall('POST', `/v1/accounts/${who.account}/revocation`, { body: {} }), 200);
    assertProblem(await propose(operator, who.account), 409, 'wrong-state');
  });

  test('by two persons who are not both there any more does nothing', async () => {
    const { supervisor } = await people();
    const who = await setUp(await invited());
    const { id, digest } = must(await propose((await people()).operator, who.account));
    must(await adminCall('POST', `/v1/accounts/${who.account}/revocation`, { body: {} }), 200);
    assertProblem(await call('POST', `/v1/proposals/${id}/approval`, { key: supervisor, body: { digest } }), 409, 'wrong-state');
  });

  test('can be shown as twoPersons() does it', async () => {
    const { operator, auditor } = await people();
    const who = await invited();
    await twoPersons(operator, auditor, 'account.reset', who.account, payload);
    assertProblem(await setup(full(who.code)), 401, 'unauthenticated');
  });
});
