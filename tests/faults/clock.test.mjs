// The clock is wrong: by seconds, by years, from one moment to the next. No
// entry gets a time that goes back, none gets one that nobody can vouch for,
// and what was closed stays closed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertProblem, daemon, must, until } from '../api/client.mjs';
import { defaultPolicy } from '../api/builders.mjs';
import { evidence } from '../api/evidence.mjs';
import { chanceOf, long } from './chance.mjs';
import { fakeClock } from './faked.mjs';
import { History } from './history.mjs';
import { readLog } from './log.mjs';
import { judge } from './oracle.mjs';

const HOUR = 3600;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const SETTLED_MS = 300; // more than klerod needs to see a due act
const ROUNDS = long ? 12 : 1;
const JUMPS = long ? 6 : 1; // by chance, in each phase of a draw

// Seconds off, or a time; and whether klerod may go on with it.
const STEPS = [[1, true], [-1, true], [2.5, false], [-2.5, false], [HOUR, false], [-HOUR, false], [DAY, false],
  [-DAY, false], [YEAR, false], [-YEAR, false], ['1970-01-01T00:00:01Z', false], ['2038-01-19T03:14:07Z', false],
  ['2038-01-19T03:14:08Z', false], ['2028-02-29T12:00:00Z', false], ['2026-12-31T23:59:59Z', false]];

const { draw: { objection, commit, reveal }, notice: { signup_min } } = defaultPolicy();
const HOURS = { draw: { objection, commit, reveal }, notice: { signup_min } };

// A klerod whose clock is `clock`.
async function faked(settings) {
  const it = await daemon(settings);
  await it.stopDaemon();
  const clock = fakeClock(it);
  await it.start();
  it.now = async () => clock.now();
  return { it, clock };
}

const isoOf = (time) => new Date(time).toISOString().replace(/\.\d+Z/, 'Z');
const sizeOf = async (it) => Number((await it.sql('SELECT size FROM log_head'))[0]);
const category = (n) => ({ code: `Z${n}`, phase: '立项用地', service: '编制', approval_item: '审批', authority: '发改' });

async function assertSound(it, history) {
  assert.deepEqual(await judge(it, history), []);
  const { entries } = await readLog(it.call, await sizeOf(it));
  for (const [i, { at }] of entries.entries())
    assert.ok(i === 0 || at >= entries[i - 1].at, `entry ${i}: ${at} after ${entries[i - 1]?.at}`);
  assert.equal((await it.sql("SELECT COUNT(*) FROM due WHERE state = 'parked' OR failures > 0"))[0], '0');
  return entries;
}

async function stepThrough(it, clock, steps) {
  const { operator } = await it.people();
  let n = 10;
  const ask = () => it.call('POST', '/v1/categories', { key: operator, body: category(n++) });
  for (const [step, bears] of steps) {
    const mark = it.logMark();
    await until(async () => (await it.call('GET', '/readyz')).status === 200, 'ready');
    must(await ask());
    clock.step(step);
    const size = await sizeOf(it);
    const reply = await ask();
    if (bears) {
      must(reply);
    } else {
      assertProblem(reply, 503, 'clock-skew');
      assert.equal(reply.headers.get('retry-after'), '1');
      assertProblem(await it.call('GET', '/readyz'), 503, 'clock-skew');
      await sleep(SETTLED_MS);
      assert.equal(await sizeOf(it), size, `${step}: nothing is written`);
      const skew = (await it.call('GET', '/metrics')).text.match(/^klero_clock_skew_us (\d+)$/m)[1];
      assert.ok(Number(skew) > 2_000_000, skew);
    }
    clock.set(0);
    must(await ask());
    const told = it.diaryText(mark).match(/"event":"clock_(skewed|agrees)"/g) ?? [];
    assert.deepEqual(told, bears ? [] : ['"event":"clock_skewed"', '"event":"clock_agrees"'], String(step));
  }
}

