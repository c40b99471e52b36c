// The market of a category: suppliers, quartiles, what stands out, what lacks.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { anOffer, defaultPolicy } from './builders.mjs';
import { assertProblem, call, daemon, institution, must, people, policy } from './client.mjs';

const newCategory = async () => must(await call('POST', '/v1/categories', { key: (await people()).operator,
  body: { code: `M${randomBytes(4).toString('hex')}`, service: '测绘' } })).id;
const publish = async (members) => must(await call('POST', '/v1/listings', { key: (await people()).operator,
  body: anOffer({ institution: (await institution({ categories: [] })).uscc, ...members }) }));
const market = async (code) => must(await call('GET', `/v1/categories/${code}/market`), 200);
const flat = (base_fen) => ({ unit: 'item', formula: 'flat', base_fen });

before(() => policy());

test('domain 14: quartiles of fee and days, and what stands out, by the published rule', async () => {
  const category = await newCategory();
  const made = [];
  for (const [fee_fen, promised_days] of [[100, 10], [200, 10], [300, 10], [400, 10], [500, 10], [5000, 10], [300, 60]])
    made.push(await publish({ category, fee: flat(fee_fen), promised_days }));
  const seen = await market(category);
  const { market: rule } = defaultPolicy();
  assert.deepEqual([seen.category, seen.offers, seen.suppliers, seen.supply_gap], [category, 7, 7, 0]);
  assert.deepEqual([seen.rule.fence_bp, seen.rule.spread_min_bp, seen.rule.offers_min, seen.rule.suppliers_min],
    [rule.fence_bp, rule.spread_min_bp, rule.offers_min, rule.suppliers_min]);
  // 100 200 300 300 400 500 5000: at places 1.5, 3, 4.5
  assert.deepEqual(seen.fees, [{ unit: 'item', quantity: 1, offers: 7, suppliers: 7,
    fee_fen: { least: 100, lower: 250, median: 300, upper: 450, most: 5000 } }]);
  assert.deepEqual(seen.days, [{ unit: 'workday', offers: 7, promised_days: { least: 10, lower: 10, median: 10, upper: 10, most: 60 } }]);
  const told = seen.outliers.map(({ listing, fee, days }) => [listing, fee, days]).sort();
  assert.deepEqual(told, [[made[5].id, 'high', null], [made[6].id, null, 'high']].sort());
});

test('domain 14: fees of another unit are compared for its own reference quantity', async () => {
  const category = await newCategory();
  const by = (unit, rate) => ({ unit, formula: 'linear', brackets: [{ above: 0, rate }] });
  await publish({ category, fee: by('mu', 2_000_000), deadline_unit: 'day' }); // 2 fen a mu
  await publish({ category, fee: by('investment', 1_000) }); // a thousandth
  await publish({ category, fee: { unit: 'investment', formula: 'staged', brackets: [{ above: 0, rate: 2 ** 53 - 1 }] } });
  const { reference } = defaultPolicy().market;
  const { fees, days } = await market(category);
  assert.deepEqual(fees.map(({ unit, quantity, fee_fen: { least, most } }) => [unit, quantity, least, most]), [
    ['mu', reference.mu, 2 * reference.mu, 2 * reference.mu],
    ['investment', reference.investment, reference.investment / 1000, 2 ** 53 - 1]]);
  assert.deepEqual(days.map(({ unit, offers }) => [unit, offers]), [['workday', 2], ['day', 1]]);
});

test('domain 16: a category with too few suppliers has a gap', async () => {
  const category = await newCategory();
  const empty = await market(category);
  assert.deepEqual([empty.offers, empty.suppliers, empty.supply_gap, empty.fees, empty.days, empty.outliers], [0, 0, 3, [], [], []]);
  const all = [await publish({ category }), await publish({ category }), await publish({ category })];
  assert.equal((await market(category)).supply_gap, 0);
  const { operator } = await people();
  must(await call('POST', `/v1/listings/${all[0].id}/pause`, { key: operator, body: {} }), 200);
  assert.deepEqual([(await market(category)).suppliers, (await market(category)).supply_gap], [2, 1]);
});

