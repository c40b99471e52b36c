// Imports: a file is looked at row by row, then applied as a whole or not at all.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { archive, workbook } from '../tools/workbooks.mjs';
import { anOffer } from './builders.mjs';
import { assertProblem, call, category, daemon, institution, must, people } from './client.mjs';
import { sha256 } from './keys.mjs';

const CSV = 'text/csv';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const newTag = () => `I${randomBytes(4).toString('hex')}`;
const stage = async (target, body, { type = CSV, key, ...options } = {}) => call('POST', `/v1/imports/${target}/files`,
  { key: key ?? (await people()).operator, body, ...options, headers: { 'content-type': type, ...options.headers } });
const preview = async (id, status = 200) => must(await call('GET', `/v1/imports/${id}`, { key: (await people()).operator }), status);
const apply = async (id, digest, options = {}) => call('POST', `/v1/imports/${id}/application`, { key: (await people()).operator, body: { digest }, ...options });
const item = async (code) => must(await call('GET', `/v1/approval_items/${code}`), 200);
const HEAD = 'code,name,authority_name,basis,legal_days,legal_unit,promised_days,promised_unit';
const lines = (...rows) => [HEAD, ...rows].map((row) => `${row}\r\n`).join('');
const cell = (value) => value === undefined ? '' : `"${(typeof value === 'object' ? JSON.stringify(value) : String(value)).replaceAll('"', '""')}"`;
const csvOf = (rows) => {
  const names = Object.keys(rows[0]);
  return [names, ...rows.map((row) => names.map((name) => cell(row[name])))].map((cells) => cells.join()).join('\r\n');
};

test('domain 18: a catalogue of items is brought in, looked at and applied', async () => {
  const { operator } = await people();
  const tag = newTag();
  must(await call('POST', '/v1/approval_items', { key: operator, body: { code: `${tag}-1`, name: '旧名', authority_name: '局', basis: '法' } }));
  must(await call('POST', '/v1/approval_items', { key: operator, body: { code: `${tag}-2`, name: '同', authority_name: '局', basis: '法' } }));
  const file = lines(`${tag}-1,新名,局,法,20,workday,10,workday`, `${tag}-2,同,局,法,,,,`, `${tag}-3,"甲,""乙""",局,'=法,,,,`, ',,,,,,,');
  const staged = must(await stage('approval_items', file));
  assert.deepEqual([staged.state, staged.target, staged.format, staged.file_digest, staged.file_size, staged.row_count, staged.added_count, staged.changed_count,
    staged.same_count, staged.bad_count], ['staged', 'approval_items', 'csv', sha256(file), Buffer.byteLength(file), 3, 1, 1, 1, 0]);
  assert.equal((await item(`${tag}-1`)).name, '旧名');
  const seen = await preview(staged.id);
  assert.deepEqual(seen.rows, [
    { line: 2, what: 'changed', id: `${tag}-1`, changes: { name: { from: '旧名', to: '新名' }, legal_days: { from: 0, to: 20 },
      legal_unit: { from: null, to: 'workday' }, promised_days: { from: 0, to: 10 }, promised_unit: { from: null, to: 'workday' } } },
    { line: 4, what: 'added', id: `${tag}-3` }]);
  assertProblem(await apply(staged.id, '0'.repeat(64)), 422, 'digest-mismatch');
  assertProblem(await apply(staged.id, seen.plan_digest, { headers: { 'if-match': '"2"' } }), 412, 'precondition-failed');
  assertProblem(await apply(staged.id, seen.plan_digest, { key: (await people()).owner }), 403, 'forbidden');
  const applied = must(await apply(staged.id, seen.plan_digest), 200);
  assert.deepEqual([applied.state, applied.seq], ['applied', 2]);
  assert.deepEqual([(await item(`${tag}-1`)).name, (await item(`${tag}-1`)).seq, (await item(`${tag}-2`)).seq], ['新名', 2, 1]);
  assert.deepEqual([(await item(`${tag}-3`)).name, (await item(`${tag}-3`)).basis], ['甲,"乙"', '=法']);
  assertProblem(await apply(staged.id, seen.plan_digest), 409, 'wrong-state');
  assert.equal((await preview(staged.id)).state, 'applied');
  assert.ok(must(await call('GET', '/v1/imports?target=approval_items&limit=200', { key: operator }), 200).items.some(({ id }) => id === staged.id));
});