describe('while the clocks differ', () => {
  let it, clock, history;
  before(async () => {
    ({ it, clock } = await faked());
    history = new History();
  });
  after(() => it.stop());

  test('nothing is written, and nothing falls due', async (t) => {
    const them = history.people(it);
    await them.policy();
    const steps = long ? STEPS : STEPS.filter((_, i) => i % 3 === 0);
    const notice = await them.aNotice({ signup_s: 600 });
    await stepThrough(it, clock, steps);
    assert.equal(must(await it.call('GET', `/v1/notices/${notice.id}`), 200).state, 'open');
    t.diagnostic(`${steps.length} steps`);
  });

  test('it does not start behind its log, and takes nothing ahead of it', async () => {
    const { operator } = await it.people();
    for (const step of long ? [-HOUR, -DAY, -YEAR, '1970-01-01T00:00:01Z'] : [-HOUR]) {
      await it.stopDaemon();
      clock.step(step);
      await assert.rejects(it.start(), /"event":"log_refused","reason":"clock"/, String(step));
      assert.deepEqual(await it.daemon.ended, [78, null]);
      clock.set(0);
      await it.start();
    }
    for (const step of long ? [HOUR, '2038-01-19T03:14:08Z'] : ['2038-01-19T03:14:08Z']) {
      await it.stopDaemon();
      clock.step(step);
      await it.start();
      assertProblem(await it.call('POST', '/v1/categories', { key: operator, body: category(1) }), 503, 'clock-skew');
      clock.set(0);
    }
    const entries = await assertSound(it, history);
    assert.ok(entries.at(-1).at <= isoOf(Date.now()));
  });
});

// Nobody watches the clock (clock_skew_ms = 0), as when the whole machine's is
// set: each deadline of a draw is jumped to, and back from.
async function jumpThrough(it, clock, them, history, chance) {
  const back = () => clock.set(chance.of([-HOUR, -DAY, -YEAR, -30 * YEAR]));
  // Anywhere before `time`, in no order, at last just before it.
  const before = async (time) => {
    for (let i = 0; i < JUMPS; i++) {
      if (chance() < 0.3)
        back();
      else
        clock.to(new Date(time) - chance.below(2 * HOUR * 1000) - 2000);
      await sleep(chance.below(60));
    }
  };
  const reach = async (time) => {
    clock.to(new Date(time) - 1000);
    await sleep(chance.below(2) * 1200);
    clock.to(time);
  };
  const institutions = [];
  for (let i = 0; i < 6; i++)
    institutions.push(await them.institution());
  const notice = await them.aNotice({ signup_s: 25 * HOUR });
  const signUp = (who) => them.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} });
  for (const who of institutions.slice(0, 4)) {
    await before(notice.signup_close);
    must(await signUp(who));
  }
  await reach(notice.signup_close);
  const draw = them.drawOf(notice, institutions, (await them.people()).parties);
  const drafted = await them.waitFor(draw, 'drafted');
  assertProblem(await signUp(institutions[4]), 409, 'too-late');
  back();
  assertProblem(await signUp(institutions[5]), 409, 'too-late');
  await before(drafted.draft_until);
  await reach(drafted.draft_until);
  const declared = await them.waitFor(draw, 'declared');
  for (const name of Object.keys(draw.parties)) {
    await before(declared.commit_by);
    must(await draw.commit(name));
  }
  await reach(declared.commit_by);
  await them.waitFor(draw, 'locked');
  for (const name of Object.keys(draw.parties)) {
    await before(declared.reveal_by);
    must(await draw.reveal(name));
  }
  await reach(declared.reveal_by);
  const closed = await them.waitFor(draw, 'closed');
  assert.deepEqual([closed.outcome, closed.reason], ['result', 'drawn']);
  await evidence(it).verified(draw.id, draw.parties);
}

test('a clock that is set at every deadline changes no draw', { skip: !long && 'a long one' }, async (t) => {
  const chance = chanceOf();
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  const { it, clock } = await faked({ clock_skew_ms: 0 });
  const history = new History();
  try {
    const them = history.people(it);
    await them.policy(HOURS);
    await them.category();
    for (let round = 0; round < ROUNDS; round++)
      await jumpThrough(it, clock, them, history, chance);
    await assertSound(it, history);
  } finally {
    await it.stop();
  }
});
