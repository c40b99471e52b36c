// Notices: what owners ask for, under the policy in force.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { aNotice, assertProblem, call, category, daemon, must, people, person, policy, sql } from './client.mjs';

const inSeconds = (s) => new Date(Date.now() + s * 1000).toISOString().replace(/\.\d+Z/, 'Z');
async function bodyOf(changes = {}) {
  return { title: '环评报告编制', service: '编制\n并通过评审', category: await category(), amount_max_fen: 5_000_000, days_max: 20,
    deadline_unit: 'workday', select: 1, alternates: 2, beacon: 'none', signup_close: inSeconds(3600), ...changes };
}
const publish = async (body, key) => call('POST', '/v1/notices', { key: key ?? (await people()).owner, body });
const newCode = () => `2026-360702-${randomBytes(6).toString('hex')}`;

test('a notice is published with a number, bound to the policy in force', async () => {
  const { owner } = await people();
  const { region, version } = await policy();
  const body = await bodyOf({ project_code: newCode(), contact_name: '张三', contact_phone: '0797-1234567' });
  const reply = await publish(body);
  const made = must(reply);
  assert.equal(reply.headers.get('location'), `/v1/notices/${made.id}`);
  for (const [name, value] of Object.entries(body))
    assert.deepEqual(made[name], value, name);
  assert.match(made.number, new RegExp(`^ZJ-${region}-20\\d\\d-\\d{6}$`));
  assert.deepEqual([made.state, made.owner, made.policy, made.region], ['open', owner.organisation, `${region}-${version}`, region]);
  const next = must(await publish(await bodyOf()));
  assert.equal(Number(next.number.slice(-6)), Number(made.number.slice(-6)) + 1);
});

test('the contact is in no public answer, and the log has a digest of it', async () => {
  const made = await aNotice({ signup_s: 3600, contact_name: '李四九', contact_phone: '0797-7654321' });
  const { body, text } = await call('GET', `/v1/notices/${made.id}`);
  assert.equal(body.contact_name, undefined);
  assert.ok(!text.includes('李四九'));
  const [leaf] = await sql(`SELECT CONVERT(bytes USING utf8mb4) FROM log_entry WHERE subject = '${made.id}'`);
  assert.ok(!leaf.includes('李四九') && !leaf.includes('7654321'));
  assert.match(JSON.parse(leaf).data.private, /^[0-9a-f]{64}$/);
  assert.ok(!must(await call('GET', '/v1/notices'), 200).items.some((one) => 'contact_name' in one));
});

test('notices are listed, the newest first, by state, owner and category', async () => {
  const { owner } = await people();
  const made = await aNotice({ signup_s: 3600 });
  for (const query of ['', `&owner=${owner.organisation}`, '&state=open', `&category=${made.category}`]) {
    const { items } = must(await call('GET', `/v1/notices?limit=200${query}`), 200);
    assert.equal(items.filter(({ id }) => id === made.id).length, 1, query);
    const numbers = items.map(({ number }) => number);
    assert.deepEqual(numbers, [...numbers].sort().reverse());
  }
  const bad = await call('GET', `/v1/notices?owner=${owner.organisation}&state=open`);
  assertProblem(bad, 422, 'invalid');
});

test('at their limits they are taken', async () => {
  await policy();
  must(await publish(await bodyOf({ title: '题'.repeat(200), service: '文'.repeat(4000), select: 100000, alternates: 100000,
    amount_max_fen: 2 ** 53 - 1, days_max: 3650, project_code: newCode().padEnd(64, 'x'), requirement: 'r'.repeat(4000) })));
  must(await publish(await bodyOf({ select: 1, alternates: 0, amount_max_fen: 1, days_max: 1 })));
});

const faults = {
  'no title': [{ title: undefined }, '/title', 'missing'],
  'a title of 201 characters': [{ title: '题'.repeat(201) }, '/title', 'bounds'],
  'a title of two lines': [{ title: '一\n二' }, '/title', 'form'],
  'a service of 4001 characters': [{ service: '文'.repeat(4001) }, '/service', 'bounds'],
  'no such category': [{ category: 'nothing' }, '/category', 'unknown'],
  'nobody selected': [{ select: 0 }, '/select', 'bounds'],
  '100001 selected': [{ select: 100001 }, '/select', 'bounds'],
  '100001 alternates': [{ alternates: 100001 }, '/alternates', 'bounds'],
  'no money': [{ amount_max_fen: 0 }, '/amount_max_fen', 'bounds'],
  'no days': [{ days_max: 0 }, '/days_max', 'bounds'],
  '3651 days': [{ days_max: 3651 }, '/days_max', 'bounds'],
  'another unit': [{ deadline_unit: 'month' }, '/deadline_unit', 'form'],
  'the number of another notice as its project': [{ project_code: 'ZJ-demo-2026-000001' }, '/project_code', 'reserved'],
  'a code that is no token': [{ project_code: '项目' }, '/project_code', 'bounds'],
  'a local time': [{ signup_close: '2027-01-01T08:00:00+08:00' }, '/signup_close', 'form'],
  'a day that does not exist': [{ signup_close: '2027-02-30T08:00:00Z' }, '/signup_close', 'form'],
  'a close in the past': [{ signup_close: '2020-01-01T00:00:00Z' }, '/signup_close', 'too-early'],
  'a close in two years': [{ signup_close: inSeconds(2 * 366 * 86400) }, '/signup_close', 'too-late'],
  'a beacon nobody knows': [{ beacon: 'moon' }, '/beacon', 'form'],
  'a template without a public beacon': [{ template: 'dice25' }, '/template', 'form'],
  'a public beacon without a template': [{ beacon: 'public' }, '/template', 'missing'],
  'a template the policy does not have': [{ beacon: 'public', template: 'coins' }, '/template', 'unknown'],
  'its own number': [{ number: 'ZJ-demo-2026-000001' }, '', 'unknown-member'],
};
for (const [what, [changes, pointer, code]] of Object.entries(faults))
  test(`refused: ${what}`, async () => {
    await policy();
    const reply = await publish(await bodyOf(changes));
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map((error) => [error.pointer, error.code]), [[pointer, code]]);
  });

