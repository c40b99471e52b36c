// The connections between klerod and MariaDB are cut, stalled and left half
// open, around COMMIT above all, while a county is at work. Whoever had no
// answer sends the same key again, and it has one effect; klerod itself finds
// out what became of each COMMIT, and is right about it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { client, must, until } from '../api/client.mjs';
import { Installation, root, scratch } from '../api/installation.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { Load } from './load.mjs';
import { judge } from './oracle.mjs';
import { proxy } from './proxy.mjs';

const ROUNDS = long ? 4 : 1; // judged after each
const WRITER_CUTS = long ? 215 : 7; // in a round; as many as there are WAYS at least
const OTHER_CUTS = long ? 35 : 2;
const SLOW = long ? 12 : 0; // rounds of what costs a time limit each
const TIMEOUT_S = 2;
const MS_MAX = 30_000; // for a fault to happen, and for klerod to get over it
const SKIPPED_MAX = 2; // COMMITs that go well before one that does not
const PAUSE_MS_MAX = 30;
const OTHER_PAUSE_MS_MAX = 1500; // a reader comes back after a second
const WRITER = 'klero_writer', READER = 'klero_reader', UPKEEP = 'klero_upkeep';
// A login, its settings, some statements: what passes in a second or two.
const BYTES_MAX = { [WRITER]: 6000, [READER]: 3000, [UPKEEP]: 1000 };

// What is done to a COMMIT, and whether the server has then carried it out;
// null: nobody but the server knows.
const CARRIED_OUT = {
  before: false, half: false, sent: null, after: true, half_answer: true, garbage: true,
  silent: true, deaf: false, stall: true,
};
const AT_COMMIT = ['before', 'before', 'half', 'sent', 'sent', 'sent', 'after', 'after', 'after', 'half_answer', 'garbage'];
const WAYS = [...new Set(AT_COMMIT), 'bytes']; // of them, each once in any round
const BYTES_ODDS = 0.15; // and then so often
const QUICK = AT_COMMIT.filter((does) => does !== 'garbage');
// An error without a number; and a request that makes klerod say something,
// which the server answers with an error: none is of a transaction it undid.
const GARBAGE = [{ byte: 4, bytes: [0xff, 0, 0] }, { byte: 4, bytes: [0xfb] }];
const STALL_MS = { answered: TIMEOUT_S * 500, late: TIMEOUT_S * 2500 };

const chance = chanceOf();
const home = scratch('cut');
const it = new Installation(home, process.env.KLERO_BUILD ?? join(root, 'build/asan'),
  { db_socket: join(home, 'wire.sock'), db_timeout_s: TIMEOUT_S });
Object.assign(it, client(it));
const history = new History();
const load = new Load(it, history, chanceOf(chance.seed));
const counts = {};
let wire, clean = false;

before(async () => {
  const server = join(it.database, 'db.sock');
  wire = await proxy(it.settings.db_socket, server);
  await it.create();
  await it.start();
  it.configure({ db_socket: server }); // for all but klerod
  await load.prepare();
  load.start();
});
after(async () => {
  await it.stop();
  await wire.close();
  if (clean) // else there is something to look at
    rmSync(home, { recursive: true });
});

const count = (what) => { counts[what] = (counts[what] ?? 0) + 1; };

const name = ({ user, at, does, next }) => `${user.replace('klero_', '')} ${typeof at === 'string' ? at : Object.keys(at)} ` +
  `${does}${next ? `, then ${name(next)}` : ''}`;

// Most pages come from memory; this one is read.
const read = () => it.call('GET', `/v1/events?limit=1&after=${chance.below(100)}`).catch(() => {});

// It is done to somebody within the time.
async function done(fault) {
  let fired = false;
  wire.arm(fault).then(() => { fired = true; });
  await until(async () => fired || fault.user === READER && await read() && fired, `a place for ${name(fault)}`, MS_MAX);
  count(name({ ...fault, next: undefined }));
  if (fault.next)
    count(`recovery: ${name(fault.next)}`);
}

