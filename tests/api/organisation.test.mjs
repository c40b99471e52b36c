// Organisations: who takes part, enrolled by the administrator alone.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { adminCall, assertProblem, call, must, people, region } from './client.mjs';
import { newUscc } from './keys.mjs';

const newId = () => `org-${randomBytes(6).toString('hex')}`;
const enrol = (body, options) => adminCall('POST', '/v1/organisations', { body, ...options });

test('an organisation is enrolled once and shown to anybody', async () => {
  const body = { id: newId(), name: '示例县水利局', affiliation_group: 'county', region: await region(), uscc: newUscc() };
  const reply = await enrol(body);
  const made = must(reply);
  assert.equal(reply.headers.get('location'), `/v1/organisations/${body.id}`);
  assert.deepEqual({ ...body, state: 'active', seq: 1, event_index: made.event_index }, made);
  assert.deepEqual(must(await call('GET', `/v1/organisations/${body.id}`), 200), made);
  assertProblem(await enrol(body), 409, 'exists');
});

test('only the administrator enrols, nobody else', async () => {
  const { operator } = await people();
  const body = { id: newId(), name: '他人' };
  assertProblem(await call('POST', '/v1/organisations', { body, key: operator }), 403, 'forbidden');
  assertProblem(await call('POST', '/v1/organisations', { body }), 401, 'unauthenticated');
  assertProblem(await call('GET', `/v1/organisations/${body.id}`), 404, 'not-found');
});

test('a repeated request is the same act, another body is refused', async () => {
  const body = { id: newId(), name: '一次' };
  const first = must(await enrol(body, { idempotency: body.id }));
  assert.deepEqual(must(await enrol(body, { idempotency: body.id })), first);
  assertProblem(await enrol({ ...body, name: '两次' }, { idempotency: body.id }), 422, 'idempotency-key-reused');
  assertProblem(await enrol(body, { idempotency: null }), 428, 'precondition-required');
});

const faults = {
  'a region that is not there': [{ id: 'x', name: '无', region: 'nowhere' }, '/region', 'unknown'],
  'no id': [{ name: '无' }, '/id', 'missing'],
  'no name': [{ id: 'x' }, '/name', 'missing'],
  'an id that is no token': [{ id: 'a b', name: '无' }, '/id', 'bounds'],
  'an id of 65 bytes': [{ id: 'a'.repeat(65), name: '无' }, '/id', 'bounds'],
  'an empty name': [{ id: 'x', name: '' }, '/name', 'bounds'],
  'a name of 101 characters': [{ id: 'x', name: '名'.repeat(101) }, '/name', 'bounds'],
  'a name with a blank end': [{ id: 'x', name: '名 ' }, '/name', 'form'],
  'a name with a zero-width space': [{ id: 'x', name: '名\u200b称' }, '/name', 'form'],
  'a name that is a number': [{ id: 'x', name: 5 }, '/name', 'form'],
  'a region of 33 bytes': [{ id: 'x', name: '无', region: 'r'.repeat(33) }, '/region', 'bounds'],
  'a member nobody knows': [{ id: 'x', name: '无', state: 'active' }, '', 'unknown-member'],
  'the administrator\'s own id': [{ id: 'kleroterion', name: '无' }, '/id', 'reserved'],
};
for (const [what, [body, pointer, code]] of Object.entries(faults))
  test(`refused: ${what}`, async () => {
    const reply = await enrol(body);
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map((error) => [error.pointer, error.code]), [[pointer, code]]);
  });

test('names and ids at their limits are taken', async () => {
  must(await enrol({ id: newId().padEnd(64, 'x'), name: '名'.repeat(100), region: await region('r'.repeat(32)) }));
});
