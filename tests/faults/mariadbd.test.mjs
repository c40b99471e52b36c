// Power cuts of the database under a klerod that stays up: it comes back by
// itself, and what it could not tell is settled by asking again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { daemon } from '../api/client.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { Load } from './load.mjs';
import { judge } from './oracle.mjs';
import { killDatabase, ready, startDatabase } from './servers.mjs';

const KILLS = long ? 30 : 1;
const MORE_MAX = 9; // when too few of them met an act
const JUDGED_EVERY = long ? 5 : 1;
const RUNS_MS_MAX = long ? 3000 : 1000;
const SHORT_MS_MAX = 500; // down; klerod waits for it, and so do its clients
const LONG_MS_MAX = 4000; // down for longer than klerod waits
const DB_TIMEOUT_S = 1;

test(`${KILLS} power cuts of mariadbd under load`, async (t) => {
  const chance = chanceOf();
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  const it = await daemon({ db_timeout_s: DB_TIMEOUT_S });
  const history = new History();
  const load = new Load(it, history, chance);
  const { pid } = it.daemon.child;
  let slowest = 0;
  try {
    await load.prepare();
    load.start();
    for (let killed = 1; killed <= KILLS || (history.repeated() < KILLS && killed <= KILLS + MORE_MAX); killed++) {
      await Promise.race([sleep(500 + chance() * RUNS_MS_MAX), load.ended()]);
      await killDatabase(it, killed % 2 ? load.acknowledged() : null);
      await sleep(chance() * (chance() < 0.7 ? SHORT_MS_MAX : LONG_MS_MAX));
      await startDatabase(it);
      slowest = Math.max(slowest, await ready(it));
      if (killed % JUDGED_EVERY === 0) {
        await load.pause();
        assert.deepEqual(await judge(it, history, { everything: true }), [], `after kill ${killed}`);
        load.resume();
      }
    }
    await load.stop();
    assert.deepEqual(await judge(it, history, { everything: true }), [], 'at the end');
    assert.equal(it.daemon.child.exitCode, null, 'klerod stays up');
    assert.equal(it.daemon.child.pid, pid);
  } finally {
    const asked = it.diaryText().match(/^\{"event": ?"writer_settled".*$/gm) ?? [];
    t.diagnostic(`${load.told()}; ready after ${slowest} ms at most`);
    t.diagnostic(`COMMIT was not answered ${asked.length} times; ${history.repeated()} acts were sent again`);
    await it.stop();
  }
  assert.ok(!long || load.counts['draw result']?.done > 0, 'no draw came to a result');
  assert.ok(history.repeated() >= KILLS, 'too few were killed in the middle of an act');
});
