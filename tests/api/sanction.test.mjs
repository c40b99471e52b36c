// Sanctions: imposed by two, published with basis and end, repaired, and after.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, daemon, must } from './client.mjs';
import { anOffer } from './builders.mjs';
import { newUscc } from './keys.mjs';
import { digestOf, registering } from './registering.mjs';

let it;
let its;
let keeper;
before(async () => {
  it = await daemon({}, { rehearsal: '2016-01-05T02:00:00Z' }); // so that years can pass
  its = registering(it);
  keeper = await its.keeper();
});
after(() => it.stop());

const given = (changes = {}) => ({ measure: 'suspend', months: 3, basis: '某市中介服务机构管理办法第二十条', reason: '中选后无正当理由放弃',
  evidence: digestOf('a file'), notified: '2015-12-20', hearing: 'held', heard: '2015-12-30', ...changes });
const mild = (changes) => given({ measure: 'reminder', months: 0, hearing: 'none', heard: null, ...changes });
const propose = (uscc, payload, key = keeper, act = 'sanction.impose') =>
  it.call('POST', '/v1/proposals', { key, body: { act, subject: uscc, payload } });
const impose = async (uscc, changes) =>
  it.twoPersons(keeper, (await it.people()).supervisor, 'sanction.impose', uscc, given(changes));
const of = async (uscc) => must(await it.call('GET', `/v1/sanctions?institution=${uscc}`), 200).items;
const state = async (uscc) => must(await it.call('GET', `/v1/institutions/${uscc}`), 200).state;
const shown = async ({ id }) => must(await it.call('GET', `/v1/sanctions/${id}`), 200);

test('domain 69: the lists say what was done, why, by what rule, and until when', async () => {
  const bad = await its.entered();
  const good = await its.entered();
  await impose(bad.uscc, { measure: 'blacklist', months: 24 });
  await impose(good.uscc, mild({ measure: 'commend', months: 12, reason: '连续三年无投诉' }));
  const black = must(await it.call('GET', '/v1/sanctions?state=imposed&measure=blacklist'), 200).items;
  assert.deepEqual(black.map(({ institution, name, basis, reason, evidence, ends_at }) => [institution, name, basis, reason, evidence, ends_at]),
    [[bad.uscc, bad.body.name, given().basis, given().reason, digestOf('a file'), '2018-01-04T16:00:00Z']]);
  const red = must(await it.call('GET', '/v1/sanctions?state=imposed&measure=commend'), 200).items;
  assert.deepEqual(red.map(({ institution, ends_at }) => [institution, ends_at]), [[good.uscc, '2017-01-04T16:00:00Z']]);
  assert.deepEqual([await state(bad.uscc), await state(good.uscc)], ['removed', 'active']);
  const kinds = await it.sql(`SELECT kind FROM log_entry WHERE kind LIKE 'sanction.%' OR subject = '${bad.uscc}' ORDER BY idx DESC LIMIT 3`);
  assert.deepEqual(kinds, ['sanction.imposed', 'institution.removed', 'sanction.imposed']);
});

test('a suspension lasts as long as it says, and ends by itself', async () => {
  const who = await its.entered();
  await impose(who.uscc, { months: 1 });
  await impose(who.uscc, { months: 3 });
  const [three, one] = await of(who.uscc);
  assert.equal(await state(who.uscc), 'suspended');
  const { owner } = await it.people();
  const notice = await it.aNotice({ owner, signup_s: 3600 });
  assertProblem(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }), 403, 'forbidden');
  await it.moveTo(one.ends_at);
  assert.deepEqual([(await shown(one)).state, await state(who.uscc)], ['expired', 'suspended']); // the other lasts
  await it.moveTo(new Date(Date.parse(three.ends_at) - 1000));
  assert.equal(await state(who.uscc), 'suspended');
  await it.moveTo(three.ends_at);
  assert.deepEqual([(await shown(three)).state, await state(who.uscc)], ['expired', 'active']);
});

test('two persons who suspended it besides are not overruled by an expiry', async () => {
  const who = await its.entered();
  const { operator, supervisor, auditor } = await it.people();
  await it.twoPersons(operator, supervisor, 'institution.suspend', who.uscc, { reason: '另案调查' });
  await impose(who.uscc, { months: 1 });
  const [sanction] = await of(who.uscc);
  assertProblem(await propose(who.uscc, { reason: '恢复' }, operator, 'institution.restore'), 409, 'wrong-state');
  await it.moveTo(sanction.ends_at);
  assert.deepEqual([(await shown(sanction)).state, await state(who.uscc)], ['expired', 'suspended']);
  await it.twoPersons(supervisor, auditor, 'institution.restore', who.uscc, { reason: '调查结束' });
  assert.equal(await state(who.uscc), 'active');
});

