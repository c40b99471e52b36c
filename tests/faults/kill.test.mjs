// Power cuts of klerod at any moment of a county's work: nothing that was
// acknowledged is lost or done twice, and it works again without help.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { daemon } from '../api/client.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { Load } from './load.mjs';
import { fsck, judge } from './oracle.mjs';
import { ready } from './servers.mjs';

const INSTALLATIONS = long ? 6 : 1; // fsck after each cut reads all of it: none grows large
const KILLS = long ? 50 : 4; // of each
const MORE_MAX = 9; // when too few of them met an act
const JUDGED_EVERY = long ? 10 : 4;
const RUNS_MS_MAX = 900;

async function cuts(t, chance) {
  const it = await daemon();
  const history = new History();
  const load = new Load(it, history, chance);
  let slowest = 0;
  try {
    await load.prepare();
    load.start();
    for (let killed = 1; killed <= KILLS || (history.ambiguous() < KILLS / 4 && killed <= KILLS + MORE_MAX); killed++) {
      await Promise.race([sleep(chance() * RUNS_MS_MAX), load.ended()]);
      if (killed % 3 === 0)
        await load.acknowledged();
      await it.kill();
      assert.deepEqual(fsck(it), [], `after kill ${killed}`);
      const from = Date.now();
      await it.start();
      slowest = Math.max(slowest, await ready(it, from));
      if (killed % JUDGED_EVERY === 0 || killed >= KILLS) {
        await load.pause();
        assert.deepEqual(await judge(it, history, { everything: true }), [], `after kill ${killed}`);
        load.resume();
      }
    }
    await load.stop();
    assert.deepEqual(await judge(it, history, { everything: true }), [], 'at the end');
    assert.deepEqual(await it.sql("SELECT kind, subject FROM due WHERE state = 'parked'"), []);
  } finally {
    t.diagnostic(`${load.told()}; ${history.ambiguous()} answers were lost; ready after ${slowest} ms at most`);
    await it.stop();
  }
  assert.ok(history.ambiguous() >= KILLS / 4, 'too few were killed in the middle of an act');
  return load.counts['draw result']?.done ?? 0;
}

test(`${INSTALLATIONS * KILLS} power cuts of klerod under load`, async (t) => {
  const chance = chanceOf();
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  let results = 0;
  for (let n = 0; n < INSTALLATIONS; n++)
    results += await cuts(t, chance);
  assert.ok(!long || results >= INSTALLATIONS * KILLS / 20, `only ${results} draws came to a result`);
});
