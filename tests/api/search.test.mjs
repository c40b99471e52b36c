// Search: shopping among what is published, by words, filters and order.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { anOffer } from './builders.mjs';
import * as shared from './client.mjs';
import { assertProblem, call, institution, must, people, region, twoPersons, until } from './client.mjs';
import { digestOf } from './evidences.mjs';
import { registering } from './registering.mjs';

const word = () => randomBytes(4).toString('hex');
const mark = `寻${word()}`; // in the name of each institution here, and of no other
const all = `q=${encodeURIComponent(mark)}`;
const search = async (query = '') => must(await call('GET', `/v1/search?${query}`), 200);
const ids = async (query) => (await search(query)).items.map(({ id }) => id);

const code = async (service) => must(await call('POST', '/v1/categories', { key: (await people()).operator,
  body: { code: `S${word()}`, service } })).id;
async function offered(name, category, members) {
  const who = await institution({ name: `${name}${mark}有限公司`, categories: [] });
  const { operator } = await people();
  const body = anOffer({ institution: who.uscc, category, ...members });
  return { who, category, ...must(await call('POST', '/v1/listings', { key: operator, body })) };
}
// The index follows what is published.
const seen = (query, wanted) => until(async () => JSON.stringify((await ids(query)).sort()) === JSON.stringify([...wanted].sort()), query);

let cheap, fast, local;
before(async () => {
  const [maps, reports] = [await code('地形测量'), await code('环境影响报告书编制')];
  cheap = await offered('青禾', maps, { service_name: '地形测量(1:500)', fee_fen: [100_00, 900_00], promised_days: 20 });
  fast = await offered('远山', reports, { service_name: '环评报告书', fee_fen: [300_00, 900_00], promised_days: 5 });
  local = await offered('白鹭', maps, { service_name: 'GPS测量', fee_fen: [200_00, 900_00], promised_days: 9, deadline_unit: 'day',
    regions: [await region('searched')] });
  await seen(all, [cheap.id, fast.id, local.id]);
});

test('what is found says what it is', async () => {
  const { items: [found], total, total_capped, next_cursor, log_size } = await search(`institution=${cheap.who.uscc}`);
  const { id, institution: uscc, category, service_name, regions, promised_days, deadline_unit, fee_min_fen, fee_max_fen,
    fee_basis, version, published_at } = cheap;
  assert.deepEqual(found, { id, institution: uscc, institution_name: cheap.who.name, category, service: '地形测量', phase: null,
    service_name, regions, promised_days, deadline_unit, fee_min_fen, fee_max_fen, fee_basis, version, published_at });
  assert.deepEqual([total, total_capped, next_cursor], [1, false, null]);
  assert.ok(log_size > cheap.event_index);
});

test('domain 19: words are found wherever they stand, each of them', async () => {
  const ask = (words) => ids(`q=${encodeURIComponent(`${mark} ${words}`)}&sort=fee`);
  assert.deepEqual(await ask('测量'), [cheap.id, local.id]);
  assert.deepEqual(await ask('量'), [cheap.id, local.id]);
  assert.deepEqual(await ask('gps'), [local.id]);
  assert.deepEqual(await ask('ＧＰＳ　白鹭'), [local.id]);
  assert.deepEqual(await ask('1:500'), [cheap.id]);
  assert.deepEqual(await ask('环境影响'), [fast.id], 'in the name of its category');
  assert.deepEqual(await ask('远山 测量'), []);
  assert.deepEqual(await ask('量测'), []);
});

test('domain 19: filters by category, region, fee and days', async () => {
  assert.deepEqual(await ids(`${all}&category=${cheap.category}&sort=fee`), [cheap.id, local.id]);
  assert.deepEqual(await ids(`${all}&category=none-such`), []);
  assert.deepEqual(await ids(`${all}&region=demo&sort=fee`), [cheap.id, fast.id]);
  const below = await region(`below${word()}`, 'searched');
  for (const where of ['searched', below])
    assert.deepEqual(await ids(`${all}&region=${where}&sort=fee`), [cheap.id, local.id, fast.id]);
  assert.deepEqual(await ids(`${all}&fee_max_fen=20000&sort=fee`), [cheap.id, local.id]);
  assert.deepEqual(await ids(`${all}&fee_max_fen=19999`), [cheap.id]);
  assert.deepEqual(await ids(`${all}&days_max=5`), [fast.id]);
  assert.deepEqual(await ids(`${all}&days_max=6&sort=days`), [fast.id]);
  assert.deepEqual(await ids(`${all}&days_max=7&sort=days`), [fast.id, local.id], '9 days are more than 6 working days');
});

