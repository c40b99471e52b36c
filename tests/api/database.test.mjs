// ops/database.sh start: whoever calls it has a server that answers afterwards,
// whether there was one, was none, or was one about to end.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root, scratch } from './installation.mjs';

const run = promisify(execFile);
const databaseSh = join(root, 'ops/database.sh');
const ENDS_S = 2;
const CALL_MS_MAX = 120_000;

// What a server that is about to end still holds, held for so long.
async function ending(folder) {
  const holder = spawn('flock', [join(folder, 'lock'), 'sh', '-c', `echo held; exec sleep ${ENDS_S}`],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return holder;
}

test('start leaves a server that answers', async () => {
  const folder = join(scratch('database'), 'db');
  const call = async (...words) => (await run(databaseSh, words,
    { timeout: CALL_MS_MAX, env: { ...process.env, KLERO_OWNER: String(process.pid) } })).stdout.trim();
  const server = () => call('client', folder, '--batch', '--skip-column-names', '--execute=SELECT @@pid_file, VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = "UPTIME"');
  const up_s = async () => Number((await server()).split('\t')[1]);
  mkdirSync(folder, { mode: 0o700 });
  try {
    const holder = await ending(folder);
    await call('start', folder); // one was about to end, and has
    assert.equal(holder.exitCode ?? (await once(holder, 'exit'))[0], 0);
    assert.match(await server(), /db\.pid/);
    await new Promise((resolve) => { setTimeout(resolve, 1100); });
    const before = await up_s();
    await call('start', folder); // it is there, and stays
    assert.ok(await up_s() >= before && before > 0, 'it was started again');
    await call('stop', folder);
    await assert.rejects(server());
    await call('stop', folder); // there is none
    await call('start', folder);
    assert.match(await server(), /db\.pid/);
  } finally {
    await call('stop', folder);
    rmSync(join(folder, '..'), { recursive: true });
  }
});
