// Proposals: what takes two persons of two organisations.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { adminCall, assertProblem, call, daemon, must, people, person, region, sql } from './client.mjs';
import { defaultPolicy } from './builders.mjs';
import { canonical, sha256 } from './keys.mjs';

const newVersion = () => `p${randomBytes(6).toString('hex')}`;

// A policy to adopt: of a region of its own, so that no other test is touched.
before(() => region('elsewhere'));
function adoption() {
  const payload = { ...defaultPolicy(), region: 'elsewhere', version: newVersion() };
  return { act: 'policy.adopt', subject: `elsewhere-${payload.version}`, payload };
}
const propose = async (body, key) => call('POST', '/v1/proposals', { key: key ?? (await people()).supervisor, body });
const approve = (id, key, digest) => call('POST', `/v1/proposals/${id}/approval`, { key, body: { digest } });
const withdraw = (id, key) => call('POST', `/v1/proposals/${id}/withdrawal`, { key, body: {} });
const stateOf = async (id) => must(await call('GET', `/v1/proposals/${id}`), 200).state;

test('it is turned down by another organisation, with a reason for everybody', async () => {
  const { supervisor, operator, auditor } = await people();
  const made = must(await propose(adoption()));
  const reject = (key, body, more) => call('POST', `/v1/proposals/${made.id}/rejection`, { key, body, ...more });
  assertProblem(await reject(supervisor, { reason: '自己' }), 403, 'two-persons');
  assertProblem(await reject(operator, { reason: '不该由我' }), 403, 'forbidden');
  assertProblem(await reject(auditor, {}), 422, 'invalid');
  assertProblem(await reject(auditor, { reason: '' }), 422, 'invalid');
  assertProblem(await reject(auditor, { reason: '长'.repeat(501) }), 422, 'invalid');
  assertProblem(await reject(auditor, { reason: '依据不足' }, { headers: { 'if-match': '"9"' } }), 412, 'precondition-failed');
  assertProblem(await call('POST', '/v1/proposals/nothing/rejection', { key: auditor, body: { reason: '无' } }), 404, 'not-found');
  assert.equal(await stateOf(made.id), 'proposed');
  const { state, rejected_by, reason, approver } = must(await reject(auditor, { reason: '长'.repeat(500) }), 200);
  assert.deepEqual([state, rejected_by, reason, approver], ['rejected', auditor.organisation, '长'.repeat(500), null]);
  assertProblem(await reject(auditor, { reason: '再次' }), 409, 'wrong-state');
  assertProblem(await approve(made.id, auditor, made.digest), 409, 'wrong-state');
  assertProblem(await withdraw(made.id, supervisor), 409, 'wrong-state');
  const [last] = await sql(`SELECT kind FROM log_entry WHERE subject = '${made.id}' ORDER BY idx DESC LIMIT 1`);
  assert.equal(last, 'proposal.rejected');
  must(await propose(adoption())); // and may be proposed anew
});

test('a proposal shows what is to be approved, and its digest', async () => {
  const { supervisor } = await people();
  const body = adoption();
  const made = must(await propose(body));
  assert.deepEqual([made.act, made.subject, made.payload], [body.act, body.subject, body.payload]);
  assert.equal(made.digest, sha256(canonical(body)));
  assert.deepEqual([made.state, made.organisation, made.role, made.approver],
    ['proposed', supervisor.organisation, 'supervisor', null]);
  assert.deepEqual(must(await call('GET', `/v1/proposals/${made.id}`), 200), made);
  assert.deepEqual(must(await call('GET', `/v1/proposals?subject=${body.subject}`), 200).items, [made]);
  must(await withdraw(made.id, supervisor), 200);
});

test('domain 75: nobody approves for his own organisation, not even another person', async () => {
  const { supervisor } = await people();
  const { id, digest } = must(await propose(adoption()));
  const colleague = await person('supervisor', supervisor.organisation);
  assertProblem(await approve(id, supervisor, digest), 403, 'two-persons');
  assertProblem(await approve(id, colleague, digest), 403, 'two-persons');
  assert.equal(await stateOf(id), 'proposed');
  must(await withdraw(id, supervisor), 200);
});