test('what has changed since it was looked at is not overwritten', async () => {
  const { operator } = await people();
  const code = newTag();
  const body = { name: '一', authority_name: '局', basis: '法' };
  must(await call('POST', '/v1/approval_items', { key: operator, body: { code, ...body } }));
  const { id } = must(await stage('approval_items', lines(`${code},二,局,法,,,,`)));
  const { plan_digest } = await preview(id);
  must(await call('POST', `/v1/approval_items/${code}/revision`, { key: operator, body: { ...body, name: '三' } }), 200);
  assertProblem(await apply(id, plan_digest), 422, 'digest-mismatch');
  assert.equal((await item(code)).name, '三');
  must(await apply(id, (await preview(id)).plan_digest), 200);
  assert.equal((await item(code)).name, '二');
});

test('every bad row is named: line, column, code and words', async () => {
  const tag = newTag();
  const rows = [['1,审批,局,法,20,workday,21,workday', 'promised_days', 'over-legal'], ['2,审批,局,法,20,,,', 'legal_unit', 'unit'],
    ['3,审批,局,法,twenty,workday,,', 'legal_days', 'form'], ['4,审批,局,法,20,week,,', 'legal_unit', 'form'], ['5,=1+1,局,法,,,,', 'name', 'formula'],
    ['6,@甲,局,法,,,,', 'name', 'formula'], ['7,,局,法,,,,', 'name', 'missing'], ['8,审\u202e批,局,法,,,,', 'name', 'form'],
    ['9,审批,局,法,,,,,', 'cells', 'form'], [`${'x'.repeat(33)},审批,局,法,,,,`, 'code', 'bounds'], ['10,审批,局,法,3651,day,,', 'legal_days', 'bounds'], ['10b,审批,局,法,,,,', null],
    ['10b,审批,局,法,,,,', 'cells', 'twice']];
  const staged = must(await stage('approval_items', lines(...rows.map(([row]) => `${tag}-${row}`))));
  assert.deepEqual([staged.row_count, staged.bad_count, staged.added_count], [13, 12, 1]);
  const seen = await preview(staged.id);
  for (const [i, [row, column, code]] of rows.entries()) {
    const { line, what, faults } = seen.rows[i];
    assert.deepEqual([line, what], [i + 2, column ? 'bad' : 'added'], row);
    if (column)
      assert.deepEqual(faults.map((fault) => [fault.column, fault.code, fault.detail.length > 0]), [[column, code, true]], row);
  }
  const refused = await apply(staged.id, seen.plan_digest);
  assertProblem(refused, 422, 'invalid');
  assert.deepEqual(refused.body.errors[0].pointer, '/rows/2/promised_days');
  assertProblem(await call('GET', `/v1/approval_items/${tag}-10b`), 404, 'not-found');
});

test('one bad row in 10,000: nothing is applied; without it, all are, and not one row more', async () => {
  const it = await daemon();
  try {
    const { operator } = await it.people();
    const post = (path, body, headers) => it.call('POST', path, { key: operator, body, headers });
    const file = (count, bad) => lines(...Array.from({ length: count }, (_, i) => `R${i},审批${i},局,法,20,workday,${i === bad ? 21 : 10},workday`));
    const staging = (text) => post('/v1/imports/approval_items/files', text, { 'content-type': CSV });
    const count = async () => Number((await it.sql('SELECT COUNT(*) FROM approval_item'))[0]);
    const bad = must(await staging(file(10_000, 7777)));
    assert.deepEqual([bad.row_count, bad.bad_count], [10_000, 1]);
    const look = async (id) => must(await it.call('GET', `/v1/imports/${id}`, { key: operator }), 200);
    const seen = await look(bad.id);
    assert.deepEqual(seen.rows.filter(({ what }) => what === 'bad').map(({ line }) => line), [7779]);
    assertProblem(await post(`/v1/imports/${bad.id}/application`, { digest: seen.plan_digest }), 422, 'invalid');
    assert.equal(await count(), 0);
    assertProblem(await staging(file(10_001)), 422, 'invalid');
    const good = must(await staging(file(10_000)));
    must(await post(`/v1/imports/${good.id}/application`, { digest: (await look(good.id)).plan_digest }), 200);
    assert.equal(await count(), 10_000);
  } finally {
    await it.stop();
  }
});

