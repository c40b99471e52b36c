// Whole draws: each way an attempt can end, and what its pack says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import {
  aDraw, assertProblem, call, category, drawOf, home, institution, must, party, people, person, policy, sql, until, waitFor,
} from './client.mjs';
import { attestation, pack, unzip, verified } from './evidence.mjs';
import { sha256 } from './keys.mjs';

const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: {
  objection: s(3), commit: s(4), reveal: s(4), optional_parties: ['owner'],
  delay_min_s: 1, delay_s: 2, withheld: 'continue',
} };
const DICE = '4162533615246134526163255';

// An owner who is a party, too: the draw's third.
async function three() {
  const owner = await person('owner');
  const asParty = await party(owner, 'owner');
  return { owner, parties: { ...(await people()).parties, owner: asParty } };
}
const begin = (members) => aDraw({ entrants: 3, policy: POLICY, until: 'declared', ...members });
const publicDraw = (members) => begin({ beacon: 'public', template: 'dice25', ...members });

async function commitAll(draw, names = Object.keys(draw.parties)) {
  for (const name of names)
    must(await draw.commit(name));
}
async function revealAll(draw, names = Object.keys(draw.parties)) {
  await waitFor(draw, 'locked');
  for (const name of names)
    must(await draw.reveal(name));
}
const give = async (draw, value, names) =>
  call('POST', `/v1/draws/${draw.id}/beacon`, { body: await attestation(draw, value, names) });
// The value, as soon as the beacon's time has come.
const giveInTime = (draw, value, names) => until(async () => {
  const reply = await give(draw, value, names);
  return reply.body?.code !== 'too-early' && reply;
}, 'the time of the beacon');
const close = async (draw) => (await draw.text('close.txt')).toString();
const seal = async (draw) => (await draw.text('seal.txt')).toString();

