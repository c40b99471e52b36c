// Exports: any list as CSV or as a sheet, that no spreadsheet takes for more.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertProblem, call, home, institution, must, people } from './client.mjs';
import { newUscc } from './keys.mjs';
import { csvRows } from './tables.mjs';

const newRegion = () => `x${randomBytes(4).toString('hex')}`;
async function items(region, all) {
  const { operator } = await people();
  for (const [i, members] of all.entries())
    must(await call('POST', '/v1/approval_items', { key: operator, body: { code: `${region}-${i}`, region, name: '审批', authority_name: '局', basis: '法', ...members } }));
}

test('a list is exported as CSV, guarded and marked as UTF-8', async () => {
  const region = newRegion();
  await items(region, [{ name: '=cmd|" /C calc"!A0' }, { name: '甲,"乙"' }, { steps: '一\n二', legal_days: 20, legal_unit: 'workday' },
    ...['+1', '-1', '@a'].map((name) => ({ name }))]);
  const reply = await call('GET', `/v1/approval_items?region=${region}&format=csv`);
  assert.equal(must(reply, 200, 'bytes').subarray(0, 3).toString('hex'), 'efbbbf');
  assert.match(reply.headers.get('content-type'), /^text\/csv; charset=utf-8/);
  assert.equal(reply.headers.get('content-disposition'), 'attachment; filename="approval_item.csv"');
  const [head, ...rows] = csvRows(reply.text.slice(1));
  assert.deepEqual(head.slice(0, 5), ['编码 code', '状态 state', '版本序号 seq', '日志序号 event_index', '名称 name']);
  assert.equal(rows.length, 6);
  const column = (name) => rows.map((row) => row[head.findIndex((one) => one.endsWith(` ${name}`))]);
  assert.deepEqual(column('name'), ['\'=cmd|" /C calc"!A0', '甲,"乙"', '审批', "'+1", "'-1", "'@a"]);
  assert.deepEqual([column('steps')[2], column('legal_days')[2], column('code')[0]], ['一\n二', '20', `${region}-0`]);
  for (const row of rows)
    assert.equal(row.length, head.length);
});

test('a list is exported as a sheet whose texts are texts', async () => {
  const region = newRegion();
  await items(region, [{ name: '=1+1 <b> & "c"' }, { legal_days: 20, legal_unit: 'workday' }]);
  const reply = await call('GET', `/v1/approval_items?region=${region}&format=xlsx`);
  assert.match(reply.headers.get('content-type'), /spreadsheetml\.sheet$/);
  const file = join(mkdtempSync(join(home, 'xlsx-')), 'a.xlsx');
  writeFileSync(file, must(reply, 200, 'bytes'));
  execFileSync('unzip', ['-tq', file]);
  const sheet = execFileSync('unzip', ['-p', file, 'xl/worksheets/sheet1.xml'], { encoding: 'utf8' });
  assert.ok(sheet.includes('<c t="inlineStr"><is><t xml:space="preserve">=1+1 &lt;b&gt; &amp; "c"</t></is></c>'), sheet);
  assert.ok(sheet.includes('<c><v>20</v></c>'));
  assert.equal(sheet.match(/<row>/g).length, 3);
  assert.equal(sheet.match(/<f>/), null);
});

test('page by page, and as JSON where that is said', async () => {
  const region = newRegion();
  await items(region, [{}, {}, {}]);
  const first = await call('GET', `/v1/approval_items?region=${region}&format=csv&limit=2`);
  const next = must(first, 200, 'headers').get('link').match(/^<([^>]+)>; rel="next"$/)[1];
  assert.match(next, /format=csv/);
  const codes = [first, await call('GET', next)].flatMap((reply) => csvRows(must(reply, 200, 'text').slice(1)).slice(1).map(([code]) => code));
  assert.deepEqual(codes, [0, 1, 2].map((i) => `${region}-${i}`));
  const json = await call('GET', `/v1/approval_items?region=${region}&format=json`);
  assert.deepEqual(json.body, (await call('GET', `/v1/approval_items?region=${region}`)).body);
});

test('a format that is none, and limits', async () => {
  for (const query of ['format=pdf', 'format=', 'format=CSV', 'format=csv&limit=5001', 'limit=201', 'format=csv&limit=0', 'format=csv&no=1'])
    assertProblem(await call('GET', `/v1/approval_items?${query}`), 422, 'invalid');
  must(await call('GET', '/v1/approval_items?format=csv&limit=5000'), 200, 'text');
});

test('domain 92: what is hidden stays so in a file', async () => {
  const { operator } = await people();
  const who = await institution({ categories: [] });
  const code = newRegion();
  must(await call('POST', '/v1/categories', { key: operator, body: { code, service: '测绘' } }));
  must(await call('POST', '/v1/listings', { key: who, body: { category: code, basis: '草稿中的依据' } }));
  assert.ok(!must(await call('GET', `/v1/listings?institution=${who.uscc}&format=csv`), 200, 'text').includes('草稿'));
  assert.ok(must(await call('GET', '/v1/own/listings?format=csv', { key: who }), 200, 'text').includes('草稿'));
  must(await call('POST', '/v1/institutions', { key: operator, body: { uscc: newUscc(), name: '示例' } }));
  assert.ok(!must(await call('GET', '/v1/notices?format=csv'), 200, 'text').includes('contact_phone'));
});
