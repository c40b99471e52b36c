// Policies: complete, adopted by two persons, the newest in force.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { assertProblem, call, must, people, policy } from './client.mjs';
import { defaultPolicy } from './builders.mjs';
import { canonical, sha256 } from './keys.mjs';

const newVersion = () => `v${randomBytes(6).toString('hex')}`;
const propose = async (payload, { key, subject } = {}) => call('POST', '/v1/proposals', { key: key ?? (await people()).supervisor,
  body: { act: 'policy.adopt', subject: subject ?? `${payload.region}-${payload.version}`, payload } });

async function adopt(payload) {
  const { auditor } = await people();
  const { id, digest } = must(await propose(payload));
  return call('POST', `/v1/proposals/${id}/approval`, { key: auditor, body: { digest } });
}

test('a policy is adopted whole, and is then in force', async () => {
  const wanted = { ...defaultPolicy(), version: newVersion() };
  must(await adopt(wanted), 200);
  const [first] = must(await call('GET', '/v1/policies?limit=1'), 200).items;
  assert.deepEqual(first.policy, wanted);
  assert.equal(first.id, `${wanted.region}-${wanted.version}`);
  assert.equal(first.digest, sha256(canonical(wanted)));
  assert.deepEqual(must(await call('GET', `/v1/policies/${first.id}`), 200), first);
  assertProblem(await propose(wanted), 409, 'exists');
  await policy(); // and the one of the tests again
});

test('an operator may propose, others may not', async () => {
  const { operator, owner, auditor } = await people();
  const wanted = { ...defaultPolicy(), version: newVersion() };
  must(await propose(wanted, { key: operator }));
  for (const key of [owner, auditor])
    assertProblem(await propose(wanted, { key }), 403, 'forbidden');
});

test('the subject is the region and the version', async () => {
  const reply = await propose({ ...defaultPolicy(), version: newVersion() }, { subject: 'another' });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/payload/version', 'subject']]);
});

test('every member of the default profile must be there', async () => {
  const walk = (value, path) => value && typeof value === 'object' && !Array.isArray(value) && !('unit' in value)
    && !['templates', 'too_few', 'pause_max_days', 'weights', 'grades', 'reference'].includes(path.at(-1))
    ? Object.entries(value).flatMap(([name, one]) => walk(one, [...path, name])) : [path];
  for (const path of walk(defaultPolicy(), [])) {
    const without = { ...defaultPolicy(), version: newVersion() };
    const parent = path.slice(0, -1).reduce((at, name) => at[name], without);
    delete parent[path.at(-1)];
    const reply = await propose(without, { subject: 'x' });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map(({ pointer }) => pointer), [`/payload/${path.join('/')}`]);
  }
});

const s = (n, unit = 'second') => ({ n, unit });
const template = (alphabet, length) => ({ templates: { t: { alphabet, length } } });
const bounds = { // member of draw: [taken], [refused]
  min_entrants: [[1, 100000], [0, 100001, '3', 1.5]],
  weight_max: [[1, 1000], [0, 1001]],
  alternates_max: [[2, 100000], [1, 100001]],
  delay_s: [[30, 2592000], [29, 2592001]],
  quorum: [[0, 16], [-1, 17]],
  withheld: [['continue', 'void'], ['stop', null]],
  beacons: [[['drand'], ['drand', 'none']], [['none'], ['drand', 'drand'], ['moon', 'drand'], 'drand']],
  commit: [[s(1), s(366, 'day')], [s(0), s(367, 'day'), s(1, 'workday'), s(1, 'week'), { n: 1 }]],
  objection: [[s(1), s(366, 'day')], [s(0), s(367, 'day'), s(1, 'workday')]],
  reveal: [[s(1, 'hour')], [s(0), s(2, 'workday')]],
  required_parties: [[['operator', 'owner2'], ['supervisor', 'operator']],
    [['operator'], ['supervisor', 'notary'], ['operator', 'Supervisor'], ['operator', 'operator'], ['operator', 'owner']]],
  level_c_reason: [[null, 'small'], ['', 7]],
};
for (const [name, [taken, refused]] of Object.entries(bounds))
  test(`draw.${name} within its bounds`, async () => {
    const whole = (value) => ({ ...defaultPolicy(), version: newVersion(), draw: { ...defaultPolicy().draw, [name]: value } });
    for (const value of taken)
      must(await propose(whole(value)));
    for (const value of refused)
      assertProblem(await propose(whole(value)), 422, 'invalid');
  });