describe('a draw', { concurrency: 4 }, () => {
  before(async () => {
    await policy(POLICY);
    await category();
  });

  test('without a beacon ends in a result that anybody can check', async () => {
    const draw = await begin({ entrants: 5 });
    const committed = must(await draw.commit('operator'));
    assert.match(committed.receipt.text, /^klero\/1 receipt\norigin /);
    assert.match(committed.receipt.signature, /^[0-9a-f]{128}$/);
    must(await draw.commit('supervisor'));
    await revealAll(draw);
    const shown = await waitFor(draw, 'closed');
    assert.deepEqual([shown.outcome, shown.reason, shown.known], ['result', 'drawn', true]);
    assert.equal(shown.ranking.length, 3);
    assert.deepEqual(shown.ranking.map(({ alternate }) => alternate), [0, 1, 2]);
    const first = (await draw.text('result.txt')).toString().match(/^rank 1 \S+ (\S+) selected$/m)[1];
    assert.equal(shown.ranking[0].entry, first);
    for (const { name, sha256: digest } of shown.texts)
      assert.equal(sha256(await draw.text(name)), digest, name);
    const { stdout } = await verified(draw.id, draw.parties);
    assert.match(stdout, /C/);
    const once = await pack(draw.id);
    assert.ok(once.equals(await pack(draw.id)), 'the same pack each time');
    const files = unzip(once);
    assert.ok(!files.has('draft.txt'), 'no draft that is the roster');
    assert.deepEqual([...files.keys()], [...files.keys()].sort());
    assert.equal(sha256(files.get('declare.txt')), draw.declare);
  });

  test('with a public beacon waits for the value, and not for another', async () => {
    const { owner, parties } = await three();
    const draw = await publicDraw({ owner, parties, select: 2 });
    await commitAll(draw);
    await revealAll(draw);
    await waitFor(draw, 'sealed');
    assertProblem(await give(draw, DICE, ['operator', 'supervisor']), 409, 'too-early');
    const reply = await giveInTime(draw, DICE, ['supervisor', 'operator']);
    assert.equal(must(reply).state, 'closed');
    assert.match(reply.body.receipt.text, /^klero\/1 receipt\n/);
    assert.equal((await draw.text('seed.txt')).toString().split('\n')[2], `beacon public ${DICE}`);
    await verified(draw.id, parties);

    // The same once more is no news; another, signed, is put on record.
    assertProblem(await give(draw, DICE, ['owner', 'supervisor']), 409, 'exists');
    const other = DICE.replace('4', '5');
    const { event_index } = must(await give(draw, other, ['operator', 'supervisor']));
    const leaf = await until(async () => must(await call('GET',
      `/v1/events?limit=1&after=${event_index - 1}`), 200).items[0], 'the event');
    assert.ok(JSON.stringify(leaf).includes('draw.disputed'), JSON.stringify(leaf));
    await verified(draw.id, parties);
  });

  test('goes on when one withholds, and says so', async () => {
    const { owner, parties } = await three();
    const draw = await publicDraw({ owner, parties });
    await commitAll(draw);
    await revealAll(draw, ['supervisor', 'operator']);
    await waitFor(draw, 'sealed');
    assert.match(await seal(draw), /^secret owner withheld$/m);
    assertProblem(await giveInTime(draw, DICE, ['supervisor', 'owner']), 422, 'too-few-approvals');
    must(await giveInTime(draw, DICE, ['supervisor', 'operator']));
    const { stdout } = await verified(draw.id, parties);
    assert.match(stdout, /withheld/);
  });

  test('without a beacon is void when one withholds', async () => {
    const draw = await begin();
    await commitAll(draw);
    await revealAll(draw, ['operator']);
    await waitFor(draw, 'closed');
    assert.match(await close(draw), /^outcome void\nreason party\ndetail -\nknown yes$/m);
    assert.match(await seal(draw), /^secret supervisor withheld$/m);
    await verified(draw.id, draw.parties);
  });

  test('fails when nobody reveals', async () => {
    const draw = await begin();
    await commitAll(draw);
    await waitFor(draw, 'closed');
    assert.match(await close(draw), /^outcome failed\nreason withheld\ndetail -\nknown no$/m);
    await verified(draw.id, draw.parties);
  });

  test('fails with fewer than two commitments', async () => {
    const draw = await begin();
    await commitAll(draw, ['supervisor']);
    await waitFor(draw, 'closed');
    assert.match(await close(draw), /^outcome failed\nreason too-few\ndetail -\nknown no$/m);
    assert.ok(!unzip(await pack(draw.id)).has('lock.txt'));
    await verified(draw.id, draw.parties);
  });

  test('fails when a required party is absent', async () => {
    const { owner, parties } = await three();
    const draw = await begin({ owner, parties });
    await commitAll(draw, ['operator', 'owner']);
    await waitFor(draw, 'closed');
    assert.match(await close(draw), /^outcome failed\nreason absent$/m);
    await verified(draw.id, parties);
  });

  test('does without an optional party', async () => {
    const { owner, parties } = await three();
    const draw = await begin({ owner, parties });
    await commitAll(draw, ['operator', 'supervisor']);
    await revealAll(draw, ['operator', 'supervisor']);
    await waitFor(draw, 'closed');
    assert.match((await draw.text('lock.txt')).toString(), /^commit owner absent -$/m);
    assert.match(await seal(draw), /^secret owner absent$/m);
    await verified(draw.id, parties);
  });

  test('is tried again after it failed, as the next attempt', async () => {
    const project = `2026-360700-${sha256(String(Math.random())).slice(0, 12)}`;
    const { owner } = await people();
    const draw = await begin({ project_code: project });
    const again = () => call('POST', `/v1/notices/${draw.notice.id}/draws`, { key: owner, body: {} });
    assertProblem(await again(), 409, 'exists');
    assertProblem(await call('POST', `/v1/notices/${draw.notice.id}/draws`,
      { key: await person('owner'), body: {} }), 404, 'not-found');
    await waitFor(draw, 'closed');
    const next = must(await again());
    assert.deepEqual([next.attempt, next.previous, next.project, next.state], [2, draw.id, project, 'drafted']);
    assertProblem(await again(), 409, 'exists');
    const played = drawOf(draw.notice, draw.institutions, draw.parties, 2);
    assert.equal(played.id, next.id);
    await assert.rejects(sql(`UPDATE draw SET project_lock = '${project}' WHERE id = '${draw.id}'`),
      /one_attempt_holds_a_project/, 'two attempts may not hold a project');
    await waitFor(played, 'declared');
    await commitAll(played);
    await revealAll(played);
    await waitFor(played, 'closed');
    const declare = (await played.text('declare.txt')).toString();
    assert.match(declare, new RegExp(`^attempt 2\nprevious ${sha256(await draw.text('close.txt'))}$`, 'm'));
    assertProblem(await again(), 409, 'exists');
    assert.ok(unzip(await pack(played.id)).has('previous/1/close.txt'));
    await verified(played.id, draw.parties);
  });

  test('shows a pack only when it is closed', async () => {
    const draw = await begin();
    assertProblem(await call('GET', `/v1/draws/${draw.id}/pack`), 409, 'too-early');
    assertProblem(await call('GET', '/v1/draws/D-nowhere/pack'), 404, 'not-found');
    assertProblem(await call('GET', `/v1/draws/${draw.id}/texts/seal.txt`), 404, 'not-found');
    const { items } = must(await call('GET', `/v1/draws?notice=${draw.notice.id}`), 200);
    assert.deepEqual(items.map(({ id }) => id), [draw.id]);
  });
});

// A leaf holds a text of up to 32,768 bytes; a longer one stands as its digest.
test('a draw of many, whose names are too long for a leaf', async () => {
  await policy(POLICY);
  const institutions = await Promise.all(Array.from({ length: 130 }, (_, i) =>
    institution({ name: `${'示范'.repeat(40)}${String(i).padStart(3, '0')}号公司` })));
  const draw = await aDraw({ entrants: 130, institutions, policy: POLICY, signup_s: 12, until: 'declared' });
  const names = await draw.text('names.txt');
  assert.ok(names.length > 32768);
  const leaf = must(await call('GET', `/log/texts/${sha256(names)}`), 200, 'bytes');
  assert.ok(leaf.equals(names));
  await commitAll(draw);
  await revealAll(draw);
  await waitFor(draw, 'closed');
  await verified(draw.id, draw.parties);
});

// Nothing of ours: sh, sha256sum, sort.
test('a pack is checked by its own script', async () => {
  const draw = await aDraw({ entrants: 3, policy: POLICY });
  const folder = mkdtempSync(join(home, 'by-hand-'));
  for (const [name, bytes] of unzip(await pack(draw.id))) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  const run = () => spawnSync('sh', ['verify.sh'], { cwd: folder, encoding: 'utf8' });
  const good = run();
  assert.equal(good.status, 0, good.stdout + good.stderr);
  const result = join(folder, 'result.txt');
  writeFileSync(result, readFileSync(result, 'utf8').replace(' selected', ' not-selected'));
  assert.equal(run().status, 1);
});
