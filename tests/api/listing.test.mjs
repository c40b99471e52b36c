// Listings: what institutions offer, what must be public of it, and its versions.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { anOffer, feeOf } from './builders.mjs';
import { aNotice, assertProblem, call, category, daemon, institution, must, people, policy, until } from './client.mjs';
import { newUscc } from './keys.mjs';
import { csvRows } from './tables.mjs';

async function offer(changes) {
  const { uscc } = await institution({ categories: [] });
  return anOffer({ institution: uscc, category: await category(), fee_fen: [100, 200], promised_days: 10, ...changes });
}
const publish = async (body, key) => call('POST', '/v1/listings', { key: key ?? (await people()).operator, body });
const act = (id, what, key, body = {}, options = {}) => call('POST', `/v1/listings/${id}/${what}`, { key, body, ...options });
const shown = async (id) => must(await call('GET', `/v1/listings/${id}`), 200);
const newCategory = async (members) => must(await call('POST', '/v1/categories', { key: (await people()).operator,
  body: { code: `L${randomBytes(4).toString('hex')}`, service: '测绘', ...members } })).id;
// What a revision says: all but whose it is and where.
const saying = ({ institution, category, regions, ...said }) => said;
const pointers = (reply) => {
  assertProblem(reply, 422, 'invalid');
  return reply.body.errors.map(({ pointer, code }) => [pointer, code]);
};

