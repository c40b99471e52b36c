// System calls fail: strace injects an error into the N-th call of one kind, or
// kills klerod there, while a county is at work and while it starts. Whatever
// comes of it, klerod is there again within 30 seconds, and what was
// acknowledged is there, once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { client, must, until } from '../api/client.mjs';
import { Installation, root, scratch } from '../api/installation.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { Keeper } from './keeper.mjs';
import { Load } from './load.mjs';
import { judge } from './oracle.mjs';
import { ready } from './servers.mjs';

// One of each line is one kind of call, as strace names it.
const CALLS = ['read', 'write', 'pread64', 'pwrite64', '/^fsync|^fdatasync', 'openat', '/^rename', 'connect', 'sendto',
  'recvfrom', '/^sendm?msg', '/^recvm?msg', 'close', 'epoll_wait', 'accept4'];
const ERRORS = ['error=EIO', 'error=ENOSPC', 'error=EINTR', 'error=ECONNRESET', 'signal=KILL'];
const GROUPS = long ? CALLS.map((call) => [call]) : [['sendto', '/^fsync|^fdatasync']];
const FAULTS = long ? 40 : 4; // of a group, while a county is at work
const STARTS = long ? 6 : 1;
const SAMPLE_MS = long ? 2000 : 1000;
const FAULT_MS_MAX = 1000; // for the N-th call to come
const DETACH_MS_MAX = 1000;
const AFTER_MS_MAX = 60;
const MS_MAX = 30_000;
const POLL_MS = 5;
const REFUSED_MS = 1500; // three times what the publisher waits to try again

const chance = chanceOf();

// Somebody who has no answer in half a minute says so.
const REFUSED = 78; // the service manager does not start it again

class Impatient extends History {
  steady(call, options) {
    return super.steady(call, { ...options, patience_ms: MS_MAX });
  }
}

// --- strace ---------------------------------------------------------------------

const traced = (call, what) => ['-f', '-qq', '-e', `trace=${call}`, ...what ? ['-e', `inject=${call}:${what}`] : []];

// strace on a klerod that runs, until `look` says of what it wrote that it is
// enough, or the time is up. What it wrote.
async function attach(it, args, look, ms) {
  const file = join(it.home, 'strace');
  rmSync(file, { force: true });
  const strace = spawn('strace', [...args, '-o', file, '-p', String(it.daemon.child.pid)], { stdio: 'ignore' });
  const ended = once(strace, 'exit');
  const text = () => existsSync(file) ? readFileSync(file, 'utf8') : '';
  for (const end = Date.now() + ms; Date.now() < end && strace.exitCode === null && !look(text());)
    await sleep(POLL_MS);
  strace.kill('SIGTERM');
  // One whose process was killed may wait for ever for a thread of it.
  const late = setTimeout(() => strace.kill('SIGKILL'), DETACH_MS_MAX);
  await ended;
  clearTimeout(late);
  return text();
}

const wasInjected = (text) => /\(INJECTED\)|^\d+ +\+\+\+ killed by SIGKILL/m.test(text);

// How many calls a thread made, of the one that made most.
async function most(it, call, ms) {
  const threads = {};
  for (const [pid] of (await attach(it, traced(call), () => false, ms)).matchAll(/^\d+/gm))
    threads[pid] = (threads[pid] ?? 0) + 1;
  return Math.max(0, ...Object.values(threads));
}

// --- one kind of call, on an installation of its own -------------------------------

// Each thread counts its own calls, so that several may fail at once. That it
// has started is known by what it writes, so no write of a start fails.
async function fail(it, keeper, call, all) {
  await keeper.up();
  const what = chance.of(ERRORS);
  const text = await attach(it, traced(call, `${what}:when=${1 + chance.below(all)}`), wasInjected, FAULT_MS_MAX);
  await sleep(chance.below(AFTER_MS_MAX));
  return wasInjected(text) ? what : null;
}

// A start that meets a fault: it serves, or says why not and ends.
async function failStart(it, call, all) {
  const what = chance.of(ERRORS);
  const file = join(it.home, 'strace-start');
  rmSync(file, { force: true });
  it.before = ['strace', '-D', '--seccomp-bpf', ...traced(call, `${what}:when=${1 + chance.below(all)}`), '-o', file];
  await it.kill();
  const from = Date.now();
  await it.start().catch((error) => assert.match(error.message, /^klerod ended instead of starting/));
  assert.ok(Date.now() - from < MS_MAX, `${call} ${what}: a start of ${Date.now() - from} ms`);
  it.before = [];
  assert.notEqual(it.daemon.child.exitCode, REFUSED, `${call} ${what}: taken for what only a person can mend`);
  if (it.daemon.child.exitCode === null && it.daemon.child.signalCode === null)
    await it.kill();
  await it.start();
  await ready(it);
  return existsSync(file) && wasInjected(readFileSync(file, 'utf8')) ? what : null;
}