test('nobody approves for whom he belongs together with', async () => {
  const group = `g-${randomBytes(4).toString('hex')}`;
  const organisation = async () => must(await adminCall('POST', '/v1/organisations',
    { body: { id: `o-${randomBytes(4).toString('hex')}`, name: '关联单位', affiliation_group: group } })).id;
  const [one, other] = [await person('supervisor', await organisation()), await person('supervisor', await organisation())];
  const { id, digest } = must(await propose(adoption(), one));
  assertProblem(await approve(id, other, digest), 403, 'two-persons');
  assert.equal(await stateOf(id), 'proposed');
  must(await withdraw(id, one), 200);
});

test('what a key proposed that is revoked is not carried out', async () => {
  const { supervisor, auditor } = await people();
  const colleague = await person('supervisor', supervisor.organisation);
  const { id, digest, account } = must(await propose(adoption(), colleague));
  assert.equal(account, undefined);
  const [leaf] = await sql(`SELECT CONVERT(bytes USING utf8mb4) FROM log_entry WHERE subject = '${id}'`);
  assert.ok(!leaf.includes(colleague.account));
  must(await adminCall('POST', `/v1/accounts/${colleague.account}/revocation`, { body: {} }), 200);
  assertProblem(await approve(id, auditor, digest), 409, 'wrong-state');
  must(await withdraw(id, supervisor), 200);
});

test('approved is what was seen, once, by who may', async () => {
  const { supervisor, auditor, operator, owner } = await people();
  const body = adoption();
  const { id, digest } = must(await propose(body));
  const changed = { ...body, payload: { ...body.payload, two_person_hours: 25 } };
  assertProblem(await approve(id, auditor, sha256(canonical(changed))), 422, 'digest-mismatch');
  assertProblem(await approve(id, auditor, sha256(canonical(body.payload))), 422, 'digest-mismatch');
  for (const key of [operator, owner])
    assertProblem(await approve(id, key, digest), 403, 'forbidden');
  assertProblem(await call('GET', `/v1/policies/${body.subject}`), 404, 'not-found');
  const done = must(await approve(id, auditor, digest), 200);
  assert.deepEqual([done.state, done.approver], ['approved', auditor.organisation]);
  must(await call('GET', `/v1/policies/${body.subject}`), 200);
  assertProblem(await approve(id, auditor, digest), 409, 'wrong-state');
  assertProblem(await withdraw(id, supervisor), 409, 'wrong-state');
});

test('the same approval repeated is one act', async () => {
  const { auditor } = await people();
  const { items: [inForce] } = must(await call('GET', '/v1/policies?limit=1'), 200);
  const payload = { ...inForce.policy, version: newVersion() };
  const { id, digest } = must(await propose({ act: 'policy.adopt', subject: `${payload.region}-${payload.version}`, payload }));
  const options = { key: auditor, body: { digest }, idempotency: id };
  const first = must(await call('POST', `/v1/proposals/${id}/approval`, options), 200);
  assert.deepEqual(must(await call('POST', `/v1/proposals/${id}/approval`, options), 200), first);
});

test('only its own organisation takes it back', async () => {
  const { supervisor, auditor } = await people();
  const { id, digest } = must(await propose(adoption()));
  assertProblem(await withdraw(id, auditor), 403, 'forbidden');
  assert.equal(must(await withdraw(id, supervisor), 200).state, 'withdrawn');
  assertProblem(await withdraw(id, supervisor), 409, 'wrong-state');
  assertProblem(await approve(id, auditor, digest), 409, 'wrong-state');
});

test('what was meanwhile done by another is refused and nothing is stored', async () => {
  const { supervisor, auditor, operator } = await people();
  const { items: [inForce] } = must(await call('GET', '/v1/policies?limit=1'), 200);
  const payload = { ...inForce.policy, version: newVersion() };
  const body = { act: 'policy.adopt', subject: `${payload.region}-${payload.version}`, payload };
  const one = must(await propose(body, supervisor));
  const other = must(await propose(body, operator));
  must(await approve(one.id, auditor, one.digest), 200);
  assertProblem(await approve(other.id, auditor, other.digest), 409, 'exists');
  assert.equal(await stateOf(other.id), 'proposed');
  must(await withdraw(other.id, operator), 200);
});