test('a listing is published, shown and withdrawn', async () => {
  const { operator } = await people();
  const body = await offer({ regions: ['demo'] });
  const made = must(await publish(body));
  assert.deepEqual([made.state, made.version, made.fee_min_fen, made.fee_max_fen], ['published', 1, 100, 200]);
  for (const [name, value] of Object.entries(body))
    assert.deepEqual(made[name], value, name);
  assert.match(made.published_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(made.effective_at, made.published_at);
  assert.deepEqual(await shown(made.id), made);
  for (const query of [`institution=${body.institution}`, `category=${body.category}&institution=${body.institution}`])
    assert.deepEqual(must(await call('GET', `/v1/listings?${query}`), 200).items, [made]);
  assertProblem(await act(made.id, 'withdrawal', (await people()).owner), 403, 'forbidden');
  const gone = must(await act(made.id, 'withdrawal', operator, { reason: '不再提供' }), 200);
  assert.deepEqual([gone.state, gone.reason], ['withdrawn', '不再提供']);
  assertProblem(await act(made.id, 'withdrawal', operator), 409, 'wrong-state');
});

test('one live listing of an institution in a category', async () => {
  const { operator } = await people();
  const body = await offer();
  const { id } = must(await publish(body));
  assertProblem(await publish(body), 409, 'exists');
  must(await act(id, 'pause', operator), 200);
  assertProblem(await publish(body), 409, 'exists');
  must(await act(id, 'withdrawal', operator), 200);
  const again = must(await publish(body));
  assert.equal(must(await call('GET', `/v1/listings?institution=${body.institution}`), 200).items.length, 2);
  must(await act(again.id, 'withdrawal', operator), 200);
});

test('at their limits they are taken', async () => {
  must(await publish(await offer({ fee_fen: [0, 0], promised_days: 1 })));
  const most = must(await publish(await offer({ fee_fen: [2 ** 53 - 1, 2 ** 53 - 1], promised_days: 3650 })));
  assert.equal(most.fee_max_fen, 2 ** 53 - 1);
  const { fee, ...others } = await offer({ urgent_days: 10, urgent_surcharge_bp: 100_000 });
  const open = must(await publish({ ...others, fee: { ...fee, max_fen: null } }));
  assert.deepEqual([open.fee.max_fen, open.fee_max_fen], [null, 2 ** 53 - 1]);
});

const faults = {
  'no such institution': [async () => ({ institution: newUscc() }), '/institution', 'unknown'],
  'a bad credit code': [async () => ({ institution: '1' }), '/institution', 'form'],
  'a credit code in full width': [async () => ({ institution: '9136070\uff12MA35000017' }), '/institution', 'form'],
  'no institution': [async () => ({ institution: null }), '/institution', 'missing'],
  'no such category': [async () => ({ category: 'none-such' }), '/category', 'unknown'],
  'a version of its own': [async () => ({ version: 7 }), '', 'unknown-member'],
  'a state of its own': [async () => ({ state: 'published' }), '', 'unknown-member'],
  'lowest fees of its own': [async () => ({ fee_min_fen: 1 }), '', 'unknown-member'],
  'a date of its own': [async () => ({ effective_at: '2026-01-01T00:00:00Z' }), '', 'unknown-member'],
  '3651 days': [async () => ({ promised_days: 3651 }), '/promised_days', 'bounds'],
  'another unit': [async () => ({ deadline_unit: 'week' }), '/deadline_unit', 'form'],
  'urgent, and longer': [async () => ({ urgent_days: 11 }), '/urgent_days', 'urgent'],
  'a surcharge for nothing': [async () => ({ urgent_surcharge_bp: 1 }), '/urgent_surcharge_bp', 'urgent'],
  'too high a surcharge': [async () => ({ urgent_days: 1, urgent_surcharge_bp: 100_001 }), '/urgent_surcharge_bp', 'bounds'],
  'a region twice': [async () => ({ regions: ['a', 'a'] }), '/regions', 'form'],
  'a region in full width': [async () => ({ regions: ['36\uff10'] }), '/regions', 'form'],
};
for (const [what, [changes, pointer, code]] of Object.entries(faults))
  test(`refused: ${what}`, async () =>
    assert.deepEqual(pointers(await publish(await offer(await changes()))), [[pointer, code]]));

test('domain 10: nobody sees a listing before all that must be public is said, and all that lacks is told at once', async () => {
  const body = await offer();
  const must_be = ['service_name', 'basis', 'serves', 'conditions', 'materials', 'steps', 'promised_days', 'deadline_unit', 'counts_from',
    'fee', 'fee_basis', 'rules', 'complaint_channel', 'qualifications'];
  for (const name of must_be)
    assert.deepEqual(pointers(await publish({ ...body, [name]: undefined })), [[`/${name}`, 'not-public']]);
  const nothing = await publish({ institution: body.institution, category: body.category });
  assert.deepEqual(pointers(nothing), must_be.map((name) => [`/${name}`, 'not-public']));
  assert.deepEqual(pointers(await publish({ ...body, basis: ' ' })), [['/basis', 'form']]);
  must(await publish(body));
});

test('domain 12: no promise is over the cap of its category', async () => {
  const days = await newCategory({ cap_days: 10, cap_unit: 'workday' });
  const one = (members) => offer({ category: days, ...members });
  must(await publish(await one({ promised_days: 10 })));
  must(await publish(await one({ promised_days: 10, deadline_unit: 'day' })));
  assert.deepEqual(pointers(await publish(await one({ promised_days: 11 }))), [['/promised_days', 'over-cap']]);
  assert.deepEqual(pointers(await publish(await one({ promised_days: 11, deadline_unit: 'day' }))), [['/deadline_unit', 'unit']]);
  const made = must(await publish(await one()));
  const { operator } = await people();
  assert.deepEqual(pointers(await act(made.id, 'revision', operator, saying(await one({ promised_days: 11 })))), [['/promised_days', 'over-cap']]);
});

const staged = { unit: 'investment', formula: 'staged', base_fen: 0, brackets: [{ above: 0, rate: 10_000 }, { above: 1_000_000, rate: 5_000 }],
  discount_bp: 1000, min_fen: 500, max_fen: 20_000 };

test('domain 13: a fee has a unit, a formula, brackets, a minimum, a maximum and a discount', async () => {
  const made = must(await publish(await offer({ fee: staged })));
  assert.deepEqual([made.fee, made.fee_min_fen, made.fee_max_fen], [staged, 500, 20_000]);
  for (const [changes, pointer, code] of [[{ unit: 'yard' }, '/fee/unit', 'form'], [{ formula: 'free' }, '/fee/formula', 'form'],
    [{ base_fen: -1 }, '/fee', 'fee-base'], [{ min_fen: 20_001 }, '/fee', 'fee-bounds'], [{ discount_bp: 10_001 }, '/fee', 'fee-discount'],
    [{ brackets: [] }, '/fee', 'fee-brackets'], [{ brackets: 'x' }, '/fee/brackets', 'form'], [{ more: 1 }, '/fee', 'form'],
    [{ brackets: [{ above: 1, rate: 1 }] }, '/fee', 'fee-bracket-order']])
    assert.deepEqual(pointers(await publish(await offer({ fee: { ...staged, ...changes } }))), [[pointer, code]], JSON.stringify(changes));
  assert.deepEqual(pointers(await publish(await offer({ fee: { ...staged, base_fen: 1.5 } }))), [['/fee', 'bounds']]);
  must(await publish(await offer({ fee: { ...staged, discount_bp: 10_000, min_fen: 0 } })));
});

test('where the government sets the price, no fee is above it', async () => {
  const governed = await newCategory({ price_control: 'government', fee_ceiling: staged });
  const one = (members) => offer({ category: governed, fee: staged, fee_basis: '发改价格〔2011〕534号', ...members });
  must(await publish(await one()));
  must(await publish(await one({ fee: { ...staged, discount_bp: 2000, min_fen: 0 } })));
  assert.deepEqual(pointers(await publish(await one({ fee: { ...staged, max_fen: 20_001 } }))), [['/fee', 'over-ceiling']]);
  assert.deepEqual(pointers(await publish(await one({ fee: { ...staged, unit: 'item' } }))), [['/fee/unit', 'price']]);
  assert.deepEqual(pointers(await publish(await one({ fee_basis: '市场调节价' }))), [['/fee_basis', 'price']]);
});

test('an institution drafts, hands in, is told all defects, and is published by the operator', async () => {
  const { operator } = await people();
  const [who, other] = [await institution({ categories: [] }), await institution({ categories: [] })];
  const { institution: _, ...body } = await offer();
  const draft = must(await publish({ category: body.category, basis: body.basis }, who));
  assert.deepEqual([draft.state, draft.version, draft.institution, draft.published_at], ['draft', 0, who.uscc, null]);
  assert.deepEqual(pointers(await publish({ ...body, institution: other.uscc }, who)), [['/institution', 'own']]);
  assertProblem(await call('GET', `/v1/listings/${draft.id}`), 404, 'not-found');
  assert.deepEqual(must(await call('GET', `/v1/listings?institution=${who.uscc}`), 200).items, []);
  for (const path of ['versions', 'versions/1', 'price-history'])
    assertProblem(await call('GET', `/v1/listings/${draft.id}/${path}`), 404, 'not-found');
  assert.deepEqual(must(await call('GET', '/v1/own/listings', { key: who }), 200).items, [draft]);
  assert.deepEqual(must(await call('GET', `/v1/own/listings/${draft.id}`, { key: who }), 200), draft);
  assert.deepEqual(must(await call('GET', `/v1/own/listings/${draft.id}`, { key: operator }), 200), draft);

  // What is somebody else's is as if there were none.
  const none = '0'.repeat(32);
  for (const [method, path, options] of [['GET', '', {}], ...['revision', 'submission', 'pause', 'withdrawal'].map((what) => ['POST', `/${what}`, { body: {} }])]) {
    const of = (id) => call(method, method === 'GET' ? `/v1/own/listings/${id}` : `/v1/listings/${id}${path}`, { key: other, headers: { 'if-match': '"9"' }, ...options });
    const [theirs, nobodys] = [await of(draft.id), await of(none)];
    assertProblem(theirs, 404, 'not-found');
    assert.equal(theirs.text.replaceAll(draft.id, none), nobodys.text);
  }
  assert.equal(pointers(await act(draft.id, 'submission', who)).length, 13);
  assert.deepEqual(pointers(await act(draft.id, 'revision', who, { fee: { unit: 'item' } })), [['/fee/formula', 'form']]);
  must(await act(draft.id, 'revision', who, saying(body)), 200);
  assertProblem(await act(draft.id, 'revision', operator, saying(body)), 409, 'wrong-state');
  assertProblem(await act(draft.id, 'publication', operator), 409, 'wrong-state');
  const handed = must(await act(draft.id, 'submission', who), 200);
  assert.equal(handed.state, 'check');
  assertProblem(await act(draft.id, 'revision', who, saying(body)), 409, 'wrong-state');
  assertProblem(await act(draft.id, 'publication', who), 403, 'forbidden');
  assert.ok(must(await call('GET', '/v1/checks/listings?limit=200', { key: operator }), 200).items.some(({ id }) => id === draft.id));
  assertProblem(await call('GET', '/v1/checks/listings', { key: who }), 403, 'forbidden');
  const defects = [{ member: 'steps', words: '缺少评审环节' }, { member: 'fee', words: '最高收费过高' }];
  for (const wrong of [[], {}, [{}], [{ member: 'state', words: '缺' }], [{ member: 'fee', words: '' }], [{ member: 'fee', words: '缺', more: 1 }],
    Array.from({ length: 33 }, () => defects[0])])
    assert.equal(pointers(await act(draft.id, 'return', operator, { defects: wrong }))[0][0], '/defects');
  const back = must(await act(draft.id, 'return', operator, { defects }), 200);
  assert.deepEqual([back.state, back.defects], ['draft', defects]);
  must(await act(draft.id, 'submission', who), 200);
  const made = must(await act(draft.id, 'publication', operator), 200);
  assert.deepEqual([made.state, made.version, made.defects], ['published', 1, null]);
  assert.deepEqual(await shown(draft.id), made);
});

test('who has paused a listing resumes it, and a new draft is not published beside it', async () => {
  const { operator } = await people();
  const who = await institution({ categories: [] });
  const body = anOffer({ category: await category(), institution: who.uscc });
  const { id } = must(await publish(body));
  assert.equal(must(await act(id, 'pause', who), 200).paused_by, 'institution');
  assertProblem(await act(id, 'pause', who), 409, 'wrong-state');
  assert.deepEqual([must(await act(id, 'resumption', who), 200).state, (await shown(id)).paused_by], ['published', null]);
  must(await act(id, 'pause', operator, { reason: '收到投诉' }), 200);
  assertProblem(await act(id, 'resumption', who), 403, 'forbidden');
  assert.equal((await shown(id)).reason, '收到投诉');
  must(await act(id, 'resumption', operator), 200);
  assertProblem(await act(id, 'resumption', operator), 409, 'wrong-state');
  const draft = must(await publish(body, who));
  must(await act(draft.id, 'submission', who), 200);
  assertProblem(await act(draft.id, 'publication', operator), 409, 'exists');
  must(await act(draft.id, 'withdrawal', who), 200);
  assertProblem(await call('GET', `/v1/listings/${draft.id}`), 404, 'not-found');
});

test('domain 11: every version stays readable, and tells since when it binds', async () => {
  const { operator } = await people();
  const who = await institution({ categories: [] });
  const body = anOffer({ institution: who.uscc, category: await category(), fee_fen: [100, 200] });
  const made = must(await publish(body));
  const revise = async (members, key = who, options = {}) => act(made.id, 'revision', key, saying({ ...body, ...members }), options);
  assertProblem(await revise({ fee: feeOf(150, 200) }, who, { headers: { 'if-match': '"2"' } }), 412, 'precondition-failed');
  const second = must(await revise({ fee: feeOf(150, 200) }, who, { headers: { 'if-match': '"1"' } }), 200);
  assert.deepEqual([second.version, second.fee_min_fen, second.state], [2, 150, 'published']);
  must(await revise({ fee: feeOf(150, 200), promised_days: 12 }, operator), 200);
  must(await act(made.id, 'pause', who), 200);
  must(await revise({ fee: feeOf(90, 200), promised_days: 12 }), 200);
  must(await revise({ fee: { unit: 'item', formula: 'flat', base_fen: 90 } }), 200);
  assert.deepEqual(pointers(await revise({ steps: null })), [['/steps', 'not-public']]);
  const get = async (path) => must(await call('GET', `/v1/listings/${made.id}/${path}`), 200);
  const { items, next_cursor } = await get('versions');
  assert.deepEqual([items.map(({ version }) => version), next_cursor], [[1, 2, 3, 4, 5], null]);
  const { state: _s, seq: _q, id: _i, paused_by: _p, reason: _r, defects: _d, ...said } = made;
  assert.deepEqual(items[0], said);
  for (const one of items)
    assert.deepEqual(await get(`versions/${one.version}`), one);
  for (const none of ['0', '6', '01', '-1', 'x', '99999'])
    assertProblem(await call('GET', `/v1/listings/${made.id}/versions/${none}`), 404, 'not-found');
  const page = await call('GET', `/v1/listings/${made.id}/versions?limit=2`);
  const next = page.headers.get('link').match(/^<([^>]+)>; rel="next"$/)[1];
  assert.deepEqual([...page.body.items, ...must(await call('GET', next), 200).items], items.slice(0, 4));
  for (const query of ['limit=0', 'limit=101', 'after=x', 'version=1'])
    assertProblem(await call('GET', `/v1/listings/${made.id}/versions?${query}`), 422, 'invalid');
  const prices = (await get('price-history')).items;
  assert.deepEqual(prices.map(({ version, change, fee_min_fen }) => [version, change, fee_min_fen]),
    [[1, 'first', 100], [2, 'rise', 150], [4, 'fall', 90], [5, 'other-unit', 90]]);
  assert.deepEqual([prices[1].fee, prices[1].effective_at], [feeOf(150, 200), second.effective_at]);
  must(await act(made.id, 'withdrawal', who), 200);
  assert.equal((await get('versions')).items.length, 5);
  assertProblem(await revise({}), 409, 'wrong-state');
});

test('domain 11: who is judged is bound to the version that binds for the notice; a rise binds later ones only', async () => {
  await policy();
  const terms = { fee_fen: [1000, 1000], promised_days: 10 };
  const cases = [ // [what it says after the notice was published, after it closed, reason, version, lowest fee]
    [[{ fee: feeOf(5000, 5000) }], null, 1, 1000], // a rise
    [[{ fee: feeOf(800, 800) }], null, 2, 800], // a fall
    [[{ fee: feeOf(800, 800) }, { fee: feeOf(900, 900) }], null, 2, 800], // and a rise
    [[{ promised_days: 3000 }], 'too-slow', 2, 1000],
    [[], null, 1, 1000],
  ];
  const all = [];
  for (const [said] of cases) {
    const who = await institution({ categories: [] });
    const body = anOffer({ institution: who.uscc, category: await category(), ...terms });
    all.push({ who, body, said, id: must(await publish(body)).id });
  }
  const notice = await aNotice({ signup_s: 4, amount_max_fen: 2000, days_max: 20 });
  for (const { who, body, said, id } of all) {
    must(await call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
    for (const members of said)
      must(await act(id, 'revision', who, saying({ ...body, ...members })), 200);
  }
  const entrants = await until(async () => {
    const reply = await call('GET', `/v1/notices/${notice.id}/entrants?limit=200`);
    return reply.status === 200 && reply.body.items.every(({ facts }) => facts) && reply.body.items;
  }, 'judged');
  for (const [i, [, reason, version, fee_min_fen]] of cases.entries()) {
    const { facts } = entrants.find(({ institution }) => institution === all[i].who.uscc);
    assert.deepEqual([facts.reason, facts.listing, facts.listing_version, facts.fee_min_fen], [reason, all[i].id, version, fee_min_fen]);
  }
});

test('versions of over 4 MiB are told in several pages, none left out', async () => {
  const who = await institution({ categories: [] });
  const long = '长'.repeat(2000);
  const body = anOffer({ institution: who.uscc, category: await category(), conditions: long, materials: long, steps: long, rules: long, qualifications: long });
  const { id } = must(await publish(body));
  const COUNT = 145; // of 30 KB each
  for (let i = 1; i < COUNT; i += 12)
    await Promise.all(Array.from({ length: 12 }, async (_, k) => must(await act(id, 'revision', who, saying({ ...body, promised_days: i + k })), 200)));
  const all = [], sizes = [];
  for (let next = `/v1/listings/${id}/versions?format=csv`; next;) {
    const reply = await call('GET', next);
    const [, ...rows] = csvRows(must(reply, 200, 'text').slice(1));
    all.push(...rows.map(([version]) => Number(version)));
    sizes.push(Buffer.byteLength(reply.text));
    next = reply.headers.get('link')?.match(/^<([^>]+)>; rel="next"$/)[1];
  }
  assert.deepEqual(all, Array.from({ length: COUNT }, (_, i) => i + 1));
  assert.equal(sizes.length, 2);
  assert.ok(sizes[0] > 4_100_000 && sizes[0] < 4_300_000, `${sizes}`);
});

test('a listing has 1000 versions and not one more', async () => {
  const it = await daemon();
  try {
    const { operator } = await it.people();
    const who = await it.institution();
    const { items: [made] } = must(await it.call('GET', `/v1/listings?institution=${who.uscc}`), 200);
    await it.stopDaemon();
    await it.sql('UPDATE listing SET version = 999');
    await it.start();
    const revise = () => it.call('POST', `/v1/listings/${made.id}/revision`, { key: operator, body: anOffer() });
    assert.equal(must(await revise(), 200).version, 1000);
    assertProblem(await revise(), 409, 'conflict');
  } finally {
    await it.stop();
  }
});

test('an institution that is suspended changes nothing', async () => {
  const { operator, supervisor } = await people();
  const who = await institution();
  const { items: [made] } = must(await call('GET', `/v1/listings?institution=${who.uscc}`), 200);
  const { id, digest } = must(await call('POST', '/v1/proposals', { key: operator,
    body: { act: 'institution.suspend', subject: who.uscc, payload: { reason: '测试' } } }));
  must(await call('POST', `/v1/proposals/${id}/approval`, { key: supervisor, body: { digest } }), 200);
  assertProblem(await act(made.id, 'pause', who), 403, 'forbidden');
  assertProblem(await publish(anOffer({ category: await category() }), who), 403, 'forbidden');
  must(await act(made.id, 'pause', operator), 200);
});

test('only an operator and institutions bring listings in', async () => {
  assertProblem(await publish(await offer(), (await people()).supervisor), 403, 'forbidden');
});