async function countStart(it, call) {
  const file = join(it.home, 'strace-start');
  it.before = ['strace', '-D', '--seccomp-bpf', ...traced(call), '-o', file];
  await it.kill();
  await it.start();
  it.before = [];
  const threads = {};
  for (const [pid] of readFileSync(file, 'utf8').matchAll(/^\d+/gm))
    threads[pid] = (threads[pid] ?? 0) + 1;
  await it.kill();
  await it.start();
  return Math.max(0, ...Object.values(threads));
}

const tally = (list) => {
  const counts = {};
  for (const what of list.filter(Boolean))
    counts[what] = (counts[what] ?? 0) + 1;
  return Object.entries(counts).map(([what, count]) => `${what} ${count}`).join(', ') || 'none';
};

// Of klerod, when nobody is served: did it end, does it hang, and where?
function told(it) {
  const { exitCode, signalCode, pid } = it.daemon?.child ?? {};
  const look = (name) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8').trim();
    } catch (error) {
      return error.code;
    }
  };
  return `klerod ${pid}: ${exitCode ?? signalCode ?? 'not ended'}; ${look('stat')}; waits in ${look('wchan')}`;
}

// An installation of its own, which is left to be looked at when that fails.
async function onService(play) {
  const it = new Installation(scratch('syscall'), process.env.KLERO_BUILD ?? join(root, 'build/asan'), { db_timeout_s: 3 });
  Object.assign(it, client(it));
  await it.create();
  await it.start();
  try {
    await play(it);
  } catch (error) {
    error.message += `\n${told(it)}`;
    await it.stop().catch(() => {});
    throw error;
  }
  await it.stop();
  rmSync(it.home, { recursive: true });
}

// Whether it has started, is known by what it writes.
async function tryStarts(t, it, calls) {
  let fired = 0, made = 0;
  for (const call of calls.filter((one) => one !== 'write')) {
    const all = await countStart(it, call);
    const done = [];
    for (let nth = 0; nth < STARTS && all > 0; nth++)
      done.push(await failStart(it, call, all));
    fired += done.filter(Boolean).length;
    made += all;
    t.diagnostic(`${call}: a start makes ${all} in a thread; failed: ${tally(done)}`);
  }
  assert.ok(fired > 0 || made === 0, 'nothing failed in a start');
  return made;
}

async function tryCalls(t, it, calls) {
  const history = new Impatient();
  const load = new Load(it, history, chanceOf(chance.seed));
  await load.prepare();
  const madeInStarts = await tryStarts(t, it, calls);
  const keeper = new Keeper(it);
  let fired = 0, made = 0;
  load.start();
  for (const call of calls) {
    const all = await most(it, call, SAMPLE_MS);
    const done = [];
    for (let nth = 0; nth < FAULTS / calls.length && all > 0; nth++)
      done.push(await fail(it, keeper, call, all));
    fired += done.filter(Boolean).length;
    made += all;
    t.diagnostic(`${call}: a thread makes ${all} in ${SAMPLE_MS} ms; failed: ${tally(done)}`);
  }
  await keeper.stop();
  await load.stop();
  await ready(it);
  assert.deepEqual(await judge(it, history, { everything: true }), []);
  t.diagnostic(`klerod ended: ${tally(keeper.ends)}; ${load.told()}`);
  assert.ok(fired > 0 || made === 0, 'nothing failed at work');
  if (made + madeInStarts === 0)
    t.skip('klerod never makes that call'); // nothing was tried: it must not look as if
  assert.ok(keeper.ends.every((end) => ['SIGKILL', 'SIGABRT', 1].includes(end)), `klerod ended: ${tally(keeper.ends)}`);
}

// A file that is written, but perhaps not on the disk, is not written.
test('nothing is published that fsync has not confirmed', () => onService(async (it) => {
  const { operator } = await it.people();
  const act = async () => must(await it.call('POST', '/v1/categories',
    { key: operator, body: { code: `F${randomUUID().slice(0, 8)}`, service: '测试' } })).event_index;
  const published = async () => Number((await it.call('GET', '/log/checkpoint')).text.split('\n')[1]);
  const first = await act();
  await until(async () => await published() > first, 'a checkpoint');
  const mark = it.mark();
  let last;
  const failing = attach(it, traced('fsync,fdatasync', 'error=EIO'), () => last !== undefined, MS_MAX);
  await until(async () => await act() && /"high_water"/.test(it.diaryText(mark)), 'a complaint');
  const before = await published();
  const made = await act();
  await sleep(REFUSED_MS);
  assert.ok(await published() <= before, 'published what is not on the disk');
  last = made;
  await failing;
  await until(async () => await published() > made, 'a checkpoint again');
}));

for (const calls of GROUPS)
  test(`${calls.join(', ')} fail`, async (t) => {
    t.diagnostic(`KLERO_SEED=${chance.seed}`);
    await onService((it) => tryCalls(t, it, calls));
  });
