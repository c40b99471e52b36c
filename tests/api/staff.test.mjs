// Staff: of one institution alone, insured, masked.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as shared from './client.mjs';
import { assertProblem, call, must, people, sql } from './client.mjs';
import { digestOf, registering } from './registering.mjs';

const { keeper, entered, submitted } = registering(shared);
const member = (changes = {}) => ({ kind: '注册咨询工程师(投资)', valid_until: '2090-12-31', insured_months: 3, evidence: digestOf('statement'),
  person_name: '诸葛亮', person_number: `36070019800101${randomBytes(2).toString('hex')}`, registration_number: '咨登3620190001'.replace(/[^0-9]/g, 'Z'), ...changes });
const employ = (who, body) => call('POST', '/v1/staff', { key: who, body });
const leave = (who, { id }, options) => call('POST', `/v1/staff/${id}/departure`, { key: who, body: {}, ...options });

test('domain 6: nobody works for two institutions, until he has left one', async () => {
  const [one, two] = [await entered(), await entered()];
  const body = member();
  const here = must(await employ(one, body));
  assert.deepEqual([here.state, here.institution], ['employed', one.uscc]);
  for (const who of [two, one])
    assertProblem(await employ(who, { ...body, person_name: '又名' }), 409, 'exists');
  assertProblem(await leave(two, here), 404, 'not-found');
  assertProblem(await leave(one, here, { headers: { 'if-match': '"3"' } }), 412, 'precondition-failed');
  must(await leave(one, here), 200);
  assertProblem(await leave(one, here), 409, 'wrong-state');
  const there = must(await employ(two, body));
  must(await leave(await keeper(), there), 200); // who keeps the roll ends what is left standing
});

test('of two that employ him at once one does', async () => {
  const [one, two] = [await entered(), await entered()];
  const body = member();
  const replies = await shared.queued(() => employ(one, body), () => employ(two, body));
  const [first, second] = replies.sort((left, right) => left.status - right.status);
  must(first);
  assertProblem(second, 409, 'exists');
});

test('domain 6: three months of insurance, as the policy says', async () => {
  const who = await entered();
  const few = await employ(who, member({ insured_months: 2 }));
  assertProblem(few, 422, 'invalid');
  assert.deepEqual(few.body.errors.map(({ pointer, code }) => [pointer, code]), [['/insured_months', 'policy']]);
  const here = must(await employ(who, member()));
  const insure = (body) => call('POST', `/v1/staff/${here.id}/insurance`, { key: who, body });
  assertProblem(await insure({ insured_months: 2, evidence: digestOf('later') }), 422, 'invalid');
  assert.equal(must(await insure({ insured_months: 15, evidence: digestOf('later') }), 200).insured_months, 15);
});

test('domain 89: others see who works there, masked; the log has digests', async () => {
  const who = await entered();
  const body = member();
  must(await employ(who, body));
  const page = await call('GET', `/v1/institutions/${who.uscc}/staff`);
  assert.deepEqual(page.body.items.map(({ person_name, person_number, registration_number }) => [person_name, person_number, registration_number]),
    [['诸*', `**************${body.person_number.slice(-4)}`, `${'*'.repeat(body.registration_number.length - 4)}${body.registration_number.slice(-4)}`]]);
  const texts = [page.text, ...await sql("SELECT CONVERT(bytes USING utf8mb4) FROM log_entry WHERE kind LIKE 'staff_member.%'")];
  for (const text of texts)
    for (const secret of ['诸葛亮', body.person_number, body.registration_number])
      assert.ok(!text.includes(secret), secret);
  const whole = (key) => call('GET', `/v1/institutions/${who.uscc}/staff/whole`, { key });
  for (const key of [who, await keeper(), (await people()).auditor])
    assert.deepEqual(must(await whole(key), 200).items.map(({ person_number }) => person_number), [body.person_number]);
  assertProblem(await whole(await entered()), 404, 'not-found');
  assertProblem(await whole((await people()).owner), 403, 'forbidden');
  assert.ok(!must(await whole(who), 200, 'text').includes('"person":'), 'the digest is nobody\'s business');
});

test('refused: expired, full-width, hidden, of somebody who is not on the roll', async () => {
  const who = await entered();
  for (const [change, pointer] of [[{ valid_until: '2020-01-01' }, '/valid_until'], [{ valid_until: '2090-02-30' }, '/valid_until'],
    [{ person_number: '３６０７００' }, '/person_number'], [{ person_number: '123' }, '/person_number'], [{ person_name: '甲\u202e' }, '/person_name'],
    [{ registration_number: '1'.repeat(33) }, '/registration_number'], [{ insured_months: 1201 }, '/insured_months'], [{ person: 'p:x' }, ''],
    [{ institution: 'x' }, ''], [{ state: 'left' }, '']]) {
    const reply = await employ(who, member(change));
    assertProblem(reply, 422, 'invalid');
    assert.equal(reply.body.errors[0].pointer, pointer, JSON.stringify(change));
  }
  assertProblem(await employ(await submitted(), member()), 403, 'forbidden');
  assertProblem(await employ(await keeper(), member()), 403, 'forbidden');
});
