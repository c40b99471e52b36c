// What `make run` promises whoever has just cloned this: ops/run.sh in a folder
// and on a port of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, scratch } from '../api/installation.mjs';
import { differences, readEvents } from '../tools/recompute.mjs';

// So long that only what hangs misses it.
const WAIT_MS_MAX = 600_000;
const POLL_MS = 100;

const home = scratch('run');
after(() => rmSync(home, { recursive: true }));

// A port that was free a moment ago.
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function start(name, port, env = {}) {
  const child = spawn(join(root, 'ops/run.sh'), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MAKEFLAGS: '', MAKELEVEL: '', ONCE: '', ...env, VAR: join(home, name), PORT: port } });
  const run = { child, said: '', ended: once(child, 'close') };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => { run.said += part; });
  return run;
}

async function until(look, what, before = () => {}) {
  for (const end = Date.now() + WAIT_MS_MAX; Date.now() < end; await sleep(POLL_MS)) {
    await before();
    if (look())
      return;
  }
  assert.fail(what());
}

// Processes that run in, or were told of, the folder `name`.
function left(name) {
  const folder = join(home, name);
  const belongs = (pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false; // it has just ended
    }
  };
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && belongs(pid));
}

// Whoever watched over the servers ends a moment after them.
const gone = (name) => until(() => left(name).length === 0, () => `left: ${left(name)}`);

const refuses = (port) => assert.rejects(fetch(`http://127.0.0.1:${port}/v1`));

const packs = (name) => readdirSync(join(home, name, 'demo')).filter((file) => file.endsWith('.zip')).sort();

test('once: a county is lived through, a draw is played, its pack verifies, and nothing is left', async () => {
  const port = await freePort();
  const run = start('var', port, { ONCE: '1' });
  const [code] = await run.ended;
  assert.equal(code, 0, run.said);
  assert.match(run.said, /The evidence pack verified\./);
  assert.match(run.said, /300 institutions and 1200 listings are there/);
  assert.match(run.said, /\$ klero verify [^$]*--rehearsal [^$]*等级：rehearsal/);
  assert.match(run.said, /\$ node \S*verify\.mjs [^$]*verdict: verified\n +level: rehearsal/);
  assert.match(run.said, /^ {2}Selected: [0-9A-Z]{18}/m);
  assert.match(run.said, /\/v1\/draws\/D-[^ ]+\/pack$/m);
  assert.equal(packs('var').length, 1);
  await gone('var');
  await refuses(port);
});

test('what a party has is for its owner alone', () => {
  for (const who of ['operator', 'supervisor', 'owner'])
    for (const file of ['api.key', 'party.key']) {
      const path = join(home, 'var/demo', who, file);
      assert.equal(statSync(path).mode & 0o777, 0o400, path);
    }
});

// Show: every number of the first page is what the published events come to.
async function numbersAgree(url) {
  const get = async (path) => (await fetch(url + path)).json();
  const home = await get('/v1/home');
  let events = [];
  await until(() => events.length >= home.log_size, () => 'it is not published', async () => { events = await readEvents(get); });
  assert.deepEqual(differences(home, events), []);
  const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);
  assert.equal(sum(home.listings), 1200);
  assert.deepEqual([sum(home.institutions), home.outcomes.result, home.results.length], [236, 2, 2]);
}

test('again: another draw on the same data, then it serves until it is told to stop', async () => {
  const port = await freePort();
  const run = start('var', port);
  await until(() => run.child.exitCode !== null || /until Ctrl-C/.test(run.said), () => run.said);
  assert.equal(run.child.exitCode, null, run.said);
  assert.doesNotMatch(run.said, /A rehearsal of/, 'it is loaded once');
  assert.equal(packs('var').length, 2);
  await numbersAgree(`http://127.0.0.1:${port}`);
  run.child.kill('SIGTERM');
  const [code] = await run.ended;
  assert.equal(code, 143);
  await gone('var');
  await refuses(port);
});

test('without the county: a real log in real time, of a test beacon', async () => {
  const port = await freePort();
  const run = start('real', port, { ONCE: '1', COUNTY: '0' });
  const [code] = await run.ended;
  assert.equal(code, 0, run.said);
  assert.match(run.said, /\$ klero verify [^$]*等级：test/);
  assert.match(run.said, /\$ node \S*verify\.mjs [^$]*verdict: verified\n +level: test/);
  await gone('real');
});

test('killed in the middle, it takes its servers along', async () => {
  const port = await freePort();
  const run = start('killed', port);
  await until(() => /Loading/.test(run.said), () => run.said);
  assert.ok(existsSync(join(home, 'killed/klerod.conf')));
  run.child.kill('SIGKILL');
  await gone('killed');
  await refuses(port);
});

test('a port that is taken is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const run = start('taken', port);
  const [code] = await run.ended;
  server.close();
  assert.equal(code, 1);
  assert.match(run.said, new RegExp(`127\\.0\\.0\\.1:${port} is taken`));
});
