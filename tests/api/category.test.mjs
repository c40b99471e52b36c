// Categories: the kinds of service that may be bought.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertProblem, call, home, must, people, program } from './client.mjs';
import { root } from './installation.mjs';

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
  writeFileSync(file, `code,service,unit,suggested_workdays\r\n${codes[0]},"甲,""乙""",wd,20\n${codes[1]},丙,-,\n`);
  assert.deepEqual(load(), { status: 0, stdout: `${codes.join('\n')}\n`, stderr: '' });
  const one = must(await call('GET', `/v1/categories/${codes[0]}`), 200);
  assert.deepEqual([one.service, one.unit, one.suggested_days], ['甲,"乙"', 'workday', '20']);
  assert.deepEqual(load(), { status: 0, stdout: `${codes.join('\n')}\n`, stderr: '' });
  writeFileSync(file, `code,service\n${codes[0]},丁\n`);
  const refused = load();
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /409/);
  for (const text of ['', 'nothing,here\n', 'code,service\nX1\n', 'code,service\nX1,"open\n', 'code,service\nX1,"a"b\n']) {
    writeFileSync(file, text);
    assert.equal(load().status, 2, JSON.stringify(text));
  }
});

test('the file of categories that comes along is good', async () => {
  const { operator } = await people();
  const folder = mkdtempSync(join(home, 'csv-'));
  const key = join(folder, 'api.key');
  const file = join(folder, 'all.csv');
  const tag = randomBytes(3).toString('hex');
  const text = readFileSync(join(root, 'ops/data/categories.csv'), 'utf8');
  writeFileSync(key, operator.token);
  writeFileSync(file, text.replaceAll(/^([A-Z]\d\d),/gm, `$1${tag},`));
  const { status, stdout, stderr } = program('klero',
    ['admin', '--url', process.env.KLERO_URL, '--key', key, 'categories', file]);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(stdout.trim().split('\n').length, text.trim().split('\n').length - 1);
});
