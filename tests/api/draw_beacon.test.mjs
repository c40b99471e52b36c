// Draws that nobody has to trust us for: witnesses have seen every step, and the last
// randomness is a round of drand or a pulse, from a relay or carried in by hand.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, must, until } from './client.mjs';
import { cosignatures } from './witness.mjs';
import { trusted } from './trusted.mjs';
import { Relay } from '../tools/relay.mjs';

const FROM = '2026-03-02T01:00:00Z';
const LEVEL = 'test'; // nobody's chain is pinned but quicknet

describe('with a witness and drand', { concurrency: 1 }, () => {
  let world, it;
  before(async () => {
    world = await trusted({ beacon_timeout_s: 1 });
    it = world.it;
    await it.policy(world.policy());
    await it.category();
  });
  after(async () => {
    assert.deepEqual((await it.fsck()).findings, []);
    const { status, said } = world.check();
    assert.equal(status, 0, said);
    await world.stop();
  });

  const aDraw = (until_, more) => it.aDraw({ entrants: 3, beacon: 'drand', policy: world.policy(), until: until_, giveBeacon: () => {}, ...more });
  const bring = (draw, body) => it.call('POST', `/v1/draws/${draw.id}/beacon`, { body });

  test('a draw is played, and proved', async () => {
    const draw = await aDraw('closed');
    const { shown } = draw;
    const { chain } = world.relay;
    assert.deepEqual([shown.outcome, shown.beacon, shown.beacon_source, shown.quorum], ['result', 'drand', chain.hash, 1]);
    const due = Date.parse(shown.reveal_by) / 1000 + shown.beacon_delay;
    assert.equal(shown.beacon_round, chain.roundAt(due), 'nobody chose the round');
    assert.equal(Date.parse(shown.beacon_time) / 1000, chain.timeOf(shown.beacon_round));
    assert.equal(shown.beacon_value, world.relay.round(shown.beacon_round).randomness);

    const { status, verdict, said, files } = await world.prove(draw.id, draw.parties);
    assert.equal(status, 0, said);
    assert.deepEqual([verdict.level, verdict.findings], [LEVEL, []], said);
    assert.ok(!verdict.caps.includes('unwitnessed') && !verdict.caps.includes('unsealed'), said);
    for (const mark of ['declared', 'locked', 'sealed', 'closed'])
      assert.equal(cosignatures(files.get(`log/${mark}`).toString()).filter(({ name }) => name.startsWith('witness.')).length, 1, mark);
    const declare = files.get('declare.txt').toString();
    assert.match(declare, new RegExp(`^witness witness\\.example/1 [0-9a-f]{64}\\nquorum 1$`, 'm'));
    assert.match(declare, new RegExp(`^beacon drand ${chain.hash} ${shown.beacon_round}$`, 'm'));
  });

  test('no other round is taken, and none that is forged; by hand the right one is', async () => {
    const draw = await aDraw('sealed');
    world.relay.answers.push((path) => path.endsWith(`/public/${draw.shown.beacon_round}`) && [404, '{}']);
    assertProblem(await bring(draw, world.relay.round(draw.shown.beacon_round)), 409, 'too-early');
    await until(() => Date.now() > Date.parse(draw.shown.beacon_time) + 1000, 'the round');
    const round = draw.shown.beacon_round;
    const good = world.relay.round(round), next = world.relay.round(round + 1);
    const flipped = good.signature.replace(/.$/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16));
    for (const [body, slug] of [
      [next, 'beacon-mismatch'],
      [{ ...next, round }, 'beacon-mismatch'],
      [{ ...good, signature: flipped }, 'beacon-mismatch'],
      [{ ...good, signature: good.signature.slice(2) }, 'invalid'],
      [{ ...good, signature: good.signature.toUpperCase() }, 'invalid'],
      [{ round }, 'invalid'],
      [{ signature: good.signature }, 'invalid'],
      [{ value: '1'.repeat(25), attestations: [] }, 'invalid'],
      [{ pulse: {} }, 'invalid'],
      [{ ...good, previous_signature: '' }, 'invalid'],
    ])
      assertProblem(await bring(draw, body), 422, slug);
    const taken = must(await bring(draw, { ...good, randomness: '00' }));
    assert.deepEqual([taken.value, taken.state], [good.randomness, 'closed']);
    assert.ok(taken.receipt);
    assertProblem(await bring(draw, good), 409, 'exists');
    assertProblem(await bring(draw, next), 422, 'beacon-mismatch');
    assert.equal((await world.prove(draw.id, draw.parties)).status, 0);
  });

  // What a relay may answer in place of the value.
  const lies = (round) => [[200, JSON.stringify(world.relay.round(round + 1))], [200, 'x'.repeat(100_000)], [200, ''],
    [200, '<html>busy'], [302, ''], [500, ''], [0]];

  test('a relay that lies is asked again, and told once', async () => {
    const draw = await aDraw('sealed');
    const round = draw.shown.beacon_round;
    const path = `/${world.relay.chain.hash}/public/${round}`;
    const mark = it.logMark();
    const left = lies(round);
    world.relay.answers.push((asked) => asked === path && left.shift());
    await it.waitFor(draw, 'closed');
    assert.equal(left.length, 0);
    const told = it.diaryText(mark).match(new RegExp(`"beacon_silent".*"${draw.id}"`, 'g'));
    assert.equal(told?.length, 2, 'of each of both relays');
    assert.equal((await world.prove(draw.id, draw.parties)).status, 0);
  });

  test('another relay is asked when the first has nothing to say', async () => {
    const liar = await new Relay().start();
    let lie;
    liar.answers.push(() => lie);
    await it.stopDaemon();
    it.configure({ drand_relays: `${liar.url},${world.relay.url}` });
    await it.start();
    for (lie of [[200, ''], [0]]) {
      const draw = await aDraw('closed');
      assert.ok(liar.asked.some((path) => path.endsWith(`/${draw.shown.beacon_round}`)), 'the liar was asked');
    }
    liar.stop();
  });

  test('what is cancelled when it could be known shows who would have been drawn', async () => {
    const { supervisor, auditor } = await it.people();
    const draw = await aDraw('sealed');
    let held = draw.shown.beacon_round;
    world.relay.answers.push((path) => path.endsWith(`/public/${held}`) && [404, '{}']);
    await it.twoPersons(supervisor, auditor, 'draw.cancel', draw.id, { explanation: '项目取消', evidence: 'ab'.repeat(32) });
    const stopped = await until(async () => {
      const seen = must(await it.call('GET', `/v1/draws/${draw.id}`), 200);
      return seen.state === 'stopped' && seen;
    }, 'it is stopped');
    assert.deepEqual([stopped.reason, stopped.outcome, stopped.detail], ['cancelled', null, 'ab'.repeat(32)]);
    assertProblem(await it.call('POST', '/v1/proposals', { key: supervisor,
      body: { act: 'draw.cancel', subject: draw.id, payload: { explanation: 'x' } } }), 409, 'wrong-state');
    held = -1;
    const closed = await until(async () => {
      const seen = must(await it.call('GET', `/v1/draws/${draw.id}`), 200);
      return seen.state === 'closed' && seen;
    }, 'the value');
    assert.deepEqual([closed.outcome, closed.reason, closed.known, closed.result_hash], ['void', 'cancelled', true, null]);
    const { status, verdict, said, files } = await world.prove(draw.id, draw.parties);
    assert.equal(status, 0, said);
    assert.equal(verdict.attempts.at(-1).entries[0].role, 'shadow-selected', said);
    assert.match(files.get('close.txt').toString(), new RegExp(`detail ${'ab'.repeat(32)}\nknown yes`));
  });
});

