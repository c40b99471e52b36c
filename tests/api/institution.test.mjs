// Institutions: the roll, kept by the operator.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { assertProblem, call, institution, must, people, sql, twoPersons } from './client.mjs';
import { newUscc, usccFrom } from './keys.mjs';

const admit = async (body, options) =>
  call('POST', '/v1/institutions', { key: (await people()).operator, body, ...options });

test('an institution is admitted once, by its credit code', async () => {
  const body = { uscc: newUscc(), name: '示例咨询有限公司', affiliation_group: `g-${randomBytes(4).toString('hex')}` };
  const reply = await admit(body);
  const made = must(reply);
  assert.equal(reply.headers.get('location'), `/v1/institutions/${body.uscc}`);
  assert.deepEqual([made.id, made.name, made.state], [body.uscc, body.name, 'active']);
  assert.deepEqual(must(await call('GET', `/v1/institutions/${body.uscc}`), 200), made);
  const { items } = must(await call('GET', `/v1/institutions?affiliation_group=${body.affiliation_group}`), 200);
  assert.deepEqual(items, [made]);
  assertProblem(await admit(body), 409, 'exists');
});

test('only an operator admits', async () => {
  const { owner, supervisor } = await people();
  const body = { uscc: newUscc(), name: '无' };
  for (const key of [owner, supervisor])
    assertProblem(await admit(body, { key }), 403, 'forbidden');
  assertProblem(await admit(body, { key: null }), 401, 'unauthenticated');
  assertProblem(await call('GET', `/v1/institutions/${body.uscc}`), 404, 'not-found');
});

test('a wrong check digit, letter or length is no credit code', async () => {
  const good = usccFrom('360700', 'MA12B45C');
  const other = good.endsWith('0') ? '1' : '0';
  for (const uscc of [good.slice(0, 17) + other, good.toLowerCase(), good.slice(0, 17), `${good}0`,
    `I${good.slice(1)}`, '', 91]) {
    const reply = await admit({ uscc, name: '无' });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/uscc', 'form']]);
  }
});

test('a name has 256 bytes at most: it is a line of names.txt', async () => {
  must(await admit({ uscc: newUscc(), name: 'a'.repeat(256) }));
  must(await admit({ uscc: newUscc(), name: `${'名'.repeat(85)}a` }));
  for (const name of ['a'.repeat(257), `${'名'.repeat(85)}ab`, '𠮷'.repeat(65)]) {
    const reply = await admit({ uscc: newUscc(), name });
    assertProblem(reply, 422, 'invalid');
    assert.equal(reply.body.errors[0].pointer, '/name');
  }
  for (const name of ['甲\n乙', ' 甲', '甲\u3000', '甲\u202e乙', '甲\ufeff', 'a\u007f', '']) {
    const reply = await admit({ uscc: newUscc(), name });
    assertProblem(reply, 422, 'invalid');
    assert.equal(reply.body.errors[0].pointer, '/name');
  }
});

test('two persons suspend and restore it, each once', async () => {
  const { operator, supervisor, auditor, owner } = await people();
  const who = await institution({ categories: [] });
  const state = async () => must(await call('GET', `/v1/institutions/${who.uscc}`), 200).state;
  const propose = (key, act, payload = { reason: '资质过期' }, subject = who.uscc) =>
    call('POST', '/v1/proposals', { key, body: { act, subject, payload } });
  assertProblem(await propose(operator, 'institution.restore'), 409, 'wrong-state');
  assertProblem(await propose(owner, 'institution.suspend'), 403, 'forbidden');
  assertProblem(await propose(operator, 'institution.suspend', undefined, newUscc()), 404, 'not-found');
  for (const payload of [{}, { reason: '' }, { reason: '因'.repeat(501) }, { reason: '因', until: 1 }])
    assertProblem(await propose(operator, 'institution.suspend', payload), 422, 'invalid');
  const late = must(await propose(supervisor, 'institution.suspend'));
  await twoPersons(operator, supervisor, 'institution.suspend', who.uscc, { reason: '因'.repeat(500) });
  assert.equal(await state(), 'suspended');
  assertProblem(await propose(operator, 'institution.suspend'), 409, 'wrong-state');
  assertProblem(await call('POST', `/v1/proposals/${late.id}/approval`, { key: auditor, body: { digest: late.digest } }),
    409, 'wrong-state');
  await twoPersons(supervisor, auditor, 'institution.restore', who.uscc, { reason: '已换证' });
  assert.equal(await state(), 'active');
  const kinds = await sql(`SELECT kind FROM log_entry WHERE subject = '${who.uscc}' AND kind LIKE 'institution.%' ORDER BY idx`);
  assert.deepEqual(kinds, ['institution.admitted', 'institution.suspended', 'institution.restored']);
});
