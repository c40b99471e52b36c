// Parties: keys enrolled from their own organisation, approved by an auditor.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem, call, institution, must, origin, party, people, person, policy, twoPersons } from './client.mjs';
import { enrolment, newKey } from './keys.mjs';

// Keys are enrolled under names of the policy in force, beside those who draw.
const names = { draw: { optional_parties: ['owner', 'entrants', 'notary'] } };
const propose = (who, payload, subject = who.organisation) =>
  call('POST', '/v1/proposals', { key: who, body: { act: 'party.enrol', subject, payload } });
const payloadOf = (who, name, key = newKey()) => enrolment(origin, who.organisation, name, key);

test('a key is enrolled, shown and retired', async () => {
  const { auditor } = await people();
  await policy(names);
  const owner = await person('owner');
  const { key } = await party(owner, 'owner');
  const [made] = must(await call('GET', `/v1/parties?organisation=${owner.organisation}`), 200).items;
  assert.deepEqual([made.state, made.party, made.organisation, made.public_key],
    ['enrolled', 'owner', owner.organisation, key.public_key]);
  assert.deepEqual(must(await call('GET', `/v1/parties/${made.id}`), 200), made);
  await twoPersons(owner, auditor, 'party.retire', made.id, { reason: 'lost' });
  assert.equal(must(await call('GET', `/v1/parties/${made.id}`), 200).state, 'retired');
  const again = await call('POST', '/v1/proposals', { key: owner,
    body: { act: 'party.retire', subject: made.id, payload: { reason: 'lost' } } });
  assertProblem(again, 409, 'wrong-state');
  assertProblem(await propose(owner, payloadOf(owner, 'owner', key)), 409, 'exists');
});

test('two parties with one key are refused, also in the same moment', async () => {
  const { auditor } = await people();
  await policy(names);
  const [one, other] = [await person('owner'), await person('owner')];
  const key = newKey();
  const first = must(await propose(one, payloadOf(one, 'owner', key)));
  const second = must(await propose(other, payloadOf(other, 'owner', key)));
  const approve = ({ id, digest }) => call('POST', `/v1/proposals/${id}/approval`, { key: auditor, body: { digest } });
  const replies = await Promise.all([approve(first), approve(second)]);
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409]);
  assertProblem(replies.find(({ status }) => status === 409), 409, 'exists');
});

test('bad public keys are refused', async () => {
  await policy(names);
  const owner = await person('owner');
  const good = payloadOf(owner, 'owner');
  const bad = ['00'.repeat(32), `01${'00'.repeat(31)}`, `${'ff'.repeat(31)}7f`, `ec${'ff'.repeat(30)}7f`,
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'];
  for (const public_key of bad)
    assertProblem(await propose(owner, { ...good, public_key }), 422, 'bad-public-key');
  for (const public_key of ['ab', good.public_key.toUpperCase().padEnd(64, 'A')])
    assertProblem(await propose(owner, { ...good, public_key }), 422, 'invalid');
});

test('only its holder enrols a key, and for his own organisation', async () => {
  const { auditor } = await people();
  await policy(names);
  const owner = await person('owner');
  const other = await person('owner');
  const key = newKey();
  const good = payloadOf(owner, 'owner', key);
  for (const payload of [enrolment(origin, other.organisation, 'owner', key), enrolment('other.example/log', owner.organisation, 'owner', key),
    { ...payloadOf(owner, 'owner'), public_key: good.public_key }, { ...payloadOf(owner, 'notary', key), party: 'owner' },
    { ...good, signature: '0'.repeat(128) }])
    assertProblem(await propose(owner, payload), 422, 'bad-signature');
  assertProblem(await propose(owner, { ...good, signature: 'ab' }), 422, 'invalid');
  assertProblem(await propose(owner, good, other.organisation), 403, 'forbidden');
  assertProblem(await propose(auditor, payloadOf(auditor, 'owner')), 403, 'forbidden');
});

test('everybody is the party that he is', async () => {
  const { operator, supervisor } = await people();
  await policy(names);
  const owner = await person('owner');
  for (const [who, name] of [[owner, 'operator'], [owner, 'supervisor'], [supervisor, 'owner'], [operator, 'supervisor']])
    assert.ok([403, 409].includes((await propose(who, payloadOf(who, name))).status), name);
  assertProblem(await propose(owner, payloadOf(owner, 'supervisor')), 403, 'forbidden');
  const fresh = await person('operator');
  assertProblem(await propose(fresh, payloadOf(fresh, 'entrants')), 403, 'forbidden');
  assertProblem(await propose(fresh, payloadOf(fresh, 'supervisor')), 403, 'forbidden');
  const clerk = await person('reviewer', fresh.organisation);
  assertProblem(await propose(clerk, payloadOf(clerk, 'entrants')), 403, 'forbidden');
  assertProblem(await propose(owner, payloadOf(owner, 'entrants')), 403, 'forbidden');
  const reply = await propose(owner, payloadOf(owner, 'stranger'));
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual([reply.body.errors[0].pointer, reply.body.errors[0].code], ['/payload/party', 'unknown']);
});

test('an organisation is one party only', async () => {
  await policy(names);
  const who = await institution();
  await party(who, 'entrants');
  await party(who, 'entrants'); // a new key beside the old one
  assertProblem(await propose(who, payloadOf(who, 'notary')), 409, 'conflict');
});

test('a key is retired by its own organisation', async () => {
  await policy(names);
  const owner = await person('owner');
  await party(owner, 'owner');
  const [{ id }] = must(await call('GET', `/v1/parties?organisation=${owner.organisation}`), 200).items;
  const retire = (key, subject, payload) => call('POST', '/v1/proposals', { key, body: { act: 'party.retire', subject, payload } });
  assertProblem(await retire(await person('owner'), id, { reason: 'no' }), 403, 'forbidden');
  assertProblem(await retire(owner, 'none', { reason: 'no' }), 404, 'not-found');
  assertProblem(await retire(owner, id, {}), 422, 'invalid');
  assertProblem(await retire(owner, id, { reason: 'x'.repeat(501) }), 422, 'invalid');
  must(await retire(owner, id, { reason: 'x'.repeat(500) }));
});
