// What becomes of a draw whose witnesses fall silent, at each of its steps: protocol
// §3. The witness is of this process, and cosigns when it is told to.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { assertProblem, must, until } from './client.mjs';
import { keyFrom } from './keys.mjs';
import { trusted } from './trusted.mjs';
import { cosignatures, Pretender } from './witness.mjs';

const HEARD_MS_MAX = 60_000;

let world, it, witness;
before(async () => {
  world = await trusted({}, { make: async (_it, _log, nth) => new Pretender(`witness.example/${nth}`).start() });
  [witness] = world.witnesses;
  it = world.it;
  await it.policy(world.policy());
  await it.category();
});
afterEach(speak);
after(async () => {
  assert.deepEqual((await it.fsck()).findings, []);
  await world.stop();
});

const good = ({ text }) => [200, witness.cosign(text)];
async function speak() {
  witness.add = good;
  const { asked } = witness;
  const size = Number((must(await it.call('GET', '/log/checkpoint'), 200, 'text')).split('\n')[1]);
  // It is asked again after a pause; until then nothing new is cosigned.
  await until(async () => {
    const note = must(await it.call('GET', '/log/checkpoint'), 200, 'text');
    return cosignatures(note).some(({ name }) => name === witness.name) && Number(note.split('\n')[1]) >= size;
  }, `the witness is heard again (${asked})`, HEARD_MS_MAX);
}
const fallSilent = () => { witness.add = () => [503, '']; };

const aDraw = (until_, more) => it.aDraw({ entrants: 3, beacon: 'drand', policy: world.policy(), until: until_, giveBeacon: () => {}, ...more });
const shown = async (draw) => must(await it.call('GET', `/v1/draws/${draw.id}`), 200);
const ended = (draw) => until(async () => {
  const seen = await shown(draw);
  return seen.state === 'closed' && seen;
}, 'the end');
const reveal = async (draw, name) => {
  const reply = await until(async () => {
    const got = await draw.reveal(name);
    return got.body?.code !== 'too-early' && got;
  }, `the reveal of ${name}`);
  return must(reply);
};

async function proves(draw, { caps = [], findings = [] } = {}) {
  const { status, verdict, said, files } = await world.prove(draw.id, draw.parties);
  assert.deepEqual([verdict.findings.map(({ code }) => code), status], [findings, findings.length ? 1 : 0], said);
  for (const cap of ['unwitnessed', 'unsealed'])
    assert.equal(verdict.caps.includes(cap), caps.includes(cap), said);
  return { verdict, files, said };
}

test('nobody may ask for more witnesses than there are', async () => {
  const { owner } = await it.people();
  await it.policy(world.policy({ quorum: 2 }));
  const body = { title: '测试项目', service: '编制项目建议书', category: await it.category(), amount_max_fen: 1000, days_max: 20,
    deadline_unit: 'workday', select: 1, alternates: 2, beacon: 'drand', contact_name: '测试', contact_phone: '0000',
    signup_close: new Date(Date.now() + 60_000).toISOString().replace(/\.\d+/, '') };
  const refused = await it.call('POST', '/v1/notices', { key: owner, body, headers: { 'accept-language': 'en' } });
  assertProblem(refused, 422, 'witness-unavailable');
  assert.match(refused.body.detail, /2 cosignatures, and there are 1 witnesses/);
  await it.policy(world.policy());
});

// An owner who is a party of his draws, by the key of a witness.
async function ownerWith(klerod, { seed }) {
  const owner = await klerod.person('owner');
  await klerod.party(owner, 'owner', keyFrom(seed));
  return owner;
}

test('nobody is witness to a draw that he is a party of', async () => {
  const policy = world.policy({ optional_parties: ['owner'] });
  await it.policy(policy);
  const draw = await aDraw('signed-up', { owner: await ownerWith(it, witness), policy });
  const { body } = await until(async () => { // before the sign-up closes there is none
    const reply = await it.call('GET', `/v1/draws/${draw.id}`);
    return reply.body?.state === 'dropped' && reply;
  }, 'the end');
  assert.equal(body.reason, 'witness-missing');
});

test('a declaration that nobody has seen in time ends the attempt', async () => {
  const draw = await aDraw('drafted');
  fallSilent();
  await it.waitFor(draw, 'declared');
  for (const name of Object.keys(draw.parties))
    must(await draw.commit(name));
  const { outcome, reason } = await ended(draw);
  assert.deepEqual([outcome, reason], ['failed', 'unwitnessed']);
  const { files } = await proves(draw);
  assert.ok(!files.has('lock.txt'));
});

test('no reveal is taken before the lock was cosigned, nor is the attempt then kept', async () => {
  const draw = await aDraw('declared');
  for (const name of Object.keys(draw.parties))
    must(await draw.commit(name));
  await until(async () => Date.parse(draw.shown.commit_by) - Date.now() < 1000, 'almost the lock');
  fallSilent();
  await it.waitFor(draw, 'locked');
  const refused = await it.call('POST', `/v1/draws/${draw.id}/reveals`, { headers: { 'accept-language': 'en' },
    body: { party: 'operator', text: draw.revealText('operator') } });
  assertProblem(refused, 409, 'too-early');
  assert.match(refused.body.detail, /have not cosigned the lock/);
  const { outcome, reason } = await ended(draw);
  assert.deepEqual([outcome, reason], ['failed', 'unwitnessed']);
  const { files } = await proves(draw);
  assert.ok(files.has('lock.txt') && !files.has('seal.txt'));
});

test('a seal that nobody has seen in time stands, at level C, when every secret is revealed', async () => {
  const draw = await aDraw('locked');
  await reveal(draw, 'operator');
  fallSilent();
  must(await draw.reveal('supervisor'));
  const { outcome } = await ended(draw);
  assert.equal(outcome, 'result');
  assertProblem(await it.call('GET', `/v1/draws/${draw.id}/pack`), 409, 'too-early');
  await speak();
  await proves(draw, { caps: ['unsealed'] });
});

test('with a secret withheld it has failed, and the value shows who would have been drawn', async () => {
  const draw = await aDraw('locked');
  await reveal(draw, 'operator');
  await until(async () => Date.parse(draw.shown.reveal_by) - Date.now() < 1000, 'almost the seal');
  fallSilent();
  const { outcome, reason, known, result_hash } = await ended(draw);
  assert.deepEqual([outcome, reason, known, result_hash], ['failed', 'unsealed', true, null]);
  await speak();
  const { verdict, files, said } = await proves(draw);
  assert.match(files.get('seal.txt').toString(), /^secret supervisor withheld$/m);
  assert.ok(files.has('beacon.txt') && !files.has('seed.txt'));
  assert.equal(verdict.attempts.at(-1).entries[0].role, 'shadow-selected', said);
});

test('of many witnesses a draw declares as many as it may, and no party', async () => {
  const many = await trusted({}, { witnesses: 18, make: async (_it, _log, nth) => new Pretender(`witness.example/${nth}`).start() });
  const policy = many.policy({ optional_parties: ['owner'], quorum: 16 });
  await many.it.policy(policy);
  const owner = await ownerWith(many.it, many.witnesses[2]);
  const draw = await many.it.aDraw({ entrants: 3, beacon: 'drand', policy, until: 'declared', giveBeacon: () => {}, owner });
  const names = String(await draw.text('declare.txt')).match(/(?<=^witness )\S+/gm);
  await many.stop();
  assert.deepEqual(names, many.witnesses.map(({ name }) => name).filter((_, i) => i !== 2 && i !== 17).sort());
});