test('domain 68: it is repaired when the institution asks and two persons agree', async () => {
  const who = await its.entered();
  const other = await its.entered();
  await impose(who.uscc, { months: 12 });
  const [sanction] = await of(who.uscc);
  const { supervisor } = await it.people();
  const ask = (key, options) => it.call('POST', `/v1/sanctions/${sanction.id}/repair`, { key,
    body: { repair: '已整改并赔偿', evidence: digestOf('mended') }, ...options });
  assertProblem(await propose(sanction.id, { reason: '整改到位' }, keeper, 'sanction.repair'), 409, 'wrong-state');
  assertProblem(await ask(other), 404, 'not-found');
  assertProblem(await ask(who, { headers: { 'if-match': '"4"' } }), 412, 'precondition-failed');
  must(await ask(who), 200);
  await it.twoPersons(keeper, supervisor, 'sanction.repair', sanction.id, { reason: '整改到位' });
  const { state: is, ended_reason, repair } = await shown(sanction);
  assert.deepEqual([is, ended_reason, repair, await state(who.uscc)], ['repaired', '整改到位', '已整改并赔偿', 'active']);
  assertProblem(await ask(who), 409, 'wrong-state');
  await it.moveTo(sanction.ends_at); // nothing more happens
  assert.equal((await shown(sanction)).state, 'repaired');
});

test('delisting takes one listing', async () => {
  const who = await its.entered();
  const { operator } = await it.people();
  const listing = must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: who.uscc, category: await it.category() }) }));
  await impose(who.uscc, { measure: 'delist', months: 0, category: 'A01' });
  assert.equal(must(await it.call('GET', `/v1/listings/${listing.id}`), 200).state, 'withdrawn');
  assert.equal(await state(who.uscc), 'active');
});

test('who was removed comes back after the years of the policy, not a second before', async () => {
  const who = await its.entered();
  await impose(who.uscc, { measure: 'remove', months: 0 });
  const [{ ends_at }] = await of(who.uscc);
  assert.equal(await state(who.uscc), 'removed');
  assertProblem(await propose(who.uscc, given()), 409, 'wrong-state');
  await it.moveTo(new Date(Date.parse(ends_at) - 1000));
  const early = await its.begin({ ...who.body });
  assertProblem(await its.act(early, early, 'submission'), 409, 'too-early');
  await it.moveTo(ends_at);
  must(await its.act(early, early, 'submission'), 200);
  must(await its.act(keeper, early, 'pass'), 200);
  assert.equal(await state(who.uscc), 'active');
});

test('who left under a black mark is not let in anew while it counts', async () => {
  const who = await its.entered();
  await impose(who.uscc, { measure: 'delist', months: 0, category: 'A01' });
  must(await it.call('POST', `/v1/institutions/${who.uscc}/withdrawal`, { key: who, body: {} }), 200);
  const again = await its.begin({ ...who.body });
  assertProblem(await its.act(again, again, 'submission'), 409, 'conflict');
});

test('what is decided after the close does not touch those who signed up before', async () => {
  const who = await its.entered();
  const { operator, owner } = await it.people();
  must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: who.uscc, category: await it.category() }) }));
  const notices = [await it.aNotice({ owner, signup_s: 3600 }), await it.aNotice({ owner, signup_s: 7200 })];
  for (const { id } of notices)
    must(await it.call('POST', `/v1/notices/${id}/signups`, { key: who, body: {} }));
  await it.moveTo(notices[0].signup_close);
  await impose(who.uscc, { measure: 'remove', months: 0 });
  await it.moveTo(notices[1].signup_close);
  const states = [];
  for (const { id } of notices) {
    const [{ state: is, reason }] = must(await it.call('GET', `/v1/notices/${id}/entrants`), 200).items;
    states.push([is, reason]);
  }
  assert.deepEqual(states, [['included', null], ['excluded', 'not-active']]);
});

test('refused: months, hearings, categories and people that do not fit', async () => {
  const { uscc } = await its.entered();
  const { owner, auditor } = await it.people();
  for (const [payload, pointer] of [
    [given({ months: 2 }), '/months'], [given({ months: 0 }), '/months'], [given({ measure: 'remove', months: 1 }), '/months'],
    [given({ measure: 'blacklist', months: 121 }), '/months'],
    [given({ hearing: 'none', heard: null }), '/hearing'], [given({ heard: null }), '/heard'], [given({ hearing: 'waived' }), '/heard'],
    [given({ heard: '2015-12-19' }), '/heard'], [given({ heard: '2099-01-01' }), '/heard'], [given({ notified: '2099-01-01' }), '/notified'],
    [given({ notified: '2015-02-29' }), '/notified'], [given({ category: 'A01' }), '/category'],
    [given({ measure: 'delist', months: 0 }), '/category'], [given({ evidence: 'x' }), '/evidence'], [given({ basis: '' }), '/basis'],
    [given({ measure: 'fine' }), '/measure'], [given({ ends_at: '2030-01-01T00:00:00Z' }), '']]) {
    const reply = await propose(uscc, payload);
    assertProblem(reply, 422, 'invalid');
    assert.equal(reply.body.errors[0].pointer, `/payload${pointer}`, JSON.stringify(payload));
  }
  must(await propose(uscc, given({ hearing: 'waived', heard: null })));
  must(await propose(uscc, mild()));
  assertProblem(await propose(newUscc(), given()), 404, 'not-found');
  assertProblem(await propose(uscc, given(), owner), 403, 'forbidden');
  const { id, digest } = must(await propose(uscc, given()));
  assertProblem(await it.call('POST', `/v1/proposals/${id}/approval`, { key: keeper, body: { digest } }), 403, 'forbidden');
  must(await it.call('POST', `/v1/proposals/${id}/approval`, { key: auditor, body: { digest } }), 200);
});

test('all of it is as the log tells', async () => {
  assert.deepEqual((await it.fsck()).findings, []);
});
