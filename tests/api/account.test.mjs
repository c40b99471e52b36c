// Accounts: who may call, with a key that only its holder has.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { adminCall, assertProblem, call, institution, logMark, must, people, person, sql } from './client.mjs';
import { newUscc, sha256 } from './keys.mjs';

const newToken = () => randomBytes(32).toString('hex');
const bodyOf = (organisation, role, token = newToken()) => ({ organisation, role, key_hash: sha256(token) });
const create = (body) => adminCall('POST', '/v1/accounts', { body });

async function newOrganisation() {
  const id = `org-${randomBytes(6).toString('hex')}`;
  return must(await adminCall('POST', '/v1/organisations', { body: { id, name: '某单位' } })).id;
}

test('a key opens what its role may do, and tells whose it is', async () => {
  const organisation = await newOrganisation();
  const token = newToken();
  const made = must(await create(bodyOf(organisation, 'owner', token)));
  assert.deepEqual([made.state, made.role, made.organisation], ['active', 'owner', organisation]);
  assert.deepEqual(must(await call('GET', '/v1/accounts/me', { key: token }), 200),
    { id: made.id, organisation, role: 'owner' });
  assertProblem(await call('GET', '/v1/accounts/me'), 401, 'unauthenticated');
  assertProblem(await call('GET', '/v1/accounts/me', { key: newToken() }), 401, 'unauthenticated');
});

test('the hash of a key is in no answer and not in the log', async () => {
  const organisation = await newOrganisation();
  const body = bodyOf(organisation, 'owner');
  const reply = await create(body);
  assert.equal(must(reply).key_hash, undefined);
  const [count] = await sql(`SELECT COUNT(*) FROM log_entry WHERE bytes LIKE '%${body.key_hash}%'`);
  assert.equal(count, '0');
  const [data] = await sql(`SELECT JSON_VALUE(bytes, '$.data.private') FROM log_entry
    WHERE subject = '${reply.body.id}'`);
  assert.match(data, /^[0-9a-f]{64}$/);
  const [salt] = await sql(`SELECT LOWER(HEX(salt)) FROM event_private WHERE event_index = ${reply.body.event_index}`);
  const hidden = Buffer.from(`{"key_hash":"${body.key_hash}"}`);
  assert.equal(sha256(Buffer.concat([Buffer.from(salt, 'hex'), hidden])), data);
});

test('a key is used by one account over all time', async () => {
  const organisation = await newOrganisation();
  const body = bodyOf(organisation, 'owner');
  const { id } = must(await create(body));
  assertProblem(await create(body), 409, 'exists');
  must(await adminCall('POST', `/v1/accounts/${id}/revocation`, { body: {} }), 200);
  assertProblem(await create(body), 409, 'exists');
});

test('a revoked key opens nothing any more', async () => {
  const { operator } = await people();
  const who = await person('owner');
  assertProblem(await call('POST', `/v1/accounts/${who.account}/revocation`, { key: operator, body: {} }), 404, 'not-found');
  const revoked = must(await adminCall('POST', `/v1/accounts/${who.account}/revocation`, { body: {} }), 200);
  assert.deepEqual([revoked.state, revoked.seq], ['revoked', 2]);
  assertProblem(await call('GET', '/v1/accounts/me', { key: who }), 401, 'unauthenticated');
  assertProblem(await adminCall('POST', `/v1/accounts/${who.account}/revocation`, { body: {} }), 409, 'wrong-state');
  assertProblem(await adminCall('POST', '/v1/accounts/nobody/revocation', { body: {} }), 404, 'not-found');
});

// What klerod remembers of a key is looked at again in the writer.
test('a revoked key does nothing any more, and is not told again what it did', async () => {
  const who = await person('operator');
  const act = (idempotency) => call('POST', '/v1/institutions',
    { key: who, idempotency, body: { uscc: newUscc(), name: '示例咨询有限公司' } });
  const ask = { key: who, idempotency: 'again', body: { uscc: newUscc(), name: '示例咨询有限公司' } };
  const made = must(await call('POST', '/v1/institutions', ask));
  assert.deepEqual(must(await call('POST', '/v1/institutions', ask)), made);
  must(await adminCall('POST', `/v1/accounts/${who.account}/revocation`, { body: {} }), 200);
  assertProblem(await call('POST', '/v1/institutions', ask), 401, 'unauthenticated');
  for (const idempotency of ['first', 'second'])
    assertProblem(await act(idempotency), 401, 'unauthenticated');
});

