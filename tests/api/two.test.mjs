// Two klerods on one database: who starts last has the log, and the other one
// neither takes acts nor signs any more.
import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { assertProblem, beside, daemon, must, until } from './client.mjs';
import { checkpointOf } from './merkle.mjs';

const ready = (it, query = '') => it.call('GET', `/readyz${query}`);
const checkpoint = async (it) => checkpointOf(must(await it.call('GET', '/log/checkpoint'), 200, 'text'));

async function enrol(it, id) {
  const reply = await it.adminCall('POST', '/v1/organisations', { body: { id, name: '两台' } });
  must(reply);
  return until(async () => (await checkpoint(it)).size >= Number(reply.headers.get('klero-log-size')), 'its checkpoint');
}

test('the second takes over, also from one that has nothing to do', async () => {
  const first = await daemon();
  const second = beside(first);
  try {
    await enrol(first, 'one');
    copyFileSync(first.settings.high_water_file, second.settings.high_water_file);
    must(await ready(first, '?writer'), 200);
    const mark = first.logMark();
    await second.start();
    await until(async () => (await ready(first)).status === 503, 'the end of the first');
    assertProblem(await ready(first, '?writer'), 503, 'busy');
    assert.match(first.diaryText(mark), /"event":"writer_superseded"/);
    assert.match(first.diaryText(mark), /"event":"publisher_stopped","reason":"another writer has the log"/);
    const { size } = await checkpoint(first);
    assertProblem(await first.adminCall('POST', '/v1/organisations', { body: { id: 'two', name: '两台' } }), 503, 'busy');

    must(await ready(second, '?writer'), 200);
    await enrol(second, 'two');
    assert.equal((await checkpoint(second)).size, size + 1);
    assert.equal((await checkpoint(first)).size, size, 'it signs nothing more');
    must(await first.call('GET', '/v1/organisations/two'), 200);
    await second.stopDaemon();
  } finally {
    await second.daemon?.child.kill('SIGKILL');
    await first.stop();
    rmSync(second.home, { recursive: true });
  }
});