test('refused: what cannot be proposed', async () => {
  const good = adoption();
  for (const [change, pointer, code] of [[{ act: 'draw.win' }, '/act', 'unknown'], [{ act: '' }, '/act', 'bounds'],
    [{ subject: 'a b' }, '/subject', 'bounds'], [{ payload: [] }, '/payload', 'form'], [{ payload: 'x' }, '/payload', 'bounds'],
    [{ payload: { filler: 'x'.repeat(32768) } }, '/payload', 'bounds'], [{ lapses_at: '2026-01-01T00:00:00Z' }, '', 'unknown-member']]) {
    const reply = await propose({ ...good, ...change });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual([reply.body.errors[0].pointer, reply.body.errors[0].code], [pointer, code]);
  }
  assertProblem(await propose(good, 'f'.repeat(64)), 401, 'unauthenticated');
  assertProblem(await approve('nothing', (await people()).auditor, 'a'.repeat(64)), 404, 'not-found');
  assertProblem(await withdraw('nothing', (await people()).auditor), 404, 'not-found');
  assertProblem(await call('GET', '/v1/proposals/nothing'), 404, 'not-found');
});

test('domain 75: two persons of two organisations, says the database, too', async () => {
  for (const who of ['organisation, lapses_at, account, changes, NULL', 'NULL, lapses_at, account, changes, organisation'])
    await assert.rejects(sql(`INSERT INTO proposal SELECT 'x', state, seq, event_index, act, subject, payload, digest,
      organisation, role, ${who}, NULL FROM proposal LIMIT 1`), /CONSTRAINT/);
});

test('it lapses after the hours of the policy, by itself', async () => {
  const it = await daemon();
  try {
    const { supervisor, auditor } = await it.people();
    const payload = { ...defaultPolicy(), version: 'long', two_person_hours: 2 };
    const hours = async ({ lapses_at, event_index }) => (Date.parse(lapses_at) -
      Date.parse((await it.sql(`SELECT JSON_VALUE(bytes, '$.at') FROM log_entry WHERE idx = ${event_index}`))[0])) / 3600_000;
    // The first policy was proposed before there was one: then the hours are those of the default one.
    const [first] = (await it.sql(`SELECT DATE_FORMAT(lapses_at, '%Y-%m-%dT%H:%i:%s.%fZ'), event_index FROM proposal
      ORDER BY event_index`)).map((row) => row.split('\t'));
    assert.equal(await hours({ lapses_at: first[0], event_index: first[1] }), defaultPolicy().two_person_hours);
    await it.twoPersons(supervisor, auditor, 'policy.adopt', 'demo-long', payload);
    const next = { ...payload, version: 'next' };
    const made = must(await it.call('POST', '/v1/proposals', { key: supervisor,
      body: { act: 'policy.adopt', subject: 'demo-next', payload: next } }));
    assert.equal(await hours(made), 2);
    // Nothing but time can make it lapse: bring the time.
    await it.stopDaemon();
    const past = '2026-01-01 00:00:00';
    await it.sql(`UPDATE proposal SET lapses_at = '${past}' WHERE id = '${made.id}'`);
    await it.start();
    assertProblem(await it.call('POST', `/v1/proposals/${made.id}/approval`, { key: auditor, body: { digest: made.digest } }),
      409, 'too-late');
    await it.stopDaemon();
    await it.sql(`UPDATE due SET at = '${past}', try_at = '${past}' WHERE kind = 'proposal.lapse' AND subject = '${made.id}'`);
    await it.start();
    for (let state = ''; state !== 'lapsed';) {
      state = must(await it.call('GET', `/v1/proposals/${made.id}`), 200).state;
      assert.ok(['proposed', 'lapsed'].includes(state));
    }
    assertProblem(await it.call('POST', `/v1/proposals/${made.id}/approval`, { key: auditor, body: { digest: made.digest } }),
      409, 'too-late');
  } finally {
    await it.stop();
  }
});