test('domain 14: every category at once, as each by itself', async () => {
  const category = await newCategory(), retired = await newCategory();
  for (const fee_fen of [100, 200, 300, 400, 500, 5000])
    await publish({ category, fee: flat(fee_fen) });
  const { operator } = await people();
  must(await call('POST', `/v1/categories/${retired}/retirement`, { key: operator, body: {} }), 200);
  const all = [];
  for (let query = 'limit=2', page; query; query = page.next_cursor && `limit=2&cursor=${page.next_cursor}`) {
    page = must(await call('GET', `/v1/markets?${query}`), 200);
    assert.ok(page.items.length <= 2 && page.rule.policy);
    all.push(...page.items);
  }
  const codes = all.map((one) => one.category);
  assert.deepEqual(codes, [...new Set(codes)].sort());
  assert.ok(codes.includes(category) && !codes.includes(retired));
  const { rule, outliers, ...alone } = await market(category);
  assert.ok(rule && outliers.length === 1);
  assert.deepEqual(all.find((one) => one.category === category), { ...alone, service: '测绘', phase: null, outlier_count: 1 });
  for (const query of ['limit=0', 'limit=101', 'cursor=%20', 'region=nowhere', 'x=1'])
    assertProblem(await call('GET', `/v1/markets?${query}`), 422, 'invalid');
  must(await call('GET', '/v1/markets?limit=100'), 200);
});

test('no such category, no such query', async () => {
  assertProblem(await call('GET', '/v1/categories/none-such/market'), 404, 'not-found');
  assertProblem(await call('GET', `/v1/categories/${await newCategory()}/market?x=1`), 422, 'invalid');
  assertProblem(await call('GET', `/v1/categories/${await newCategory()}/market?region=nowhere`), 422, 'invalid');
});

test('markets are found by words, phase and supply', async () => {
  const mark = `M${randomBytes(4).toString('hex')}`;
  const { operator } = await people();
  const made = [];
  for (const [service, phase] of [['甲', '立项'], ['乙', '施工'], ['丙', undefined]])
    made.push(must(await call('POST', '/v1/categories', { key: operator, body: { code: `M${randomBytes(4).toString('hex')}`, service: `${mark}${service}`, ...phase && { phase } } })).id);
  await publish({ category: made[0] });
  for (let i = 0; i < defaultPolicy().market.suppliers_min; i++)
    await publish({ category: made[1] });
  const found = async (query) => must(await call('GET', `/v1/markets?${new URLSearchParams({ q: mark, ...query })}`), 200).items
    .map(({ category }) => made.indexOf(category)).sort();
  assert.deepEqual(await found({}), [0, 1, 2]);
  assert.deepEqual(await found({ q: `${mark} 乙` }), [1]);
  assert.deepEqual(await found({ phase: '立项' }), [0]);
  assert.deepEqual(await found({ supply: 'offered' }), [0, 1]);
  assert.deepEqual(await found({ supply: 'gap' }), [0, 2]);
  assert.deepEqual(await found({ supply: 'gap', phase: '立项', q: `甲 ${made[0]}` }), [0]);
  const { items: [one] } = must(await call('GET', `/v1/markets?q=${made[0]}`), 200);
  assert.deepEqual([one.service, one.phase, one.suppliers], [`${mark}甲`, '立项', 1]);
  assertProblem(await call('GET', '/v1/markets?supply=all'), 422, 'invalid');
});

test('markets are found by the same texts as categories', async () => {
  const mark = `M${randomBytes(4).toString('hex')}`;
  const { id } = must(await call('POST', '/v1/categories', { key: (await people()).operator, body: { code: `M${randomBytes(4).toString('hex')}`,
    service: `${mark}测绘`, approval_item: `${mark}批`, authority: `${mark}局`, basis: `${mark}法` } }));
  const found = async (path, q) => must(await call('GET', `${path}?${new URLSearchParams({ q })}`), 200).items;
  for (const q of [id, `${mark}测绘`, `${mark}批`, `${mark}局`, `${mark}法`, `${id} ${mark}法 ${mark}局`]) {
    assert.deepEqual((await found('/v1/markets', q)).map(({ category }) => category), [id], q);
    assert.deepEqual((await found('/v1/categories', q)).map((one) => one.id), [id], q);
  }
  for (const path of ['/v1/markets', '/v1/categories'])
    assert.deepEqual(await found(path, `${id} ${mark}法局`), []);
});