// What klerod found out about a COMMIT that was not answered.
async function settled(mark) {
  const [line] = await until(() => it.diaryText(mark).match(/^\{"event": ?"writer_settled".*"settled": ?true.*$/m),
    'what became of it', MS_MAX);
  const { committed } = JSON.parse(line);
  count(committed ? 'found' : 'not found');
  return committed;
}

// A COMMIT of the writer comes to grief; perhaps also what it does then to find
// out, on another connection.
async function cutCommit(does, more = {}) {
  const mark = it.mark();
  const next = chance() < 0.25 ? inRecovery() : undefined;
  await done({ user: WRITER, at: 'commit', does, skip: chance.below(SKIPPED_MAX + 1), next, ...more });
  const committed = await settled(mark);
  await recovered();
  // A batch that only counts a failure moves no head: it is run again.
  if (CARRIED_OUT[does] !== null && !/"due_failed"/.test(it.diaryText(mark)))
    assert.equal(committed, CARRIED_OUT[does], `${does}: what klerod found out`);
}

// An act comes to its end: what happened to the writer before that is settled.
const recovered = async () => must(await history.steady(it.call)('POST', '/v1/categories',
  { key: load.people.operator, body: { code: `C${randomUUID().slice(0, 8)}`, service: '测试' } }));

function inRecovery() {
  const way = chance.of(['up', 'down']);
  return chance.of([
    { user: WRITER, at: 'login', does: 'cut' },
    { user: WRITER, at: 'commit', does: chance.of(QUICK) },
    { user: WRITER, at: { [way]: 1 + chance.below(BYTES_MAX[WRITER] / 2) }, does: 'cut' },
  ]);
}

const cutBytes = (user, does = 'cut') =>
  done({ user, at: { [chance.of(['up', 'down'])]: 1 + chance.below(BYTES_MAX[user]) }, does });

async function cutWriter(nth) {
  const does = WAYS[nth] ?? (chance() < BYTES_ODDS ? 'bytes' : chance.of(AT_COMMIT));
  if (does === 'bytes')
    await cutBytes(WRITER).then(recovered);
  else
    await cutCommit(does, does === 'garbage' ? chance.of(GARBAGE) : {});
  await sleep(chance.below(PAUSE_MS_MAX));
}

async function cutOther() {
  await cutBytes(chance.of([READER, READER, UPKEEP]));
  await sleep(chance.below(OTHER_PAUSE_MS_MAX));
}

async function times(count, cut) {
  for (let nth = 0; nth < count; nth++)
    await cut(nth);
}

async function nothingIsWrong(when) {
  await load.pause();
  try {
    assert.deepEqual(await judge(it, history, { everything: true }), [], when);
  } finally {
    load.resume();
  }
}

test(`${ROUNDS * (WRITER_CUTS + OTHER_CUTS)} cuts`, async (t) => {
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  for (let round = 1; round <= ROUNDS; round++) {
    await Promise.all([times(WRITER_CUTS, cutWriter), times(OTHER_CUTS, cutOther)]);
    await nothingIsWrong(`after round ${round}`);
  }
});

test('what nobody said about a COMMIT', async () => {
  for (const garbage of GARBAGE)
    await cutCommit('garbage', garbage);
});

test('connections that fall silent, and answers that are late', async () => {
  await cutCommit('silent');
  for (let nth = 0; nth < SLOW; nth++) {
    await cutCommit('silent');
    await cutCommit('deaf');
    await cutCommit('stall', { stall_ms: STALL_MS.late });
    await done({ user: WRITER, at: 'commit', does: 'stall', stall_ms: STALL_MS.answered }).then(recovered);
    for (const user of [WRITER, READER, UPKEEP])
      await cutBytes(user, 'silent').then(recovered);
  }
});

test('one effect each, and nothing else', async (t) => {
  wire.disarm();
  await load.stop();
  assert.deepEqual(await judge(it, history, { everything: true }), []);
  t.diagnostic(Object.entries(counts).map(([what, times]) => `${what} ${times}`).join(', '));
  t.diagnostic(`${load.told()}; ${history.ambiguous()} answers were lost`);
  clean = true;
});
