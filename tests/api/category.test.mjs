// Categories: the kinds of service that may be bought.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { aNotice, assertProblem, call, home, must, people, policy, program } from './client.mjs';
import { root } from './installation.mjs';
import { csvRows } from './tables.mjs';

const newCode = () => `T${randomBytes(4).toString('hex')}`;
const publish = async (body, key) => call('POST', '/v1/categories', { key: key ?? (await people()).operator, body });

test('a category is published once and shown', async () => {
  const body = { code: newCode(), service: '测绘', phase: '立项用地', unit: 'workday', legal_limit: '20(可延长不超过40)' };
  const made = must(await publish(body));
  assert.deepEqual([made.id, made.service, made.unit, made.basis], [body.code, '测绘', 'workday', null]);
  assert.deepEqual(must(await call('GET', `/v1/categories/${body.code}`), 200), made);
  assertProblem(await publish(body), 409, 'exists');
  assertProblem(await publish({ ...body, code: newCode() }, (await people()).owner), 403, 'forbidden');
});

test('refused: what is no category', async () => {
  for (const [body, pointer] of [[{ service: '测绘' }, '/code'], [{ code: newCode() }, '/service'],
    [{ code: 'a'.repeat(17), service: '测绘' }, '/code'], [{ code: newCode(), service: '测'.repeat(201) }, '/service'],
    [{ code: newCode(), service: '测绘', unit: 'week' }, '/unit']]) {
    const reply = await publish(body);
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map((error) => error.pointer), [pointer]);
  }
  must(await publish({ code: newCode().padEnd(16, 'x'), service: '测'.repeat(200) }));
});

test('klero admin categories loads a file, and goes on when repeated', async () => {
  const { operator } = await people();
  const folder = mkdtempSync(join(home, 'csv-'));
  const codes = [newCode(), newCode()];
  const key = join(folder, 'api.key');
  const file = join(folder, 'some.csv');
  const load = () => program('klero', ['admin', '--url', process.env.KLERO_URL, '--key', key, 'categories', file]);
  writeFileSync(key, `${operator.token}\n`);
  writeFileSync(file, `code,service,unit,suggested_days\r\n${codes[0]},"甲,""乙""",workday,20\n${codes[1]},丙,,\n`);
  assert.deepEqual(load(), { status: 0, stdout: `${codes.join('\n')}\n`, stderr: '' });
  const one = must(await call('GET', `/v1/categories/${codes[0]}`), 200);
  assert.deepEqual([one.service, one.unit, one.suggested_days], ['甲,"乙"', 'workday', '20']);
  assert.deepEqual(load(), { status: 0, stdout: `${codes.join('\n')}\n`, stderr: '' });
  writeFileSync(file, `code,service\n${codes[0]},丁\n`);
  const refused = load();
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /409/);
  for (const text of ['', 'nothing,here\n', 'code,service\nX1\n', 'code,service\nX1,"open\n', 'code,service\nX1,"a"b\n',
    'code,service\nX1,=1+1\n', 'code,legal_days\nX1,twenty\n', 'code,code2\nX1,甲\n']) {
    writeFileSync(file, text);
    assert.equal(load().status, 2, JSON.stringify(text));
  }
});

