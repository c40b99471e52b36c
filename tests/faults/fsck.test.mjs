// klero fsck may wait for the database longer than a request would.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { daemon } from '../api/client.mjs';
import { slowWire } from './slow_wire.mjs';

const DB_TIMEOUT_S = 1;
const LATE_MS = 2500;

test('fsck has patience with a slow database', { timeout: 60_000 }, async () => {
  const it = await daemon();
  const path = join(it.home, 'wire.sock');
  const wire = await slowWire(path, it.settings.db_socket);
  try {
    await it.people();
    await it.stopDaemon();
    it.configure({ db_socket: path, db_timeout_s: DB_TIMEOUT_S });
    const hold = wire.hold('klero_fsck', 'log_tile');
    const fsck = spawn(join(it.build, 'klero'), ['fsck', join(it.home, 'klerod.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    for (const stream of [fsck.stdout, fsck.stderr])
      stream.on('data', (part) => said.push(part));
    const ended = once(fsck, 'exit');
    await Promise.race([hold.held, ended.then(() => assert.fail('it asked for no tile'))]);
    await sleep(LATE_MS);
    hold.release();
    assert.deepEqual(await ended, [0, null], Buffer.concat(said).toString());
  } finally {
    await it.stop();
    wire.close();
  }
});
