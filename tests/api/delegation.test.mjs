// Delegations: deputies and agents, in what, how long, and who has done it then.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adminCall, aNotice, assertProblem, call, category, daemon, institution, must, people, person, policy, sql } from './client.mjs';
import { persons } from './persons.mjs';

const { loggedIn } = persons({ call, adminCall });
const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
const HOUR = 3_600_000;
const bodyOf = (delegate, more) => ({ delegate: delegate.account, capacity: 'agent', scopes: 'notices',
  valid_from: iso(Date.now() - HOUR), valid_until: iso(Date.now() + HOUR), ...more });
const offer = (key, body) => call('POST', '/v1/delegations', { key, body });
const decide = (key, id, what) => call('POST', `/v1/delegations/${id}/${what}`, { key, body: {} });
const complaints = (reply) => reply.body.errors.map(({ pointer, code }) => `${pointer} ${code}`);
const as = (key, organisation, more = {}) => ({ key, headers: { 'klero-for': organisation }, ...more });

async function delegated(principal, delegate, more) {
  const { id } = must(await offer(principal, bodyOf(delegate, more)));
  return must(await decide(delegate, id, 'acceptance'), 200);
}

async function noticeBody() {
  await policy();
  return { title: '测试项目', service: '编制项目建议书', category: await category(), amount_max_fen: 10_000_00, days_max: 20,
    deadline_unit: 'workday', select: 1, alternates: 2, beacon: 'none', signup_close: iso(Date.now() + 60_000),
    contact_name: '测试', contact_phone: '0000' };
}

const publish = async (who, organisation) => call('POST', '/v1/notices', as(who, organisation, { body: await noticeBody() }));