test('the files of the catalogue that come along are good', async () => {
  const { operator } = await people();
  const folder = mkdtempSync(join(home, 'csv-'));
  const key = join(folder, 'api.key');
  const file = join(folder, 'all.csv');
  const tag = randomBytes(3).toString('hex');
  writeFileSync(key, operator.token);
  for (const [act, name] of [['approval-items', 'approval_items.csv'], ['categories', 'categories.csv']]) {
    const text = readFileSync(join(root, 'ops/data', name), 'utf8')
      .replaceAll(/^((?:P-)?[A-Z]\d\d),/gm, `$1${tag},`).replaceAll(/\[""([^"]*)""\]/g, `[""$1${tag}""]`);
    writeFileSync(file, text);
    const { status, stdout, stderr } = program('klero', ['admin', '--url', process.env.KLERO_URL, '--key', key, act, file]);
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(stdout.trim().split('\n').length, text.trim().split('\n').length - 1);
  }
  const one = must(await call('GET', `/v1/categories/A18${tag}`), 200);
  assert.deepEqual([one.approval_items, one.legal_days, one.unit, one.cap_days, one.cap_unit, one.price_control],
    [[`P-A18${tag}`], 20, 'workday', 20, 'workday', 'market']);
  const item = must(await call('GET', `/v1/approval_items/P-A18${tag}`), 200);
  assert.deepEqual([item.legal_days, item.legal_unit, item.authority_name, item.basis], [20, 'workday', '水利', '水土保持法§25-26']);
});

const flat = (base_fen) => ({ unit: 'item', formula: 'flat', base_fen });
const requirement = { all: [{ any: [{ kind: 'survey', level_min: '乙级' }] }], ladders: [{ kind: 'survey', levels: ['甲级', '乙级'] }] };
const item = async () => must(await call('POST', '/v1/approval_items', { key: (await people()).operator,
  body: { code: newCode(), name: '审批', authority_name: '局', basis: '法' } })).id;

test('domain 17: a category has its law, approvals, limits, qualifications and ceiling', async () => {
  const { operator, owner } = await people();
  const body = { code: newCode(), service: '测绘', basis: '测绘法§27', approval_items: [await item(), await item()], legal_days: 20, unit: 'workday',
    cap_days: 10, cap_unit: 'workday', requirement, price_control: 'government', fee_ceiling: flat(1000) };
  const made = must(await publish(body));
  for (const [name, value] of Object.entries(body))
    assert.deepEqual(made[name === 'code' ? 'id' : name], value, name);
  const act = (what, to, options) => call('POST', `/v1/categories/${body.code}/${what}`, { key: operator, body: to, ...options });
  const { code, ...whole } = body;
  assertProblem(await act('revision', whole, { key: owner }), 403, 'forbidden');
  assertProblem(await act('revision', whole, { headers: { 'if-match': '"9"' } }), 412, 'precondition-failed');
  const revised = must(await act('revision', { service: '测量', price_control: 'market' }, { headers: { 'if-match': '"1"' } }), 200);
  assert.deepEqual([revised.id, revised.service, revised.basis, revised.cap_days, revised.fee_ceiling, revised.seq], [code, '测量', null, 0, null, 2]);
  assertProblem(await act('retirement', {}, { key: owner }), 403, 'forbidden');
  assert.equal(must(await act('retirement', {}), 200).state, 'retired');
  assertProblem(await act('revision', { service: '测量' }), 409, 'wrong-state');
  assertProblem(await call('POST', '/v1/categories/none-such/revision', { key: operator, body: { service: '测量' } }), 404, 'not-found');
});

test('a notice in a retired category is refused', async () => {
  const { operator } = await people();
  await policy();
  const { id } = must(await publish({ code: newCode(), service: '测绘' }));
  must(await call('POST', `/v1/categories/${id}/retirement`, { key: operator, body: {} }), 200);
  await assert.rejects(aNotice({ category: id }), /retired/);
});

const wrongs = {
  'an approval item that is none': [{ approval_items: ['none-such'] }, '/approval_items/0', 'unknown'],
  'no list of them': [{ approval_items: {} }, '/approval_items', 'form'],
  'none of them': [{ approval_items: [] }, '/approval_items', 'form'],
  'one that is no token': [{ approval_items: ['甲'] }, '/approval_items', 'form'],
  'one that hides something': [{ approval_items: ['a\u202e'] }, '/approval_items', 'form'],
  'one twice': [{ approval_items: ['a', 'a'] }, '/approval_items', 'form'],
  'too many': [{ approval_items: Array.from({ length: 33 }, (_, i) => `i${i}`) }, '/approval_items', 'form'],
  'days without a unit': [{ legal_days: 1 }, '/unit', 'unit'],
  'a cap without a unit': [{ cap_days: 1 }, '/cap_unit', 'unit'],
  'a unit without a cap': [{ cap_unit: 'day' }, '/cap_unit', 'unit'],
  'requirements that are none': [{ requirement: { all: [] } }, '/requirement', 'form'],
  'a level of no ladder': [{ requirement: { all: requirement.all } }, '/requirement', 'form'],
  'a ceiling of the market': [{ fee_ceiling: flat(1) }, '/fee_ceiling', 'price'],
  'a government price without one': [{ price_control: 'government' }, '/fee_ceiling', 'price'],
  'a ceiling that is none': [{ price_control: 'government', fee_ceiling: { unit: 'item' } }, '/fee_ceiling/formula', 'form'],
  'a ceiling that is not sound': [{ price_control: 'government', fee_ceiling: { ...flat(1), discount_bp: 10001 } }, '/fee_ceiling', 'fee-discount'],
};
for (const [what, [changes, pointer, code]] of Object.entries(wrongs))
  test(`refused: ${what}`, async () => {
    const reply = await publish({ code: newCode(), service: '测绘', ...changes });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map((error) => [error.pointer, error.code]), [[pointer, code]]);
  });

test('categories are found by words, phase and state, as they are exported', async () => {
  const mark = newCode();
  const { operator } = await people();
  const made = await Promise.all([{ service: `${mark}测绘`, phase: '立项用地', basis: '条例' }, { service: `${mark}环评`, phase: '施工许可', authority: '局 Bureau' },
    { service: `${mark}造价` }].map(async (one) => must(await publish({ code: newCode(), ...one })).id));
  must(await call('POST', `/v1/categories/${made[2]}/retirement`, { key: operator, body: {} }), 200);
  const found = async (query) => {
    const path = `/v1/categories?${new URLSearchParams({ q: mark, ...query })}`;
    const { items } = must(await call('GET', path), 200);
    const csv = csvRows(must(await call('GET', `${path}&format=csv`), 200, 'text').slice(1));
    assert.deepEqual(csv.slice(1).map(([id]) => id), items.map(({ id }) => id));
    return items.map(({ id }) => made.indexOf(id)).sort();
  };
  assert.deepEqual(await found({}), [0, 1, 2]);
  assert.deepEqual(await found({ q: `${mark.toLowerCase()}  条例` }), [0]);
  assert.deepEqual(await found({ q: `bureau ${mark} 环` }), [1]);
  assert.deepEqual(await found({ q: `${mark} %` }), []);
  assert.deepEqual(await found({ phase: '立项用地' }), [0]);
  assert.deepEqual(await found({ phase: '' }), [2]);
  assert.deepEqual(await found({ state: 'active' }), [0, 1]);
  assert.deepEqual(await found({ state: 'retired', phase: '立项用地' }), []);
  for (const query of ['state=a&x=1', 'service=x'])
    assertProblem(await call('GET', `/v1/categories?${query}`), 422, 'invalid');
});
