// servers.mjs -- power cuts: of klerod, and of the database under it.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../api/client.mjs';
import { root } from '../api/installation.mjs';

const START_MS_MAX = 120_000;
const READY_MS_MAX = 60_000;
const run = promisify(execFile);
const script = join(root, 'ops/database.sh');

// A pid proves nothing by itself: it must be a server with our settings.
function databasePid(it) {
  const pid = Number(readFileSync(join(it.database, 'db.pid'), 'utf8'));
  const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  if (!args.includes(`--defaults-file=${join(it.database, 'my.cnf')}`))
    throw new Error(`${pid} is not the database of ${it.home}`);
  return pid;
}

export function databaseRuns(it) {
  try {
    return databasePid(it) > 0;
  } catch {
    return false;
  }
}

// At a moment: when that promise is kept.
export async function killDatabase(it, moment) {
  const pid = databasePid(it);
  await moment;
  process.kill(pid, 'SIGKILL');
  await until(() => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  }, 'the end of mariadbd');
}

export const startDatabase = (it) => run(script, ['start', it.database],
  { timeout: START_MS_MAX, env: { ...process.env, KLERO_OWNER: String(process.pid) } });

// Until klerod says of itself that it works; how long that took, in ms. It
// fails only when klerod hangs: how fast it is, is for tests/bench to say.
export async function ready(it, from = Date.now()) {
  await until(async () => {
    try {
      return (await it.call('GET', '/readyz')).status === 200;
    } catch {
      return false;
    }
  }, 'ready', READY_MS_MAX);
  return Date.now() - from;
}