describe('a delegation', () => {
  test('domain 5: is offered, accepted, used, and the event names who has done it', async () => {
    const [owner, agent] = [await person('owner'), await person('authority')];
    const made = must(await offer(owner, bodyOf(agent)));
    assert.deepEqual([made.state, made.principal, made.role, made.delegate], ['offered', owner.organisation, 'owner', agent.account]);
    assertProblem(await publish(agent, owner.organisation), 403, 'scope'); // not accepted yet
    must(await decide(agent, made.id, 'acceptance'), 200);
    const notice = must(await publish(agent, owner.organisation));
    assert.equal(notice.owner, owner.organisation);
    const [bytes] = await sql(`SELECT bytes FROM log_entry WHERE subject = '${notice.id}'`);
    const { data, by } = JSON.parse(bytes);
    assert.deepEqual(data.by, { account: agent.account, delegation: made.id });
    assert.deepEqual([by.org, by.role], [owner.organisation, 'owner']);
    const own = must(await publishOwn(owner));
    const [other] = await sql(`SELECT JSON_VALUE(bytes, '$.data.by.account') FROM log_entry WHERE subject = '${own.id}'`);
    assert.equal(other, 'NULL');
    assert.deepEqual(must(await call('GET', '/v1/accounts/me', as(agent, owner.organisation)), 200),
      { id: agent.account, organisation: owner.organisation, role: 'owner' });
    assert.equal(must(await call('GET', '/v1/accounts/me', { key: agent }), 200).role, 'authority');
  });

  const publishOwn = async (owner) => call('POST', '/v1/notices', { key: owner, body: await noticeBody() });

  test('domain 5: lets a deputy (B角) sign up, sealed', async () => {
    await policy();
    const { operator } = await people();
    const one = await institution();
    const { id: account } = must(await call('POST', '/v1/accounts', { key: operator, body: { organisation: one.uscc, role: 'institution' } }));
    assert.ok(account);
    const helper = await person('authority');
    const made = await delegated(one, helper, { scopes: 'signup' });
    const notice = await aNotice({ signup_s: 60 });
    const { id } = must(await call('POST', `/v1/notices/${notice.id}/signups`, as(helper, one.uscc, { body: {} })));
    assert.deepEqual(must(await call('GET', '/v1/signups', as(helper, one.uscc)), 200).items.map((item) => item.id), [id]);
    must(await call('POST', `/v1/signups/${id}/withdrawal`, as(helper, one.uscc, { body: {} })), 200);
    const events = await sql(`SELECT event FROM event_private WHERE event LIKE '%"delegation":"${made.id}"%'`);
    assert.equal(events.length, 2);
    const [open] = await sql(`SELECT COUNT(*) FROM log_entry WHERE kind LIKE 'signup%' AND bytes LIKE '%${made.id}%'`);
    assert.equal(open, '0');
    // A deputy, of the same institution.
    const { token, account: second } = await institutionKey(one.uscc);
    const deputy = { token, account: second };
    assert.equal((await delegated(one, deputy, { capacity: 'deputy', scopes: 'signup' })).capacity, 'deputy');
  });

  async function institutionKey(uscc) {
    const { randomBytes } = await import('node:crypto');
    const { sha256 } = await import('./keys.mjs');
    const token = randomBytes(32).toString('hex');
    const { operator } = await people();
    const { id } = must(await call('POST', '/v1/accounts', { key: operator, body: { organisation: uscc, role: 'institution', key_hash: sha256(token) } }));
    return { token, account: id };
  }

  test('domain 5: is for what it says, and for no more', async () => {
    const [owner, agent] = [await person('owner'), await person('owner')];
    await delegated(owner, agent, { scopes: 'registration' });
    assertProblem(await publish(agent, owner.organisation), 403, 'scope');
    must(await call('GET', '/v1/accounts/me', as(agent, owner.organisation)), 200); // he sees what he does
    for (const [path, body] of [['/v1/proposals', {}], ['/v1/accounts', {}], ['/v1/delegations', bodyOf(owner)],
      ['/v1/sessions/current/end', {}], ['/v1/accounts/me/password', {}]]) {
      const { status, body: told } = await call('POST', path, as(agent, owner.organisation, { body }));
      assert.deepEqual([status, ['scope', 'forbidden'].includes(told.code)], [403, true], path);
    }
    for (const path of ['/v1/delegations', '/v1/delegations/received', '/v1/sessions'])
      assertProblem(await call('GET', path, as(agent, owner.organisation)), 403, 'scope');
  });

  test('of nobody, of another, ended, early or late: all alike', async () => {
    const [owner, agent, other] = [await person('owner'), await person('owner'), await person('owner')];
    const revoked = await person('owner');
    const { id } = await delegated(revoked, agent);
    must(await publish(agent, revoked.organisation));
    must(await decide(revoked, id, 'revocation'), 200);
    const early = await person('owner');
    await delegated(early, agent, { valid_from: iso(Date.now() + HOUR), valid_until: iso(Date.now() + 2 * HOUR) });
    await delegated(owner, other);
    const texts = new Set();
    for (const organisation of ['nobody-at-all', owner.organisation, revoked.organisation, early.organisation, agent.organisation]) {
      const reply = await publish(agent, organisation);
      assertProblem(reply, 403, 'scope');
      texts.add(reply.text);
    }
    assert.equal(texts.size, 1);
    assertProblem(await call('GET', '/v1/accounts/me', as(agent, 'no token!')), 400, 'bad-request');
    assertProblem(await call('GET', '/v1/accounts/me', as(undefined, owner.organisation)), 401, 'unauthenticated');
  });

  test('ends by either of the two, and by nobody else', async () => {
    const [owner, agent, other] = [await person('owner'), await person('owner'), await person('owner')];
    for (const who of [owner, agent]) {
      const { id } = await delegated(owner, agent);
      const foreign = await decide(other, id, 'revocation');
      assertProblem(foreign, 404, 'not-found');
      assert.equal(foreign.text, (await decide(other, '0'.repeat(32), 'revocation')).text);
      assert.equal(must(await decide(who, id, 'revocation'), 200).state, 'revoked');
      assertProblem(await decide(who, id, 'revocation'), 409, 'wrong-state');
      assertProblem(await decide(agent, id, 'acceptance'), 409, 'wrong-state');
      assertProblem(await publish(agent, owner.organisation), 403, 'scope');
    }
    const { id } = must(await offer(owner, bodyOf(agent)));
    for (const who of [owner, other])
      assertProblem(await decide(who, id, 'acceptance'), 404, 'not-found');
  });

  test('is seen by the two', async () => {
    const [owner, agent] = [await person('owner'), await person('reviewer')];
    const { id } = await delegated(owner, agent);
    assert.deepEqual(must(await call('GET', '/v1/delegations', { key: owner }), 200).items.map((item) => item.id), [id]);
    assert.deepEqual(must(await call('GET', '/v1/delegations/received', { key: agent }), 200).items.map((item) => item.id), [id]);
    assert.deepEqual(must(await call('GET', '/v1/delegations', { key: agent }), 200).items, []);
    assert.deepEqual(must(await call('GET', '/v1/delegations/received', { key: owner }), 200).items, []);
  });

  test('goes to somebody who may be it', async () => {
    const { operator, supervisor, auditor } = await people();
    const owner = await person('owner');
    const [one, other] = [await institution(), await institution()];
    const revoked = await person('owner');
    must(await adminCall('POST', `/v1/accounts/${revoked.account}/revocation`, { body: {} }), 200);
    const cases = [[owner, owner], [owner, operator], [owner, supervisor], [owner, auditor], [owner, one], [one, other], [one, owner],
      [owner, { account: '0'.repeat(32) }], [owner, revoked], [owner, await person('owner', owner.organisation)]];
    for (const [principal, delegate] of cases) {
      const reply = await offer(principal, bodyOf(delegate));
      assertProblem(reply, 422, 'invalid');
      assert.deepEqual(complaints(reply), ['/delegate unknown']);
    }
    const colleague = await person('owner', owner.organisation);
    must(await offer(owner, bodyOf(colleague, { capacity: 'deputy' })));
    assertProblem(await offer(operator, bodyOf(owner)), 403, 'forbidden');
  });

  test('of an institution stands alone: nobody is the hand of two rivals', async () => {
    const [one, other, owner] = [await institution(), await institution(), await person('owner')];
    const helper = await person('authority');
    await delegated(one, helper, { scopes: 'signup' });
    for (const principal of [other, owner]) {
      const { id } = must(await offer(principal, bodyOf(helper)));
      assertProblem(await decide(helper, id, 'acceptance'), 409, 'conflict');
    }
    const second = await person('authority');
    await delegated(owner, second);
    const { id } = must(await offer(one, bodyOf(second)));
    assertProblem(await decide(second, id, 'acceptance'), 409, 'conflict');
  });

  test('is in form', async () => {
    const [owner, agent] = [await person('owner'), await person('owner')];
    const now = Math.floor(Date.now() / 1000) * 1000;
    const day = 24 * HOUR;
    const cases = [
      [{ scopes: 'manage' }, '/scopes form'], [{ scopes: 'draw' }, '/scopes form'], [{ scopes: 'notices notices' }, '/scopes form'],
      [{ valid_until: iso(now - 1000) }, '/valid_until bounds'],
      [{ valid_from: iso(now + HOUR), valid_until: iso(now + HOUR) }, '/valid_until bounds'],
      [{ valid_from: iso(now), valid_until: iso(now + 366 * day + 1000) }, '/valid_until bounds'],
      [{ capacity: 'friend' }, '/capacity form'], [{ valid_from: 'now' }, '/valid_from form'],
    ];
    for (const [more, told] of cases) {
      const reply = await offer(owner, bodyOf(agent, more));
      assertProblem(reply, 422, 'invalid');
      assert.deepEqual(complaints(reply), [told]);
    }
    for (const member of ['principal', 'role', 'state', 'id']) // mass assignment
      assert.deepEqual(complaints(await offer(owner, bodyOf(agent, { [member]: 'operator' }))), [' unknown-member']);
    must(await offer(owner, bodyOf(agent, { valid_from: iso(now), valid_until: iso(now + 366 * day) })));
  });

  test('is offered with a fresh code', async () => {
    const [owner, agent] = [await loggedIn('owner'), await person('owner')];
    await sql(`UPDATE session SET stepped_at = UTC_TIMESTAMP(6) - INTERVAL 300 SECOND WHERE id = '${owner.session}'`);
    assertProblem(await offer(owner, bodyOf(agent)), 403, 'step-up');
  });

  test('uses a key of its own: the same key for oneself and for another is two acts', async () => {
    const [owner, agent] = [await person('owner'), await person('owner')];
    await delegated(owner, agent);
    const body = await noticeBody();
    must(await call('POST', '/v1/notices', as(agent, owner.organisation, { body, idempotency: 'k' })));
    assertProblem(await call('POST', '/v1/notices', { key: agent, body, idempotency: 'k' }), 422, 'idempotency-key-reused');
  });

  test('domain 5: expires at its time, to the second', async () => {
    const it = await daemon({}, { rehearsal: '2026-07-01T00:00:00Z' });
    try {
      await it.people();
      const [owner, agent] = [await it.person('owner'), await it.person('owner')];
      const start = (await it.now()).getTime();
      const made = must(await it.call('POST', '/v1/delegations', { key: owner, body: { ...bodyOf(agent),
        valid_from: iso(start + 10_000), valid_until: iso(start + 20_000) } }));
      must(await it.call('POST', `/v1/delegations/${made.id}/acceptance`, { key: agent, body: {} }), 200);
      const status = async () => (await it.call('GET', '/v1/accounts/me', as(agent, owner.organisation))).status;
      for (const [second, wanted] of [[9, 403], [10, 200], [19, 200], [20, 403]]) {
        await it.moveTo(new Date(start + second * 1000));
        assert.equal(await status(), wanted, String(second));
      }
      const state = async () => must(await it.call('GET', '/v1/delegations', { key: owner }), 200).items[0].state;
      assert.equal(await state(), 'expired');
      const late = must(await it.call('POST', '/v1/delegations', { key: owner, body: { ...bodyOf(agent),
        valid_from: iso(start), valid_until: iso(start + 30_000) } }));
      await it.moveTo(new Date(start + 30_000));
      const reply = await it.call('POST', `/v1/delegations/${late.id}/acceptance`, { key: agent, body: {} });
      assertProblem(reply, 409, 'too-late');
      assert.equal((await it.fsck()).status, 0);
    } finally {
      await it.stop();
    }
  });
});
