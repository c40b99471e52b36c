// What a key is good for, and what a session may do without a fresh code.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { adminCall, aNotice, assertProblem, call, category, institution, must, people, person, policy, sql } from './client.mjs';
import { newUscc, sha256 } from './keys.mjs';
import { byCookie, code, persons } from './persons.mjs';

const { invited, setUp, login, loggedIn } = persons({ call, adminCall });

async function keyFor(role, scopes, organisation) {
  const token = randomBytes(32).toString('hex');
  const id = organisation ?? (await person(role)).organisation;
  const made = must(await adminCall('POST', '/v1/accounts', { body: { organisation: id, role, key_hash: sha256(token), ...scopes && { scopes } } }));
  return { token, account: made.id, organisation: id, made };
}

const admit = (key) => call('POST', '/v1/institutions', { key, body: { uscc: newUscc(), name: '示例咨询有限公司' } });
const signUp = (key, notice) => call('POST', `/v1/notices/${notice.id}/signups`, { key, body: {} });

// A person of an institution that can sign up.
async function clerk(options) {
  const { operator } = await people();
  const { uscc } = await institution();
  const { setup } = must(await call('POST', '/v1/accounts', { key: operator, body: { organisation: uscc, role: 'institution' } }));
  return login(await setUp({ role: 'institution', organisation: uscc, account: setup.account, code: setup.code }, options));
}

describe('a key', () => {
  test('without scopes is good for all of its role', async () => {
    const who = await keyFor('operator');
    assert.equal(who.made.scopes, null);
    must(await admit(who));
    must(await call('GET', '/v1/accounts/me', { key: who }), 200);
  });

  test('domain 92: is good for what it says, and for no more', async () => {
    const reader = await keyFor('operator', 'read');
    must(await call('GET', '/v1/accounts/me', { key: reader }), 200);
    assertProblem(await admit(reader), 403, 'scope');
    const manager = await keyFor('operator', 'draw manage');
    assert.equal(manager.made.scopes, 'draw manage');
    must(await admit(manager));
    must(await admit(manager)); // from what is remembered of it
    assertProblem(await call('GET', '/v1/accounts/me', { key: manager }), 403, 'scope');
    assertProblem(await admit(reader), 403, 'scope');
  });

  test('to sign up signs up', async () => {
    await policy();
    const one = await institution();
    const signer = await keyFor('institution', 'signup', one.uscc);
    const reader = await keyFor('institution', 'read manage notices draw registration', one.uscc);
    const notice = await aNotice({ signup_s: 60 });
    assertProblem(await signUp(reader, notice), 403, 'scope');
    const { id } = must(await signUp(signer, notice));
    assertProblem(await call('POST', `/v1/signups/${id}/withdrawal`, { key: reader, body: {} }), 403, 'scope');
    must(await call('POST', `/v1/signups/${id}/withdrawal`, { key: signer, body: {} }), 200);
    const drawer = await keyFor('owner', 'draw', (await people()).owner.organisation);
    assertProblem(await call('POST', '/v1/notices', { key: drawer, body: {} }), 403, 'scope');
    assertProblem(await call('POST', '/v1/notices/nothing/draws', { key: drawer, body: {} }), 404, 'not-found');
  });

  test('has scopes in form; a person has none', async () => {
    const { operator } = await people();
    const body = (more) => ({ organisation: operator.organisation, role: 'operator', key_hash: sha256(randomBytes(32).toString('hex')), ...more });
    for (const scopes of ['reads', 'read  draw', 'read read', 'read,draw', 'READ', 'admin']) {
      const reply = await adminCall('POST', '/v1/accounts', { body: body({ scopes }) });
      assertProblem(reply, 422, 'invalid');
      assert.deepEqual(reply.body.errors.map(({ pointer, code: what }) => [pointer, what]), [['/scopes', 'form']]);
    }
    assertProblem(await adminCall('POST', '/v1/accounts', { body: body({ scopes: 'read', key_hash: undefined }) }), 422, 'invalid');
    must(await adminCall('POST', '/v1/accounts', { body: body({ scopes: 'read manage notices signup draw registration' }) }));
  });
});

describe('what is weighty', () => {
  const age = (who, seconds) =>
    sql(`UPDATE session SET stepped_at = UTC_TIMESTAMP(6) - INTERVAL ${seconds} SECOND WHERE id = '${who.session}'`);

  test('takes a code not older than the setting', async () => {
    await policy();
    const notice = await aNotice({ signup_s: 60 });
    const who = await clerk();
    await age(who, 300);
    assertProblem(await signUp(who, notice), 403, 'step-up');
    await age(who, 290);
    const { id } = must(await call('POST', `/v1/notices/${notice.id}/signups`, { ...byCookie(who), body: {} }));
    await age(who, 300);
    assertProblem(await call('POST', `/v1/signups/${id}/withdrawal`, { key: who, body: {} }), 403, 'step-up');
    const now = code(who.secret);
    assert.deepEqual(must(await call('POST', `/v1/sessions/${who.session}/step-up`, { key: who, body: { totp: now } }), 200), { stepped_up: who.session });
    must(await call('POST', `/v1/signups/${id}/withdrawal`, { key: who, body: {} }), 200);
    assertProblem(await call('POST', '/v1/sessions/current/step-up', { key: who, body: { totp: now } }), 403, 'step-up'); // once
  });

  test('takes an authenticator: an institution signs up with one', async () => {
    await policy();
    const notice = await aNotice({ signup_s: 60 });
    const who = await clerk({ totp: false });
    assertProblem(await signUp(who, notice), 403, 'step-up');
    assertProblem(await call('POST', '/v1/sessions/current/step-up', { key: who, body: { totp: '123456' } }), 403, 'step-up');
    must(await call('GET', '/v1/signups', { key: who }), 200);
  });

  test('is to approve, to open and to end accounts', async () => {
    const { operator, supervisor } = await people();
    const who = await loggedIn('supervisor');
    await age(who, 300);
    const target = await setUp(await invited());
    const { id, digest } = must(await call('POST', '/v1/proposals', { key: operator,
      body: { act: 'account.reset', subject: target.account, payload: { reason: '测试' } } }));
    const approve = (key) => call('POST', `/v1/proposals/${id}/approval`, { key, body: { digest } });
    assertProblem(await approve(who), 403, 'step-up');
    must(await approve(supervisor), 200); // a key has its scopes instead
    const clerk_ = await loggedIn('operator');
    await age(clerk_, 300);
    for (const path of ['/v1/accounts', `/v1/accounts/${target.account}/revocation`, `/v1/accounts/${target.account}/invitation`])
      assertProblem(await call('POST', path, { key: clerk_, body: {} }), 403, 'step-up');
    await category();
    must(await admit(clerk_)); // not so weighty
  });

  test('is not tried without end', async () => {
    const who = await loggedIn('owner');
    const wrong = String((Number(code(who.secret)) + 1) % 1_000_000).padStart(6, '0');
    for (const totp of ['000000', wrong])
      if (![-1, 0, 1].some((steps) => code(who.secret, steps) === totp))
        assertProblem(await call('POST', '/v1/sessions/current/step-up', { key: who, body: { totp } }), 403, 'step-up');
    for (const totp of ['12345', '1234567', 7])
      assertProblem(await call('POST', '/v1/sessions/current/step-up', { key: who, body: { totp } }), 422, 'invalid');
  });
});