test('domain 19: in each order, page after page', async () => {
  const orders = { fee: [cheap, local, fast], days: [fast, local, cheap], id: [cheap, fast, local].sort((a, b) => (a.id < b.id ? -1 : 1)) };
  for (const [sort, wanted] of Object.entries(orders)) {
    const got = [];
    for (let cursor = ''; cursor !== null;) {
      const page = await search(`${all}&sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`);
      assert.equal(page.total, 3);
      got.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    assert.deepEqual(got, wanted.map(({ id }) => id), sort);
  }
  const newest = (await search(all)).items.map(({ published_at }) => published_at);
  assert.deepEqual(newest, [...newest].sort().reverse());
});

test('what is withdrawn, and whose institution is suspended, is not found any more', async () => {
  const { operator, supervisor } = await people();
  const [gone, stopped] = [await offered('走了', cheap.category), await offered('停了', cheap.category)];
  await seen(all, [cheap.id, fast.id, local.id, gone.id, stopped.id]);
  must(await call('POST', `/v1/listings/${gone.id}/withdrawal`, { key: operator, body: {} }), 200);
  await twoPersons(operator, supervisor, 'institution.suspend', stopped.who.uscc, { reason: '测试' });
  await seen(all, [cheap.id, fast.id, local.id]);
});

const faults = {
  'nine words': 'q=1+2+3+4+5+6+7+8+9',
  '257 bytes of words': `q=${'x'.repeat(257)}`,
  'another order': 'sort=price',
  'a limit of 201': 'limit=201',
  'no limit': 'limit=0',
  'days that are none': 'days_max=many',
  '3651 days': 'days_max=3651',
  'a fee below nothing': 'fee_max_fen=-1',
  'a region that is not there': 'region=nowhere',
  'a cursor of nothing': 'cursor=00',
  'a cursor of another order': `sort=fee&cursor=${Buffer.from('days 1 x').toString('hex')}`,
  'a cursor without a number': `sort=fee&cursor=${Buffer.from('fee x y').toString('hex')}`,
  'a cursor that leads to no token': `sort=fee&cursor=${Buffer.from("fee 1 ' OR").toString('hex')}`,
  'what nobody asks': 'colour=red',
};
for (const [what, query] of Object.entries(faults))
  test(`refused: ${what}`, async () => assertProblem(await call('GET', `/v1/search?${query}`), 422, 'invalid'));

test('eight words and two hundred rows at once are taken', async () => {
  assert.deepEqual(await ids(`q=${'甲 乙 丙 丁 戊 己 庚 辛'.split(' ').map(encodeURIComponent).join('+')}`), []);
  assert.ok((await ids('limit=200')).length >= 3);
});

test('domain 19: filters by qualification and its level, as long as it counts', async () => {
  const its = registering(shared);
  const [consulting, survey] = [`咨询${word()}`, `测绘${word()}`];
  const given = (kind, level) => ({ kind, level, scopes: [], number: '1', issuer: '某协会', valid_from: '2020-01-01',
    valid_until: '2090-01-01', evidence: digestOf('a certificate to be found') });
  const { operator } = await people();
  const category = await code('资质检索');
  const has = async (...qualifications) => {
    const { uscc } = await its.entered({ name: `具备${word()}${mark}`, qualifications });
    return { uscc, ...must(await call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category }) })) };
  };
  const both = await has(given(consulting, '甲级'), given(survey, undefined));
  const one = await has(given(consulting, '乙级'));
  const none = await has();
  const of = (kind, level) => `${all}&category=${category}&sort=id&qualification=${encodeURIComponent(kind)}${level ? `&level=${encodeURIComponent(level)}` : ''}`;
  await seen(`${all}&category=${category}`, [both.id, one.id, none.id]);
  await seen(of(consulting), [both.id, one.id]);
  await seen(of(consulting, '甲级'), [both.id]);
  await seen(of(consulting, '丙级'), []);
  await seen(of(survey), [both.id]);
  await seen(of('无此资质'), []);
  assertProblem(await call('GET', `/v1/search?level=${encodeURIComponent('甲级')}`), 422, 'invalid');
  const [{ id }] = must(await call('GET', `/v1/qualifications?institution=${one.uscc}`), 200).items;
  must(await its.act(await its.keeper(), { path: `/v1/qualifications/${id}` }, 'pause', { reason: '核查' }), 200);
  await seen(of(consulting), [both.id]);
});