test('a market follows each change of its listings, and others stay as they are', async () => {
  const [one, other] = [await newCategory(), await newCategory()];
  const { operator } = await people();
  const act = async (id, what, body) => must(await call('POST', `/v1/listings/${id}/${what}`, { key: operator, body }), 200);
  const whole = async (code) => {
    const { items: [counted] } = must(await call('GET', `/v1/markets?q=${code}`), 200);
    const { rule, outliers, ...alone } = await market(code);
    const { service, phase, outlier_count, ...same } = counted;
    assert.ok(rule && service && phase === null);
    assert.equal(outlier_count, outliers.length);
    assert.deepEqual(same, alone);
    return [alone.offers, alone.fees.map(({ fee_fen: { least, most } }) => [least, most]).flat()];
  };
  const first = await publish({ category: one, fee: flat(100) });
  await publish({ category: other, fee: flat(7) });
  assert.deepEqual(await whole(one), [1, [100, 100]]);
  assert.deepEqual(await whole(other), [1, [7, 7]]);
  const second = await publish({ category: one, fee: flat(900) });
  assert.deepEqual(await whole(one), [2, [100, 900]]);
  await act(first.id, 'pause', { reason: '核查' });
  assert.deepEqual(await whole(one), [1, [900, 900]]);
  await act(first.id, 'resumption', {});
  assert.deepEqual(await whole(one), [2, [100, 900]]);
  const { institution: is, category, ...said } = anOffer({ fee: flat(50) });
  assert.ok(is === undefined && category === undefined);
  await act(first.id, 'revision', said);
  assert.deepEqual(await whole(one), [2, [50, 900]]);
  await act(second.id, 'withdrawal', { reason: '停业' });
  assert.deepEqual(await whole(one), [1, [50, 50]]);
  assert.deepEqual(await whole(other), [1, [7, 7]]);
});

test('however few or many categories there are, all are looked through', async () => {
  const it = await daemon();
  try {
    await it.people();
    await it.policy();
    const code = await it.category();
    await it.stopDaemon();
    await it.sql("UPDATE category SET state = 'retired'");
    await it.start();
    const found = async (query) => must(await it.call('GET', `/v1/markets?${new URLSearchParams(query)}`), 200);
    assert.deepEqual((await found({ q: code, phase: '立项' })).items, []);
    assertProblem(await it.call('GET', '/v1/markets?x=1'), 422, 'invalid');
    await it.stopDaemon();
    await it.sql("INSERT INTO category (id, state, seq, event_index, service, phase, legal_days, cap_days) "
      + "SELECT CONCAT('N', 10000 + seq), 'active', 1, 1, '测绘', IF(seq > 5000, '末段', NULL), 0, 0 FROM seq_1_to_5001");
    await it.start();
    for (const query of [{ q: 'n15001' }, { phase: '末段' }, { phase: '末段', limit: 1 }]) {
      const { items, next_cursor } = await found(query);
      assert.deepEqual([items.map(({ category }) => category), next_cursor], [['N15001'], null]);
    }
    const csv = await it.call('GET', '/v1/markets?format=csv');
    assert.equal(must(csv, 200, 'text').match(/\r\n/g).length, 1 + 5000);
    assert.match(csv.headers.get('link') ?? '', /cursor=N15000>; rel="next"$/);
    assert.deepEqual((await found({ cursor: 'N15000' })).items.map(({ category }) => category), ['N15001']);
  } finally {
    await it.stop();
  }
});

test('without a policy, or of one that has no rule, there is none', async () => {
  const it = await daemon();
  try {
    const { operator, supervisor, auditor } = await it.people();
    const code = await it.category();
    await it.stopDaemon();
    await it.sql('CREATE TABLE kept AS SELECT * FROM policy; ALTER TABLE kept DROP COLUMN effective_from');
    const look = async (change) => {
      await it.sql(change);
      await it.start();
      const reply = await it.call('GET', `/v1/categories/${code}/market`);
      await it.stopDaemon();
      return reply;
    };
    assert.ok(operator && supervisor && auditor);
    assertProblem(await look("UPDATE policy SET policy = REPLACE(policy, '\"market\"', '\"bazaar\"')"), 409, 'no-policy');
    assertProblem(await look('DELETE FROM policy'), 409, 'no-policy');
    await it.sql('INSERT INTO policy (id, state, seq, event_index, region, version, policy, digest) SELECT * FROM kept; DROP TABLE kept');
    await it.start();
    must(await it.call('GET', `/v1/categories/${code}/market`), 200);
  } finally {
    await it.stop();
  }
});
