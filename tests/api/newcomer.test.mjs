// A person registers an institution by himself: no operator has to do with it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as shared from './client.mjs';
import { adminCall, assertProblem, call, daemon, must } from './client.mjs';
import { digestOf, pdf, uploading } from './evidences.mjs';
import { sha256 } from './keys.mjs';
import { byCookie, persons } from './persons.mjs';
import { registering } from './registering.mjs';

const { keeper, body, act } = registering(shared);
const { upload } = uploading(shared);
const { setUp, login } = persons({ call, adminCall });
const newCode = () => randomBytes(16).toString('hex');
const register = (sent, options) => call('POST', '/v1/registrations', { idempotency: null, body: sent, ...options });
const standing = async ({ id }) => must(await call('GET', `/v1/registrations/${id}`), 200);

test('domain 1: registers, sets a password, logs in, is told all defects, mends them, is passed', async () => {
  await keeper();
  const code = newCode();
  const given = await body({ kind: undefined, address: undefined, licence: digestOf('licence of a newcomer') });
  const draft = must(await register({ ...given, setup_hash: sha256(code) }));
  assert.equal(draft.setup, undefined); // the code is his own: nobody tells it
  const person = await login(await setUp({ code }));
  assert.deepEqual((({ organisation, role }) => [organisation, role])(must(await call('GET', '/v1/accounts/me', { key: person }), 200)),
    [draft.id, 'institution']);

  const lacking = await act(person, draft, 'submission');
  assertProblem(lacking, 422, 'invalid');
  assert.deepEqual(lacking.body.errors.map(({ pointer, code: what }) => [pointer, what]).sort(),
    [['/address', 'missing'], ['/kind', 'missing'], ['/licence', 'no-file']]);
  must(await upload(person, pdf('licence of a newcomer')));
  must(await act(person, draft, 'amendment', { ...given, kind: 'enterprise', address: '示例县中山路 2 号' }), 200);
  must(await act(person, draft, 'submission'), 200);

  const defects = [{ field: '/address', code: 'differs', words: '与执照不一致' }, { field: '/capital_fen', code: 'differs', words: '与执照不一致' }];
  must(await act(await keeper(), draft, 'return', { defects }), 200);
  const whole = must(await call('GET', `/v1/registrations/${draft.id}/whole`, { ...byCookie(person) }), 200);
  assert.deepEqual([whole.state, whole.defects], ['returned', defects]);
  must(await act(person, draft, 'amendment', { ...given, kind: 'enterprise', address: '示例县中山路 1 号', capital_fen: 5_000_000 }), 200);
  must(await act(person, draft, 'submission'), 200);
  must(await act(await keeper(), draft, 'pass'), 200);
  assert.equal((await standing(draft)).state, 'entered');

  const later = await login(person); // the same password, for the institution now
  assert.equal(must(await call('GET', '/v1/accounts/me', { key: later }), 200).organisation, given.uscc);
  must(await call('GET', `/v1/institutions/${given.uscc}`), 200);
});

test('the same body again is the same registration, and its code is still good', async () => {
  await keeper();
  const code = newCode();
  const sent = { ...await body(), setup_hash: sha256(code) };
  const first = must(await register(sent));
  assert.equal(must(await register(sent)).id, first.id);
  const person = await login(await setUp({ code }));
  assert.equal(must(await call('GET', '/v1/accounts/me', { key: person }), 200).organisation, first.id);
  assertProblem(await call('POST', '/v1/accounts/me/setup', { body: { code, login: `x-${newCode()}`, password: 'a long one indeed 1' } }), 401, 'unauthenticated');
});

test('refused: neither a key nor a code, both, a code that another has', async () => {
  await keeper();
  const [hash, key] = [sha256(newCode()), sha256(newCode())];
  for (const holder of [{}, { setup_hash: hash, key_hash: key }]) {
    const reply = await register({ ...await body(), ...holder });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map(({ pointer }) => pointer), ['/setup_hash']);
  }
  must(await register({ ...await body(), setup_hash: hash }));
  const reply = await register({ ...await body(), setup_hash: hash });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/setup_hash', 'taken']]);
  assertProblem(await register({ ...await body(), setup_hash: 'short' }), 422, 'invalid');
});

test('a password is not the name that is being registered', async () => {
  await keeper();
  const code = newCode();
  const given = await body();
  must(await register({ ...given, setup_hash: sha256(code) }));
  const reply = await call('POST', '/v1/accounts/me/setup', { body: { code, login: `u-${newCode()}`, password: `${given.name}1` } });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code: what }) => [pointer, what]), [['/password', 'known']]);
});

test('withdrawn or rejected, its person logs in no more', async () => {
  for (const how of ['withdrawal', 'rejection']) {
    const code = newCode();
    await keeper();
    const draft = must(await register({ ...await body(), setup_hash: sha256(code), licence: digestOf('one more') }));
    const person = await login(await setUp({ code }));
    must(await upload(person, pdf('one more')));
    must(await act(person, draft, 'submission'), 200);
    must(await act(how === 'rejection' ? await keeper() : person, draft, how, how === 'rejection' ? { reason: '查无此机构' } : {}), 200);
    assertProblem(await call('GET', '/v1/accounts/me', { key: person }), 401, 'unauthenticated');
    assertProblem(await call('POST', '/v1/sessions', { body: { login: person.login, password: person.password, recovery_code: person.recovery[0] } }), 401, 'unauthenticated');
  }
});

test('domain 88: who registers without log-in waits after so many an hour, his network alone; and is told how long', async () => {
  const it = await daemon({ registrations_network: 3, http_proxy: '127.0.0.1' });
  try {
    const its = registering(it);
    const reviewer = await its.keeper();
    const from = async (address, changes = {}) => it.call('POST', '/v1/registrations', { idempotency: null,
      headers: { 'x-forwarded-for': address }, body: { ...await its.body(), setup_hash: sha256(newCode()), ...changes } });
    const first = must(await from('192.0.2.1'));
    assertProblem(await from('192.0.2.2', { region: 'nowhere' }), 422, 'invalid'); // counts, too
    must(await from('192.0.2.200'));
    const late = await from('192.0.2.3');
    assertProblem(late, 429, 'too-many');
    const wait = Number(late.headers.get('retry-after'));
    assert.ok(wait > 1100 && wait <= 1200, String(wait)); // a third of an hour
    must(await from('198.51.100.1')); // another network
    must(await from('2001:db8:1::1'));
    // What anybody wrote is read by somebody before it is on the roll, and can be refused.
    const { uscc } = (await it.sql(`SELECT uscc FROM registration WHERE id = '${first.id}'`)).map((line) => ({ uscc: line }))[0];
    assertProblem(await it.call('GET', `/v1/institutions/${uscc}`), 404, 'not-found');
    const shown = must(await it.call('GET', `/v1/registrations/${first.id}`), 200);
    for (const hidden of ['name', 'address', 'contact_name', 'legal_representative', 'uscc'])
      assert.equal(shown[hidden], undefined, hidden);
    assert.ok(reviewer);
  } finally {
    await it.stop();
  }
});

test('in a rehearsal, whose months are seconds, nobody waits', async () => {
  const it = await daemon({ registrations_network: 1 }, { rehearsal: '2026-01-05T02:00:00Z' });
  try {
    const its = registering(it);
    for (let i = 0; i < 3; i++)
      await its.begin();
  } finally {
    await it.stop();
  }
});