test('the sign-up lasts as long as the policy wants', async () => {
  await policy({ notice: { signup_min: { n: 1, unit: 'hour' } } });
  must(await publish(await bodyOf({ signup_close: inSeconds(3610) })));
  const reply = await publish(await bodyOf({ signup_close: inSeconds(3590) }));
  assertProblem(reply, 422, 'invalid');
  assert.equal(reply.body.errors[0].code, 'too-early');
  await policy();
});

test('the beacons of the policy, and those it does not allow', async () => {
  await policy({ draw: { beacons: ['drand', 'nist', 'public'], beacon_default: 'drand' } });
  for (const beacon of ['drand', 'nist'])
    must(await publish(await bodyOf({ beacon })));
  must(await publish(await bodyOf({ beacon: 'public', template: 'dice25' })));
  for (const [changes, draw] of [[{ beacon: 'public', template: 'dice25' }, { beacons: ['none'] }],
    [{ beacon: 'drand' }, { beacons: ['none'] }], [{ beacon: 'nist' }, { beacons: ['none'] }],
    [{ beacon: 'none' }, { level_c_reason: null }], [{ beacon: 'none' }, { beacons: ['public'], beacon_default: 'public' }]]) {
    await policy({ draw });
    const reply = await publish(await bodyOf(changes));
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual([reply.body.errors[0].pointer, reply.body.errors[0].code], ['/beacon', 'policy']);
  }
  await policy();
});

test('more alternates than the policy allows', async () => {
  await policy({ draw: { alternates_max: 5 } });
  must(await publish(await bodyOf({ alternates: 5 })));
  assertProblem(await publish(await bodyOf({ alternates: 6 })), 422, 'invalid');
  await policy();
});

test('no cosignature without a witness', async () => {
  await policy({ draw: { quorum: 1 } });
  assertProblem(await publish(await bodyOf()), 422, 'witness-unavailable');
  await policy();
});

test('every required party has a key, the owner his own', async () => {
  await policy({ draw: { required_parties: ['operator', 'supervisor', 'owner'] } });
  const reply = await publish(await bodyOf(), await person('owner'));
  assertProblem(reply, 409, 'party-missing');
  assert.match(reply.body.detail, /owner/);
  await policy();
});

test('a public beacon needs somebody who may attest it', async () => {
  const it = await daemon();
  try {
    const { owner, supervisor, auditor } = await it.people();
    const { items: [{ id }] } = must(await it.call('GET', '/v1/parties?party=supervisor'), 200);
    await it.policy({ draw: { required_parties: ['operator', 'notary'], optional_parties: ['supervisor', 'entrants'] } });
    await it.party(await it.person('reviewer'), 'notary');
    const body = await bodyOf({ beacon: 'public', template: 'dice25', category: await it.category() });
    must(await it.call('POST', '/v1/notices', { key: owner, body }));
    await it.twoPersons(supervisor, auditor, 'party.retire', id, { reason: 'lost' });
    assertProblem(await it.call('POST', '/v1/notices', { key: owner, body }), 409, 'party-missing');
    must(await it.call('POST', '/v1/notices', { key: owner, body: { ...body, beacon: 'none', template: undefined } }));
    await it.party(await it.person('reviewer'), 'entrants');
    must(await it.call('POST', '/v1/notices', { key: owner, body }));
  } finally {
    await it.stop();
  }
});

test('one notice of a project', async () => {
  await policy();
  const body = await bodyOf({ project_code: newCode() });
  must(await publish(body));
  assertProblem(await publish(body), 409, 'exists');
  assertProblem(await publish(body, await person('owner')), 409, 'exists');
});

test('only an owner publishes', async () => {
  const { operator, supervisor, auditor } = await people();
  for (const key of [operator, supervisor, auditor])
    assertProblem(await publish(await bodyOf(), key), 403, 'forbidden');
  assertProblem(await call('GET', '/v1/notices/nothing'), 404, 'not-found');
  assertProblem(await call('GET', '/v1/notices/nothing/entrants'), 404, 'not-found');
});

test('before there is a policy, and when the numbers are used up, there is no notice', async () => {
  const it = await daemon();
  try {
    const id = 'first-owner';
    must(await it.adminCall('POST', '/v1/organisations', { body: { id, name: '业主' } }));
    const owner = await it.person('owner', id);
    assertProblem(await it.call('POST', '/v1/notices', { key: owner, body: await bodyOf() }), 409, 'no-region');
    await it.region();
    assertProblem(await it.call('POST', '/v1/notices', { key: owner, body: await bodyOf() }), 409, 'no-policy');
    // And after 999999 of a year there is none either.
    await it.policy();
    const { id: first } = await it.aNotice({ signup_s: 3600 });
    await it.sql(`UPDATE notice SET number = REPLACE(number, '000001', '999998') WHERE id = '${first}'`);
    assert.match((await it.aNotice({ signup_s: 3600 })).number, /-999999$/);
    const body = await bodyOf({ category: await it.category() });
    assertProblem(await it.call('POST', '/v1/notices', { key: (await it.people()).owner, body }), 409, 'conflict');
  } finally {
    await it.stop();
  }
});