test('a workbook is read as a file is: shared texts, texts in cells, stored or deflated', async () => {
  const { operator } = await people();
  for (const options of [{}, { shared: false }, { stored: true }]) {
    const tag = newTag();
    const rows = [HEAD.split(','), [`${tag}-1`, '审批 <甲> & 乙', '局', '法', 20, 'workday', 10, 'workday'], [`${tag}-2`, '审批', '局', '法']];
    const staged = must(await stage('approval_items', workbook(rows, options), { type: XLSX }));
    assert.deepEqual([staged.format, staged.added_count, staged.bad_count], ['xlsx', 2, 0]);
    must(await apply(staged.id, (await preview(staged.id)).plan_digest), 200);
    const made = await item(`${tag}-1`);
    assert.deepEqual([made.name, made.legal_days, made.promised_unit], ['审批 <甲> & 乙', 20, 'workday']);
  }
  const formula = must(await stage('approval_items', workbook([HEAD.split(','), ['Z', { formula: '1+1' }, '局', '法']]), { type: XLSX }));
  assert.deepEqual((await preview(formula.id)).rows.map(({ faults }) => faults.map(({ column, code }) => [column, code])), [[['name', 'formula']]]);
  await category();
  const exported = must(await call('GET', '/v1/categories?format=xlsx&limit=20'), 200, 'bytes');
  const again = must(await stage('categories', exported, { type: XLSX, key: operator }));
  assert.deepEqual([again.same_count, again.bad_count], [again.row_count, 0]);
});

test('domain 92: what was exported is brought in again, and tells what was changed since', async () => {
  const { operator } = await people();
  const region = newTag();
  for (const code of [`${region}-1`, `${region}-2`])
    must(await call('POST', '/v1/approval_items', { key: operator, body: { code, region, name: '+甲', authority_name: '局', basis: '法' } }));
  const file = must(await call('GET', `/v1/approval_items?region=${region}&format=csv`), 200, 'bytes');
  const same = must(await stage('approval_items', file));
  assert.deepEqual([same.row_count, same.same_count], [2, 2]);
  must(await call('POST', `/v1/approval_items/${region}-1/revision`, { key: operator, body: { region, name: '乙', authority_name: '局', basis: '法' } }), 200);
  must(await call('POST', `/v1/approval_items/${region}-2/retirement`, { key: operator, body: {} }), 200);
  const { rows } = await preview(same.id);
  assert.deepEqual(rows.map(({ faults }) => faults.map(({ column, code }) => [column, code])), [[['seq', 'changed']], [['seq', 'changed']]]);
  const { id } = must(await stage('approval_items', `code,region,name,authority_name,basis\n${region}-2,${region},甲,局,法\n`));
  assert.deepEqual((await preview(id)).rows[0].faults.map(({ code }) => code), ['wrong-state']);
});

test('listings are brought in: new ones, and new versions of what is there', async () => {
  const { operator } = await people();
  const [one, other] = [await institution(), await institution({ categories: [] })];
  const code = await category();
  const row = (who, members) => anOffer({ institution: who.uscc, category: code, regions: undefined, ...members });
  const rows = [row(one, { fee_fen: [200, 300] }), row(other, { regions: ['demo'] })];
  const staged = must(await stage('listings', csvOf(rows)));
  assert.deepEqual([staged.added_count, staged.changed_count, staged.bad_count], [1, 1, 0]);
  must(await apply(staged.id, (await preview(staged.id)).plan_digest), 200);
  const listed = async (who) => must(await call('GET', `/v1/listings?institution=${who.uscc}`), 200).items;
  assert.deepEqual((await listed(one)).map(({ version, fee_min_fen, state }) => [version, fee_min_fen, state]), [[2, 200, 'published']]);
  assert.deepEqual((await listed(other)).map(({ version, regions, state }) => [version, regions, state]), [[1, ['demo'], 'published']]);
  const fixed = must(await stage('listings', csvOf([row(one, { regions: ['demo'] }), row(other, { steps: undefined, regions: ['demo'] }),
    row({ uscc: '91360702MA35000017' }, {})])));
  assert.deepEqual((await preview(fixed.id)).rows.map(({ faults }) => faults.map(({ column, code: what }) => [column, what])),
    [[['regions', 'fixed']], [['steps', 'not-public']], [['institution', 'unknown']]]);
  assert.ok(operator);
});