test('an operator brings in institutions, and nobody else', async () => {
  const { operator, owner } = await people();
  const who = await institution();
  const body = bodyOf(who.uscc, 'institution');
  assertProblem(await call('POST', '/v1/accounts', { key: owner, body }), 403, 'forbidden');
  const { id } = must(await call('POST', '/v1/accounts', { key: operator, body }));
  must(await call('POST', `/v1/accounts/${id}/revocation`, { key: operator, body: {} }), 200);
  for (const role of ['owner', 'supervisor', 'auditor', 'operator'])
    assertProblem(await call('POST', '/v1/accounts', { key: operator, body: bodyOf(owner.organisation, role) }),
      403, 'forbidden');
});

test('an account belongs to somebody who is there', async () => {
  for (const [organisation, role] of [['nowhere', 'owner'], [newUscc(), 'institution'],
    [(await people()).owner.organisation, 'institution']]) {
    const reply = await create(bodyOf(organisation, role));
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual([reply.body.errors[0].pointer, reply.body.errors[0].code], ['/organisation', 'unknown']);
  }
});

test('domain 75: operator, supervisor and auditor are three organisations', async () => {
  const organisation = await newOrganisation();
  const { id } = must(await create(bodyOf(organisation, 'operator')));
  must(await create(bodyOf(organisation, 'operator')));
  must(await create(bodyOf(organisation, 'owner')));
  assertProblem(await create(bodyOf(organisation, 'supervisor')), 409, 'conflict');
  assertProblem(await create(bodyOf(organisation, 'auditor')), 409, 'conflict');
  must(await adminCall('POST', `/v1/accounts/${id}/revocation`, { body: {} }), 200);
  assertProblem(await create(bodyOf(organisation, 'supervisor')), 409, 'conflict');
});

test('refused: a role or a hash that is none', async () => {
  const organisation = await newOrganisation();
  const good = bodyOf(organisation, 'owner');
  for (const [member, value] of [['role', 'admin'], ['role', 'service'], ['role', ''], ['key_hash', 'ab'],
    ['key_hash', good.key_hash.toUpperCase()], ['key_hash', 7]]) {
    const reply = await create({ ...good, [member]: value });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [[`/${member}`, 'form']]);
  }
});

test('a key is not in the diary', async () => {
  const mark = logMark();
  const token = newToken();
  const organisation = await newOrganisation();
  must(await create(bodyOf(organisation, 'owner', token)));
  await call('GET', '/v1/accounts/me', { key: token });
  const { readFileSync } = await import('node:fs');
  const diary = readFileSync(`${process.env.KLERO_HOME}/klerod.log`, 'utf8').slice(mark);
  assert.ok(!diary.includes(token));
});

test('belonging together, too, they are not two of operator, supervisor, auditor', async () => {
  const group = `g-${randomBytes(4).toString('hex')}`;
  const organisation = async (name) => must(await adminCall('POST', '/v1/organisations',
    { body: { id: `${name}-${randomBytes(4).toString('hex')}`, name, affiliation_group: group } })).id;
  const [one, other] = [await organisation('one'), await organisation('other')];
  must(await create(bodyOf(one, 'operator')));
  for (const role of ['supervisor', 'auditor'])
    assertProblem(await create(bodyOf(other, role)), 409, 'conflict');
  must(await create(bodyOf(other, 'operator')));
  must(await create(bodyOf(other, 'owner')));
});

test('the administrator sees who may call, and nobody else', async () => {
  const { operator, auditor } = await people();
  const organisation = await newOrganisation();
  const [one, other] = [must(await create(bodyOf(organisation, 'owner'))), must(await create(bodyOf(organisation, 'reviewer')))];
  const { items } = must(await adminCall('GET', `/v1/accounts?organisation=${organisation}`), 200);
  assert.deepEqual(items, [one, other].sort((a, b) => (a.id < b.id ? -1 : 1)));
  assert.ok(items.every((item) => !('key_hash' in item)));
  assert.equal(must(await adminCall('GET', '/v1/accounts?limit=2'), 200).items.length, 2);
  for (const key of [operator, auditor])
    assertProblem(await call('GET', '/v1/accounts', { key }), 403, 'forbidden');
  assertProblem(await call('GET', '/v1/accounts'), 401, 'unauthenticated');
});
