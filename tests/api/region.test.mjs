// Regions: a tree, entered by the administrator; the days that work in each.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { adminCall, assertProblem, call, daemon, must, people, region, until } from './client.mjs';
import { defaultPolicy } from './builders.mjs';
import { root } from './installation.mjs';
import { newUscc } from './keys.mjs';
import { registering } from './registering.mjs';

const newCode = () => `g${randomBytes(6).toString('hex')}`;
const enter = (body, options) => adminCall('POST', '/v1/regions', { body, ...options });
const complaints = (reply) => reply.body.errors.map(({ pointer, code }) => [pointer, code]);

test('domain 91: a region is entered once, within another, and shown to anybody', async () => {
  const body = { code: newCode(), name: '示例县', name_en: 'Shili', parent: await region(), week: '1111110' };
  const reply = await enter(body);
  const { code, ...members } = body;
  const made = must(reply);
  assert.equal(reply.headers.get('location'), `/v1/regions/${code}`);
  assert.deepEqual(made, { id: code, state: 'active', seq: 1, event_index: made.event_index, ...members, calendar_ends: made.calendar_ends });
  assert.deepEqual(must(await call('GET', `/v1/regions/${code}`), 200), made);
  const { items } = must(await call('GET', `/v1/regions?parent=${body.parent}&limit=200`), 200);
  assert.ok(items.some(({ id }) => id === code));
  assertProblem(await enter(body), 409, 'exists');
  assertProblem(await call('GET', `/v1/regions/${newCode()}`), 404, 'not-found');
});

test('only the administrator enters regions', async () => {
  for (const key of [(await people()).operator, undefined])
    assertProblem(await call('POST', '/v1/regions', { key, body: { code: newCode(), name: '他人' } }),
      key ? 403 : 401, key ? 'forbidden' : 'unauthenticated');
});

const faults = {
  'the nation\'s code': [{ code: 'cn' }, '/code', 'reserved'],
  'a code of 33 bytes': [{ code: 'r'.repeat(33) }, '/code', 'bounds'],
  'a code in full-width digits': [{ code: '\uff13\uff16\uff10' }, '/code', 'bounds'],
  'an empty name': [{ name: '' }, '/name', 'bounds'],
  'a name of 101 characters': [{ name: '名'.repeat(101) }, '/name', 'bounds'],
  'a name that turns the direction of writing': [{ name: '名\u202e称' }, '/name', 'form'],
  'a parent that is not there': [{ parent: 'nowhere' }, '/parent', 'unknown'],
  'itself as its parent': [{ code: 'self', parent: 'self' }, '/parent', 'unknown'],
  'a week of six days': [{ week: '111110' }, '/week', 'bounds'],
  'a week without a working day': [{ week: '0000000' }, '/week', 'form'],
  'a week in letters': [{ week: 'MTWTF--' }, '/week', 'form'],
  'a state': [{ state: 'active' }, '', 'unknown-member'],
};
for (const [what, [change, pointer, code]] of Object.entries(faults))
  test(`refused: ${what}`, async () => {
    const reply = await enter({ code: newCode(), name: '某地', ...change });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(complaints(reply), [[pointer, code]]);
  });

test('regions are six levels deep, not seven', async () => {
  let parent = await region();
  for (let level = 2; level <= 6; level++) {
    const code = newCode();
    must(await enter({ code, name: `第 ${level} 级`, parent }));
    parent = code;
  }
  must(await call('GET', `/v1/regions/${parent}/calendar`), 200);
  const reply = await enter({ code: newCode(), name: '第 7 级', parent });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(complaints(reply), [['/parent', 'bounds']]);
});

test('an organisation that names no region is of the only one there is', async () => {
  const it = await daemon();
  try {
    await it.policy();
    const post = async (path, body) => must(await it.adminCall('POST', path, { body }));
    await post('/v1/organisations', { id: 'somewhere', name: '某业主' });
    const owner = await it.person('owner', 'somewhere');
    assert.equal((await it.aNotice({ owner })).region, 'demo');
    await post('/v1/regions', { code: 'another', name: '另一县' });
    const reply = await it.call('POST', '/v1/notices', { key: owner, body: {
      title: '测试项目', service: '编制', category: await it.category(), amount_max_fen: 100, days_max: 20, deadline_unit: 'workday',
      select: 1, alternates: 0, beacon: 'none', signup_close: new Date(Date.now() + 60_000).toISOString().replace(/\.\d+/, ''),
      contact_name: '测试', contact_phone: '0000' } });
    assertProblem(reply, 409, 'no-region');
  } finally {
    await it.stop();
  }
});

