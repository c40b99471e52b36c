// Qualifications: declared, confirmed, reminded of, paused by themselves, renewed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, daemon, must } from './client.mjs';
import { newUscc } from './keys.mjs';
import { digestOf, uploading } from './evidences.mjs';
import { registering } from './registering.mjs';

let it;
let its;
before(async () => {
  it = await daemon({}, { rehearsal: '2026-01-05T02:00:00Z' });
  its = registering(it);
});
after(() => it.stop());

const given = (changes = {}) => ({ kind: '工程咨询单位资信', level: '甲级', scopes: ['建筑', '市政'], number: '甲012345',
  issuer: '中国工程咨询协会', valid_from: '2023-01-01', valid_until: '2026-03-31', evidence: digestOf('certificate'), ...changes });
const midnight = (date) => new Date(`${date}T00:00:00+08:00`);
const ofInstitution = async (uscc) => must(await it.call('GET', `/v1/qualifications?institution=${uscc}`), 200).items;
const shown = async ({ id }) => must(await it.call('GET', `/v1/qualifications/${id}`), 200);
async function declare(who, changes) {
  if (!who.role)
    await uploading(it).uploadAll(who, [given(changes).evidence]);
  return it.call('POST', '/v1/qualifications', { key: who, body: given(changes) });
}
const decide = async (who, { id }, name, body = {}, options) =>
  its.act(who, { path: `/v1/qualifications/${id}` }, name, body, options);
const events = (id) => it.sql(`SELECT kind FROM log_entry WHERE subject = '${id}' ORDER BY idx`);

test('domain 7: reminded 60, 30 and 7 days before, paused on the day after the last, renewed', async () => {
  const who = await its.entered({ qualifications: [given()] });
  const [one] = await ofInstitution(who.uscc);
  assert.deepEqual([one.state, one.level, one.scopes, one.verified_by], ['active', '甲级', ['建筑', '市政'], (await its.keeper()).organisation]);
  assert.deepEqual(await it.sql(`SELECT kind, seq FROM due WHERE subject = '${one.id}' ORDER BY at`),
    ['qualification.remind\t60', 'qualification.remind\t30', 'qualification.remind\t7', 'qualification.expire\t1']);
  for (const [days, date] of [[60, '2026-01-30'], [30, '2026-03-01'], [7, '2026-03-24']]) {
    await it.moveTo(new Date(midnight(date).getTime() - 1000));
    const { seq } = await shown(one);
    await it.moveTo(midnight(date));
    const now = await shown(one);
    assert.deepEqual([now.seq, now.state, now.days_left], [seq + 1, 'active', days], date);
  }
  const renewal = must(await declare(who, { valid_from: '2026-04-01', valid_until: '2029-03-31', number: '甲099', replaces: one.id }));
  assert.equal(renewal.state, 'declared');
  await it.moveTo(new Date(midnight('2026-04-01').getTime() - 1000));
  assert.equal((await shown(one)).state, 'active'); // the last day is within
  await it.moveTo(midnight('2026-04-01'));
  assert.deepEqual((({ state, reason }) => [state, reason])(await shown(one)), ['paused', 'expired']);
  assertProblem(await decide(await its.keeper(), one, 'resumption'), 422, 'invalid');
  must(await decide(await its.keeper(), renewal, 'confirmation'), 200);
  assert.deepEqual([(await shown(one)).state, (await shown(renewal)).state], ['replaced', 'active']);
  assert.deepEqual(await events(one.id), ['confirmed', 'reminded', 'reminded', 'reminded', 'paused', 'replaced']
    .map((name) => `qualification.${name}`));
  assert.deepEqual((await it.fsck()).findings, []);
});

test('what was renewed in time is never paused', async () => {
  const until = '2026-06-30';
  const who = await its.entered({ qualifications: [given({ valid_until: until })] });
  const [one] = await ofInstitution(who.uscc);
  const renewal = must(await declare(who, { valid_until: '2030-01-31', replaces: one.id }));
  must(await decide(await its.keeper(), renewal, 'confirmation'), 200);
  await it.moveTo(midnight('2026-07-01'));
  assert.deepEqual([(await shown(one)).state, (await shown(renewal)).state], ['replaced', 'active']);
  assert.deepEqual(await events(one.id), ['qualification.confirmed', 'qualification.replaced']);
});

