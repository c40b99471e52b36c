// Policies: complete, adopted by two persons, in force by region and day.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { assertProblem, call, must, people, policy, region } from './client.mjs';
import { defaultPolicy, shanghaiDate } from './builders.mjs';
import { canonical, sha256 } from './keys.mjs';

const newVersion = () => `v${randomBytes(6).toString('hex')}`;
const propose = async (payload, { key, subject } = {}) => call('POST', '/v1/proposals', { key: key ?? (await people()).supervisor,
  body: { act: 'policy.adopt', subject: subject ?? `${payload.region}-${payload.version}`, payload } });

async function adopt(payload) {
  const { auditor } = await people();
  const { id, digest } = must(await propose(payload));
  return call('POST', `/v1/proposals/${id}/approval`, { key: auditor, body: { digest } });
}

const ofRegion = async () => region(`p${randomBytes(6).toString('hex')}`);
const inForce = (code, on) => call('GET', `/v1/regions/${code}/policy?on=${on}`);
const today = () => shanghaiDate(new Date());

test('a policy is adopted whole, and is then in force', async () => {
  const wanted = { ...defaultPolicy(), region: await ofRegion(), version: newVersion() };
  must(await adopt(wanted), 200);
  const [first] = must(await call('GET', '/v1/policies?limit=1'), 200).items;
  assert.deepEqual(first.policy, wanted);
  assert.equal(first.id, `${wanted.region}-${wanted.version}`);
  assert.equal(first.digest, sha256(canonical(wanted)));
  assert.deepEqual(must(await call('GET', `/v1/policies/${first.id}`), 200), first);
  assert.deepEqual(must(await inForce(wanted.region, today()), 200), first);
  assertProblem(await propose(wanted), 409, 'exists');
});

test('domain 90: a policy binds from its day on, in its region and below', async () => {
  const above = await ofRegion();
  const below = await region(`q${randomBytes(6).toString('hex')}`, above);
  const version = async (code, effective_from) => {
    const wanted = { ...defaultPolicy(), region: code, version: newVersion(), effective_from };
    must(await adopt(wanted), 200);
    return `${code}-${wanted.version}`;
  };
  const idOn = async (code, on) => must(await inForce(code, on), 200).id;
  const first = await version(above, '2026-01-01');
  assert.equal(await idOn(below, '2026-01-01'), first);
  const later = await version(above, '2027-01-01');
  assert.deepEqual([await idOn(below, '2026-12-31'), await idOn(below, '2027-01-01')], [first, later]);
  const own = await version(below, '2026-06-01');
  assert.deepEqual([await idOn(below, '2026-05-31'), await idOn(below, '2026-06-01'), await idOn(below, '2027-01-01')],
    [first, own, own]);
  assert.equal(await idOn(above, '2026-06-01'), first);
  const again = await version(above, '2026-01-01');
  assert.equal(await idOn(above, '2026-06-01'), again, 'of one day the one adopted later');
  await policy(); // there is one in the region above them all
  assert.equal(must(await inForce(above, '2025-12-31'), 200).region, 'demo');
  assertProblem(await inForce('cn', '2026-06-01'), 409, 'no-policy');
  assertProblem(await inForce('nowhere', '2026-06-01'), 404, 'not-found');
  for (const query of ['', '?on=2026-6-1', '?on=2026-02-30', '?on=2009-12-31', '?on=2026-06-01&off=1'])
    assertProblem(await call('GET', `/v1/regions/${above}/policy${query}`), 422, 'invalid');
});

test('a policy that inherits is completed when it is proposed', async () => {
  const base = { ...defaultPolicy(), region: await ofRegion(), version: newVersion(), effective_from: '2026-01-01' };
  must(await adopt(base), 200);
  const code = await region(`q${randomBytes(6).toString('hex')}`, base.region);
  const stated = { region: code, version: newVersion(), effective_from: '2026-07-01',
    entry: { form_check: { n: 1, unit: 'workday' } } };
  const inherits = `${base.region}-${base.version}`;
  const made = must(await propose({ inherits, ...stated }));
  const whole = { ...base, ...stated, entry: { ...base.entry, ...stated.entry } };
  assert.deepEqual(made.payload, whole);
  assert.equal(made.digest, sha256(canonical({ act: 'policy.adopt', subject: `${code}-${stated.version}`, payload: whole })));
  assert.equal(made.changes.against, inherits);
  assert.deepEqual(made.changes.members.map(({ path, effect, before, after }) => [path, effect, before, after]), [
    ['region', 'changes', base.region, code], ['version', 'changes', base.version, stated.version],
    ['effective_from', 'changes', '2026-01-01', '2026-07-01'],
    ['entry.form_check', 'tightens', { n: 2, unit: 'workday' }, { n: 1, unit: 'workday' }]]);
  const { auditor } = await people();
  must(await call('POST', `/v1/proposals/${made.id}/approval`, { key: auditor, body: { digest: made.digest } }), 200);
  assert.deepEqual(must(await inForce(code, '2026-07-01'), 200).policy, whole);
  for (const name of ['nothing', 'a b', 5, null])
    assert.deepEqual((await propose({ inherits: name, ...stated, version: newVersion() })).body.errors
      .map(({ pointer, code: what }) => [pointer, what]), [['/payload/inherits', 'unknown']]);
  const bad = await propose({ inherits, ...stated, version: newVersion(), entry: { form_check: 2 } });
  assert.deepEqual(bad.body.errors.map(({ pointer }) => pointer), ['/payload/entry/form_check']);
});

test('what is approved is what was shown to change', async () => {
  const { auditor, supervisor } = await people();
  const code = await ofRegion();
  const base = { ...defaultPolicy(), region: code, effective_from: '2026-01-01' };
  const first = must(await propose({ ...base, version: newVersion() }));
  must(await adopt({ ...base, version: newVersion(), two_person_hours: 25 }), 200);
  assertProblem(await call('POST', `/v1/proposals/${first.id}/approval`, { key: auditor, body: { digest: first.digest } }), 409, 'conflict');
  assert.equal(must(await call('GET', `/v1/proposals/${first.id}`), 200).state, 'proposed');
  must(await call('POST', `/v1/proposals/${first.id}/withdrawal`, { key: supervisor, body: {} }), 200);
});

test('a policy of a region that is not there is refused', async () => {
  const reply = await propose({ ...defaultPolicy(), region: 'nowhere', version: newVersion() });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/payload/region', 'unknown']]);
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
  must(await propose(changed({ region: await region('r'.repeat(32)), version: newVersion().padEnd(31, 'x') })));
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

test('every number of a policy says what it is, in both languages', async () => {
  const { items } = must(await call('GET', '/v1/policy-members'), 200);
  const leaves = (value, path, known) => known.has(path) || !value || typeof value !== 'object' ? [path]
    : Object.entries(value).flatMap(([name, one]) => leaves(one, path ? `${path}.${name}` : name, known));
  const paths = items.map(({ path }) => path);
  assert.deepEqual(leaves(defaultPolicy(), '', new Set(paths)).sort(), [...paths].sort());
  for (const member of items) {
    for (const words of [member.name, member.sentence, member.source]) {
      assert.match(words.zh, /\p{Script=Han}/u, member.path);
      assert.match(words.en, /[a-z]/, member.path);
    }
    assert.deepEqual(must(await call('GET', `/v1/policy-members/${member.path}`), 200), member);
  }
  assertProblem(await call('GET', '/v1/policy-members/draw'), 404, 'not-found');
});