test('each day of a region says whether it works, and by which notice', async () => {
  const code = await region();
  const days = async (from, to) => must(await call('GET', `/v1/regions/${code}/days?from=${from}&to=${to}`), 200);
  const { items, horizon, version } = await days('2026-02-13', '2026-03-02');
  const of = (kind) => items.filter((day) => day.kind === kind).map(({ date }) => date.slice(5));
  assert.deepEqual(of('makeup'), ['02-14', '02-28']);
  assert.deepEqual(of('off'), ['02-15', '02-16', '02-17', '02-18', '02-19', '02-20', '02-21', '02-22', '02-23']);
  assert.deepEqual(of('weekend'), ['03-01']);
  assert.match(items[1].source, /^https:\/\/www\.gov\.cn\//);
  assert.deepEqual([items[1].name, items[1].working, items[1].region, items[0].name], ['春节', true, 'cn', null]);
  assert.ok(horizon >= '2026-12-31');
  assert.match(version, /^[0-9a-f]{64}$/);
  assert.equal((await days('2025-01-01', '2026-02-04')).items.length, 400);
  for (const query of ['from=2026-01-01', 'to=2026-01-01', 'from=2026-01-02&to=2026-01-01', 'from=2025-01-01&to=2026-02-05',
    'from=2026-01-32&to=2026-02-05', 'from=2026-01-01&to=2026-01-01&x=1'])
    assertProblem(await call('GET', `/v1/regions/${code}/days?${query}`), 422, 'invalid');
  assertProblem(await call('GET', '/v1/regions/nowhere/days?from=2026-01-01&to=2026-01-01'), 404, 'not-found');
});

test('the n-th working day after a day is told', async () => {
  const code = await region();
  const ask = async (query) => call('GET', `/v1/regions/${code}/workday?${query}`);
  assert.equal(must(await ask('after=2026-02-13'), 200).date, '2026-02-14');
  assert.equal(must(await ask('after=2026-02-13&n=2'), 200).date, '2026-02-24');
  assert.deepEqual([must(await ask('after=2026-02-13&n=2'), 200).provisional, must(await ask('after=2090-02-13&n=2'), 200).provisional],
    [false, true]);
  for (const query of ['', 'after=x', 'after=2026-02-13&n=0', 'after=2026-02-13&n=10001', 'after=2026-02-13&n=two'])
    assertProblem(await ask(query), 422, 'invalid');
});

test('groups are anew when another policy is theirs: of two highest regions neither\'s is', async () => {
  const it = await daemon();
  try {
    const { operator, supervisor, auditor } = await it.people();
    const code = await it.region();
    const payload = { ...defaultPolicy(), region: code, version: 'lower', effective_from: '2026-01-01',
      entry: { ...defaultPolicy().entry, share_min_bp: 300 } };
    await it.twoPersons(supervisor, auditor, 'policy.adopt', `${code}-lower`, payload);
    const keeper = await registering(it).keeper();
    const two = [newUscc(), newUscc()];
    const holder = newUscc();
    for (const uscc of two)
      must(await it.call('POST', '/v1/institutions', { key: operator, body: { uscc, name: `第 ${uscc} 家` } }));
    for (const held of two)
      must(await it.call('POST', '/v1/affiliations', { key: keeper,
        body: { held, holder, holder_name: '某控股公司', kind: 'shareholder', share_bp: 300 } }));
    const groups = () => Promise.all(two.map(async (uscc) => must(await it.call('GET', `/v1/institutions/${uscc}`), 200).affiliation_group));
    const [first] = [...two].sort();
    assert.deepEqual(await groups(), [first, first]);
    must(await it.adminCall('POST', '/v1/regions', { body: { code: 'within', name: '其中', parent: code } }));
    assert.deepEqual(await groups(), [first, first]);
    must(await it.adminCall('POST', '/v1/regions', { body: { code: 'another', name: '另一个' } }));
    assert.deepEqual(await groups(), [null, null]);
    assert.deepEqual((await it.fsck()).findings, []);

    // A policy that was adopted before its day was waited for: 0017_policy_begin.sql.
    const dues = (of) => it.sql(`SELECT ${of} FROM due WHERE kind = 'policy.begin' ORDER BY subject`);
    const before = await dues('subject, seq, at');
    assert.ok(before.length > 0);
    await it.kill();
    await it.sql("DELETE FROM due WHERE kind = 'policy.begin'");
    const added = readFileSync(join(root, 'migrations/0017_policy_begin.sql'), 'utf8');
    for (let i = 0; i < 2; i++) { // the second time there is nothing to add
      await it.sql(added);
      assert.deepEqual(await dues('subject, seq, at'), before);
    }
    await it.start();
    await until(async () => (await dues('state')).every((state) => state === 'done'), 'the day of each');
    assert.deepEqual((await it.fsck()).findings, []);
  } finally {
    await it.stop();
  }
});
