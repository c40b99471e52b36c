// An old backup is put back: each time klerod refuses to go on with a log that
// the world has seen longer, and with the right database everything is there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { daemon, until } from '../api/client.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { judge } from './oracle.mjs';

const ROUNDS = long ? 20 : 1;
const ACTS_MAX = 6;

const databaseSh = (it, command) => execFileSync('ops/database.sh', [command, it.database],
  { env: { ...process.env, KLERO_OWNER: String(process.pid) }, stdio: 'ignore' });
const copy = (from, to) => execFileSync('cp', ['-a', '--reflink=auto', from, to]);
const published = async (it) => Number((await it.call('GET', '/log/checkpoint')).text.split('\n')[1]);

async function down(it) {
  if (it.daemon)
    await it.stopDaemon();
  databaseSh(it, 'stop');
}

test(`an old backup is refused ${ROUNDS} of ${ROUNDS} times`, async (t) => {
  const chance = chanceOf();
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  const it = await daemon();
  const history = new History();
  const data = join(it.database, 'data');
  const [old, right] = ['old', 'right'].map((name) => join(it.home, name));
  try {
    const them = history.people(it);
    const { operator } = await them.people();
    let n = 10;
    const act = async () => {
      const code = `Z${n++}`;
      const reply = await them.call('POST', '/v1/categories', { key: operator,
        body: { code, phase: '立项用地', service: '编制', approval_item: '审批', authority: '发改' } });
      assert.equal(reply.status, 201, reply.text);
      return Number(reply.headers.get('klero-log-size'));
    };
    for (let round = 0; round < ROUNDS; round++) {
      await down(it);
      copy(data, old);
      databaseSh(it, 'start');
      await it.start();
      let size;
      for (let left = 1 + chance.below(ACTS_MAX); left > 0; left--)
        size = await act();
      await until(async () => await published(it) >= size, 'its checkpoint');

      await down(it);
      execFileSync('mv', [data, right]);
      execFileSync('mv', [old, data]);
      databaseSh(it, 'start');
      const mark = it.mark();
      await assert.rejects(it.start(), /klerod ended instead of starting/);
      const ended = await it.daemon.ended;
      it.daemon = null;
      assert.deepEqual(ended, [78, null]);
      const lines = it.diaryText(mark).trim().split('\n').map((line) => JSON.parse(line));
      assert.deepEqual(lines.map(({ event, reason, signed_size }) => [event, reason, signed_size]),
        [['log_refused', 'rolled-back', size]]);

      databaseSh(it, 'stop');
      execFileSync('rm', ['-r', data]);
      execFileSync('mv', [right, data]);
      databaseSh(it, 'start');
      await it.start();
      assert.equal(await published(it), size);
    }
    assert.ok(!existsSync(old) && !existsSync(right));
    assert.deepEqual(await judge(it, history), []);
  } finally {
    await it.stop();
  }
});