describe('in a rehearsal', { concurrency: 1 }, () => {
  let world, it;
  before(async () => {
    world = await trusted({}, { witnesses: 0, rehearsal: FROM });
    it = world.it;
  });
  after(async () => {
    assert.deepEqual((await it.fsck()).findings, []);
    const { status, said } = world.check();
    assert.equal(status, 0, said);
    await world.stop();
  });

  async function play(beacon) {
    await it.policy(world.policy({ quorum: 0 }));
    await it.category();
    const draw = await it.aDraw({ entrants: 3, beacon, policy: world.policy({ quorum: 0 }), until: 'signed-up', signup_s: 60 });
    await it.moveTo(draw.notice.signup_close);
    const drafted = await it.waitFor(draw, 'drafted');
    await it.moveTo(drafted.draft_until);
    const declared = await it.waitFor(draw, 'declared');
    for (const name of Object.keys(draw.parties))
      must(await draw.commit(name));
    await it.moveTo(declared.commit_by);
    await it.waitFor(draw, 'locked');
    for (const name of Object.keys(draw.parties))
      must(await draw.reveal(name));
    await it.waitFor(draw, 'sealed');
    await it.moveTo(declared.beacon_time);
    return Object.assign(draw, { shown: await it.waitFor(draw, 'closed') });
  }

  test('a pulse is taken, and travels with the pack', async () => {
    const { shown, id, parties } = await play('nist');
    assert.equal(shown.beacon_source, world.relay.nist.id);
    assert.equal(Date.parse(shown.beacon_time) % 60_000, 0);
    const { pulse } = world.relay.pulse(Date.parse(shown.beacon_time) / 1000);
    assert.equal(shown.beacon_value, pulse.outputValue.toLowerCase());
    const { status, said, files } = await world.prove(id, parties);
    assert.equal(status, 0, said);
    assert.deepEqual(JSON.parse(files.get('pulse.json')), pulse);
    const [, digest] = files.get('beacon.txt').toString().match(/^nist [0-9a-f]{128} ([0-9a-f]{64})$/m);
    assert.deepEqual(must(await it.call('GET', `/log/texts/${digest}`), 200, 'bytes'), files.get('pulse.json'));
  });

  test('a round is taken', async () => {
    const { id, parties } = await play('drand');
    const { status, verdict, said } = await world.prove(id, parties);
    assert.equal(status, 0, said);
    assert.ok(verdict.caps.includes('unwitnessed'), said);
  });
});