test('a keeper pauses, resumes and revokes, of the version that he saw', async () => {
  const who = await its.entered({ qualifications: [given({ valid_until: '2035-01-31' })] });
  const [one] = await ofInstitution(who.uscc);
  const keeper = await its.keeper();
  const reason = { reason: '核查中' };
  assertProblem(await decide(keeper, one, 'pause', reason, { seq: 7 }), 412, 'precondition-failed');
  assertProblem(await it.call('POST', `/v1/qualifications/${one.id}/pause`, { key: keeper, body: reason }), 428, 'precondition-required');
  assertProblem(await decide(who, one, 'pause', reason), 403, 'forbidden');
  assertProblem(await decide(keeper, one, 'pause', { reason: '' }), 422, 'invalid');
  assertProblem(await decide(keeper, one, 'resumption'), 409, 'wrong-state');
  must(await decide(keeper, one, 'pause', reason), 200);
  assert.equal((await shown(one)).reason, '核查中');
  must(await decide(keeper, one, 'resumption'), 200);
  assert.equal((await shown(one)).reason, null);
  must(await decide(keeper, one, 'revocation', { reason: '证书系伪造' }), 200);
  assertProblem(await decide(keeper, one, 'resumption'), 409, 'wrong-state');
});

test('what an institution declares counts when somebody has confirmed it', async () => {
  const who = await its.entered();
  const one = must(await declare(who, { valid_until: '2035-01-31', level: null }));
  assert.deepEqual([one.state, one.level, one.verified_by], ['declared', null, null]);
  must(await decide(await its.keeper(), one, 'refusal', { reason: '编号查无此证' }), 200);
  assertProblem(await decide(await its.keeper(), one, 'confirmation'), 409, 'wrong-state');
  const other = await its.entered();
  for (const replaces of ['nothing', must(await declare(other, { valid_until: '2035-01-31' })).id])
    assertProblem(await declare(who, { valid_until: '2036-01-31', replaces }), 422, 'invalid');
});

test('refused: days, scopes, members and people that do not fit', async () => {
  const who = await its.entered();
  const today = new Date((await it.now()).getTime() + 8 * 3600_000).toISOString().slice(0, 10); // in Shanghai
  for (const [change, pointer, code] of [
    [{ valid_until: '2026-02-29' }, '/valid_until', 'form'],
    [{ valid_until: '２０３５-０１-０１' }, '/valid_until', 'bounds'],
    [{ valid_until: '2020-01-01' }, '/valid_until', 'expired'],
    [{ valid_from: '2036-01-01', valid_until: '2035-12-31' }, '/valid_until', 'bounds'],
    [{ valid_until: '2035-12-31', scopes: Array(17).fill('建筑') }, '/scopes', 'form'],
    [{ valid_until: '2035-12-31', scopes: ['a'.repeat(201)] }, '/scopes', 'form'],
    [{ valid_until: '2035-12-31', scopes: [''] }, '/scopes', 'form'],
    [{ valid_until: '2035-12-31', number: '号\u202e码' }, '/number', 'form'],
    [{ valid_until: '2035-12-31', state: 'active' }, '', 'unknown-member'],
    [{ valid_until: '2035-12-31', verified_by: 'me' }, '', 'unknown-member'],
    [{ valid_until: '2035-12-31', institution: newUscc() }, '', 'unknown-member']]) {
    const reply = await declare(who, change);
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map((one) => [one.pointer, one.code]), [[pointer, code]], JSON.stringify(change));
  }
  must(await declare(who, { valid_until: today, scopes: Array(16).fill('a'.repeat(200)) })); // its last day is today
  assertProblem(await declare((await it.people()).owner, {}), 403, 'forbidden');
});
