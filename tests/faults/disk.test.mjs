// A disk is full: the one of the data, and the one of the high-water file.
// Acts are refused with 503, in time and without a claim of success; nothing is
// published that the high-water file does not say; and when there is room again,
// it goes on as it is, without a restart.
//
// The disks are small ones in memory, which only this test and its servers see.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { client, must, until } from '../api/client.mjs';
import { Installation, root, scratch } from '../api/installation.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { Load } from './load.mjs';
import { judge } from './oracle.mjs';
import { databaseRuns, ready, startDatabase } from './servers.mjs';

const database = join(root, 'ops/database.sh');
const SELF = fileURLToPath(import.meta.url);
const DATA_SIZE = '240m';
const WATER_SIZE = '64k';
const ROUNDS = long ? 4 : 1;
const MS_MAX = 15_000; // for an answer, whatever it is
const REFUSED_MS_MAX = 60_000; // until the last page of a table is used up
const ALL_MS_MAX = 400_000;
const LOOKS = 20;
const SMALL = 4096;
const LARGE = 1 << 20;
const TEXT_SIZE = 200; // characters, of what fills the tables

const may = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
const inside = process.env.KLERO_DISKS === '1';

function mount(path, size) {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0777`, 'none', path]);
}

// All that is left of a disk.
function fill(folder) {
  const path = join(folder, 'filler');
  const file = openSync(path, 'a');
  for (const size of [LARGE, SMALL, 1])
    try {
      for (;;)
        writeSync(file, Buffer.alloc(size));
    } catch (error) {
      assert.equal(error.code, 'ENOSPC');
    }
  fsyncSync(file);
  closeSync(file);
  assert.equal(statfsSync(folder).bavail, 0);
  return () => rmSync(path);
}

const sizeOf = (note) => Number(note.split('\n')[1]);
const waterOf = (it) => sizeOf(readFileSync(it.settings.high_water_file, 'utf8'));

// A file in memory has room only where it was written: the server's own files,
// which are as large as they will be, get all of theirs, as on a disk.
function harden(folder) {
  for (const name of readdirSync(folder).filter((file) => /^(ib|undo|aria)/.test(file))) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const file = openSync(path, 'r+');
    writeSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
  }
}

// Both disks, and `play` on an installation on them.
async function onDisks(play, settings = {}) {
  const home = scratch('disk');
  mount(join(home, 'db'), DATA_SIZE);
  mount(join(home, 'water'), WATER_SIZE);
  const it = new Installation(home, process.env.KLERO_BUILD ?? join(root, 'build/asan'),
    { high_water_file: join(home, 'water/high-water'), db_timeout_s: 3, ...settings });
  Object.assign(it, client(it));
  await it.create();
  execFileSync(database, ['stop', it.database]);
  harden(join(it.database, 'data'));
  await startDatabase(it);
  await it.start();
  const history = new History();
  const load = new Load(it, history, chanceOf());
  try {
    await load.prepare();
    await play({ it, history, load });
  } finally {
    await it.stop();
  }
  for (const disk of ['db', 'water'])
    execFileSync('umount', ['-l', join(home, disk)]);
  rmSync(home, { recursive: true });
}

// One act that takes some room, with the time it took. It is recorded.
async function act({ it, history, load }) {
  const from = Date.now();
  const reply = await history.once(it.call)('POST', '/v1/categories', { key: load.people.operator,
    body: { code: `D${randomUUID().slice(0, 13)}`, service: '测试', basis: '据'.repeat(TEXT_SIZE) } });
  const ms = Date.now() - from;
  assert.ok(ms < MS_MAX, `${reply.status} after ${ms} ms`);
  return reply;
}

// Again and again, each answer a success or a 503, until there was a 503.
async function untilRefused(them) {
  const seen = {};
  await until(async () => {
    const replies = await Promise.all(Array.from({ length: 16 }, () => act(them)));
    for (const { status, text, body } of replies) {
      assert.ok(status === 201 || status === 503, text);
      seen[status === 201 ? status : body.code] = (seen[status === 201 ? status : body.code] ?? 0) + 1;
    }
    return replies.some(({ status }) => status === 503);
  }, 'a refusal', REFUSED_MS_MAX);
  return JSON.stringify(seen);
}

// What was refused is sent again under its key, and is there, once.
async function resolve({ it, history, load }) {
  for (const { reply, idempotency, path, body } of history.records.filter((record) => record.reply === null))
    must(await history.steady(it.call)('POST', path, { key: load.people.operator, body: JSON.parse(body), idempotency }), 201);
}

// The database says so; or it ended of it, and has no room to say why.
const wantsRoom = (it, mark) => !databaseRuns(it) ||
  /^\{"event": ?"db_error".*(is full|[Nn]o space|[Dd]isk full)/m.test(it.diaryText(mark));

// What a service manager does: a server that did not survive is started again.
async function serves(it) {
  const log = readFileSync(join(it.database, 'err.log'), 'utf8');
  const fault = log.match(/^.*(Assertion|got (exception|signal)).*$/m)?.[0];
  await startDatabase(it);
  return `{ mariadbd: ${fault ?? 'survived'} }`;
}

async function fullData(t, them) {
  const { it, history, load } = them;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = it.mark();
    const free = fill(join(it.home, 'db'));
    t.diagnostic(await untilRefused(them));
    await until(() => wantsRoom(it, begun), 'a refusal for want of room, or the end of the server');
    assert.equal(statfsSync(join(it.home, 'db')).bavail, 0);
    const { status, text } = await it.call('GET', '/log/checkpoint');
    assert.ok(status === 503 || sizeOf(text) <= waterOf(it), 'published beyond the high-water file');
    const mark = it.mark();
    free();
    t.diagnostic(await serves(it));
    await ready(it);
    await resolve(them);
    assert.doesNotMatch(it.diaryText(mark), /"started"|superseded|publisher_stopped/);
  }
  load.start();
  await until(() => load.counts['sign-up']?.done > 10, 'work going on');
  await load.stop();
  assert.deepEqual(await judge(it, history, { everything: true }), []);
}

async function fullWater(t, them) {
  const { it, history, load } = them;
  load.start();
  for (let round = 0; round < ROUNDS; round++) {
    const mark = it.mark();
    const free = fill(join(it.home, 'water'));
    await until(() => /^\{"event": ?"high_water"/m.test(it.diaryText(mark)), 'a complaint');
    const before = waterOf(it);
    const made = must(await act(them));
    assert.ok(made.event_index >= before, 'it is in the log already');
    for (let looks = 0; looks < LOOKS; looks++) {
      const { text } = await it.call('GET', '/log/checkpoint');
      assert.ok(sizeOf(text) <= before, `published ${sizeOf(text)}, the high-water file says ${before}`);
    }
    const { published } = must(await it.call('GET', '/v1/events?limit=1'), 200);
    assert.ok(published <= before, 'shown before it was published');
    assert.equal(waterOf(it), before);
    free();
    await until(async () => sizeOf((await it.call('GET', '/log/checkpoint')).text) > made.event_index, 'its publication');
    assert.ok(waterOf(it) > made.event_index, 'published beyond the high-water file');
  }
  await load.stop();
  t.diagnostic(load.told());
  assert.deepEqual(await judge(it, history, { everything: true }), []);
}

if (inside) {
  test('the disk of the data is full', (t) => onDisks((them) => fullData(t, them), { batch_staging: 0 }));
  test('the disk is full under gathered rows', { skip: !long }, (t) => onDisks((them) => fullData(t, them)));
  test('the disk of the high-water file is full', (t) => onDisks((them) => fullWater(t, them)));
} else {
  // Who asks for all of it, is not told that nothing was wrong with half.
  test('full disks', { skip: !may && !long && 'no right to mount a small disk' }, (t) => {
    assert.ok(may, 'no right to mount a small disk');
    const { status, stdout } = spawnSync('unshare', ['-m', process.execPath, '--test-reporter=tap', SELF],
      { env: { ...process.env, KLERO_DISKS: '1', NODE_TEST_CONTEXT: undefined }, encoding: 'utf8', timeout: ALL_MS_MAX });
    for (const [line] of stdout.matchAll(/^# \{.*$/gm))
      t.diagnostic(line);
    assert.equal(status, 0, stdout);
  });
}