test('templates, dates, names and hours within their bounds', async () => {
  const changed = (change) => ({ ...defaultPolicy(), version: newVersion(), ...change });
  const drawn = (change) => changed({ draw: { ...defaultPolicy().draw, ...change } });
  must(await propose(drawn(template('01', 255))));
  must(await propose(changed({ effective_from: '2028-02-29', two_person_hours: 720 })));
  must(await propose(changed({ region: 'r'.repeat(32), version: newVersion().padEnd(31, 'x') })));
  for (const payload of [drawn(template('00', 5)), drawn(template('0 1', 5)), drawn(template('01', 0)), drawn(template('01', 256)),
    drawn(template('', 5)), drawn({ templates: { 'a b': { alphabet: '01', length: 5 } } }),
    changed({ effective_from: '2027-02-29' }), changed({ effective_from: '2027-1-1' }),
    changed({ two_person_hours: 0 }), changed({ two_person_hours: 721 }),
    changed({ region: 'r'.repeat(33) }), changed({ version: 'v'.repeat(32) }), changed({ levels_percent: ['x'] }),
    changed({ levels_percent: Array(17).fill(1) })])
    assertProblem(await propose(payload), 422, 'invalid');
});

test('a member that the profile does not have is refused, wherever it stands', async () => {
  const base = defaultPolicy();
  for (const change of [{ hello: 1 }, { draw: { ...base.draw, qourum: 0 } }, { draw: { ...base.draw, 'commit.by': 0 } }, { 'draw.quorum': 0 },
    { payment: { ...base.payment, due: { ...base.payment.due, hello: 1 } } }]) {
    const reply = await propose({ ...base, version: newVersion(), ...change });
    assertProblem(reply, 422, 'invalid');
    assert.equal(reply.body.errors.length, 1);
  }
  for (const weights of [{ time: { deep: 1 } }, { 'a b': 1 }, { time: [1] }, { time: 'a b' }, []]) {
    const reply = await propose({ ...base, version: newVersion(), credit: { ...base.credit, weights } });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/payload/credit/weights', 'form']]);
  }
});

test('a public beacon needs a party that may attest it', async () => {
  const base = defaultPolicy();
  const drawn = (draw) => ({ ...base, version: newVersion(), draw: { ...base.draw, ...draw } });
  const two = ['operator', 'owner'];
  must(await propose(drawn({ required_parties: two, optional_parties: ['entrants'] })));
  must(await propose(drawn({ required_parties: two, optional_parties: [], beacons: ['drand', 'none'] })));
  const reply = await propose(drawn({ required_parties: two, optional_parties: ['notary'] }));
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/payload/draw/beacons', 'form']]);
});

test('all that does not fit together is told at once', async () => {
  const base = defaultPolicy();
  const reply = await propose({ ...base, version: newVersion(), levels_percent: [90, 70, 120],
    draw: { ...base.draw, quorum: 17, alternates_max: 1 },
    payment: { due: { n: 31, unit: 'day' }, max: { n: 60, unit: 'day' } },
    credit: { ...base.credit, weights: { ...base.credit.weights, time: 31 } } });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer.slice('/payload'.length), code]), [
    ['/draw/quorum', 'bounds'], ['/payment/due', 'bounds'], ['/draw/alternates', 'bounds'], ['/levels_percent', 'form'],
    ['/credit/weights', 'form']]);
  assert.match(reply.body.errors[1].detail, / 0 .* 2592000 /);
});