const good = workbook([HEAD.split(','), ['Q1', '审批', '局', '法']]);
const bomb = (text) => workbook([], { files: { 'xl/worksheets/sheet1.xml': text } });
const files = {
  'nothing but the head': [`${HEAD}\n`],
  'an unknown column': ['code,nonsense\nA,B\n'],
  'a column twice': ['code,code\nA,B\n'],
  'an open quote': ['code,name\n"A,B\n'],
  'a quote in a cell': ['code,name\nA"B,C\n'],
  'a lone CR': ['code,name\rA,B\r'],
  'no UTF-8': [Buffer.from([0x63, 0xd6, 0xd0])],
  'a NUL': ['code\0,name\nA,B\n'],
  'UTF-16': [Buffer.from('code,name\nA,B\n', 'utf16le')],
  'too many columns': [`${'a,'.repeat(64)}\n`],
  'no workbook': ['PK', XLSX],
  'half a workbook': [good.subarray(0, good.length - 30), XLSX],
  'a workbook without a sheet': [workbook([], { files: { 'xl/worksheets/sheet1.xml': null } }), XLSX],
  'a sheet that is no XML': [bomb('<worksheet><row>'), XLSX],
  'a DOCTYPE': [bomb('<!DOCTYPE a [<!ENTITY b "c">]><worksheet><row><c t="inlineStr"><is><t>&b;</t></is></c></row></worksheet>'), XLSX],
  'a bomb': [bomb(`<worksheet>${' '.repeat(1 << 27)}</worksheet>`), XLSX],
  'a text that is not there': [bomb('<worksheet><row><c t="s"><v>7</v></c></row></worksheet>'), XLSX],
  'a column too far': [bomb('<worksheet><row><c r="ZZZZZZZZZZZZZZZZ1"><v>7</v></c></row></worksheet>'), XLSX],
  'another checksum': [(() => { const bytes = archive([['xl/worksheets/sheet1.xml', '<a/>']]); bytes[14] ^= 1; bytes[bytes.lastIndexOf('PK\x01\x02') + 16] ^= 1; return bytes; })(), XLSX],
};
for (const [what, [body, type = CSV]] of Object.entries(files))
  test(`refused: ${what}`, async () => {
    const reply = await stage('approval_items', body, { type });
    assertProblem(reply, 422, 'invalid');
    assert.match(reply.body.errors[0].pointer, /^\/rows\/\d+/);
  });

test('who may, what, how large', async () => {
  const { owner, operator } = await people();
  assertProblem(await stage('approval_items', lines('A,B,C,D,,,,'), { key: owner }), 403, 'forbidden');
  assertProblem(await stage('nothing', lines('A,B,C,D,,,,')), 404, 'not-found');
  assertProblem(await stage('approval_items', '{}', { type: 'application/json' }), 415, 'media-type');
  assertProblem(await stage('approval_items', Buffer.alloc((16 << 20) + 1, 'a')), 413, 'too-large');
  assertProblem(await stage('approval_items', ''), 422, 'invalid');
  assertProblem(await call('GET', '/v1/imports', { key: owner }), 403, 'forbidden');
  assertProblem(await call('GET', `/v1/imports/${'0'.repeat(32)}`, { key: operator }), 404, 'not-found');
  assertProblem(await apply('0'.repeat(32), '0'.repeat(64)), 404, 'not-found');
});

test('a file that was sent twice is the same import', async () => {
  const body = lines(`${newTag()},审批,局,法,,,,`);
  const idempotency = newTag();
  const first = must(await stage('approval_items', body, { idempotency }));
  assert.deepEqual(must(await stage('approval_items', body, { idempotency })), first);
  assertProblem(await stage('approval_items', `${body}\r\n`, { idempotency }), 422, 'idempotency-key-reused');
});
