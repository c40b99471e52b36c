// An old backup is put back: each time klerod refuses to go on with a log that
// the world has seen longer, and with the right database everything is there.
// The high-water file knows it; where that was put back as well, a witness does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertProblem, daemon, program, until } from '../api/client.mjs';
import { cosignatures, Witness } from '../api/witness.mjs';
import { chanceOf, long } from './chance.mjs';
import { History } from './history.mjs';
import { judge } from './oracle.mjs';

const ROUNDS = long ? 20 : 1;
const BACKUPS = long ? 20 : 2;
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

// A start that comes to nothing: how it ended, and what it said.
async function refusal(it) {
  const mark = it.mark();
  await assert.rejects(it.start(), /klerod ended instead of starting/);
  const ended = await it.daemon.ended;
  it.daemon = null;
  return { ended, lines: it.diaryText(mark).trim().split('\n').map((line) => JSON.parse(line)) };
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
      const { ended, lines } = await refusal(it);
      assert.deepEqual(ended, [78, null]);
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

// --- by a witness alone ------------------------------------------------------------

async function aWitness(it) {
  const log = program('klero', ['keygen', '--show', '--log', it.origin, join(it.home, 'keys/log.key')]).stdout.trim();
  const witness = new Witness(join(it.home, 'witness'), { name: 'witness.example/1', logs: [log] });
  assert.equal(witness.init().status, 0);
  return witness.start();
}

// The next start wants to hear it, or does not.
function hears(it, { vkey, url }, quorum, settings = {}) {
  writeFileSync(join(it.home, 'witnesses.txt'), `witness w ${vkey} ${url}/\nquorum ${quorum}\n`);
  it.configure({ witness_file: join(it.home, 'witnesses.txt'), witness_ms: 20, witness_timeout_s: 5, witness_hear_s: 60, ...settings });
}

// All that was signed, here and by the witness.
const signed = async (it, witness) => [readFileSync(it.settings.high_water_file, 'utf8'),
  ...await it.sql('SELECT COUNT(*), MAX(size) FROM log_checkpoint'), ...await it.sql('SELECT size FROM log_head'),
  witness.process && (await witness.latest(it.origin)).text];

// The database in place of which there is another, and its high-water file.
class Backups {
  constructor(it) {
    Object.assign(this, { it, data: join(it.database, 'data'), right: join(it.home, 'right') });
  }

  #file(name) {
    return join(this.it.home, `${name}.high-water`);
  }

  async take(name) {
    await down(this.it);
    copy(this.data, join(this.it.home, name));
    copyFileSync(this.it.settings.high_water_file, this.#file(name));
    databaseSh(this.it, 'start');
  }

  // As the right one, which is kept for the end.
  async keep() {
    await down(this.it);
    copyFileSync(this.it.settings.high_water_file, this.#file('right'));
    execFileSync('mv', [this.data, this.right]);
  }

  put(name) {
    databaseSh(this.it, 'stop');
    rmSync(this.data, { recursive: true, force: true });
    execFileSync('mv', [join(this.it.home, name), this.data]);
    copyFileSync(this.#file(name), this.it.settings.high_water_file);
    databaseSh(this.it, 'start');
  }
}

async function growing(it, witness) {
  const { operator } = await it.people();
  let n = 10;
  const act = async () => {
    const reply = await it.call('POST', '/v1/categories', { key: operator,
      body: { code: `Z${n++}`, phase: '立项用地', service: '编制', approval_item: '审批', authority: '发改' } });
    return reply.status === 201 ? Number(reply.headers.get('klero-log-size')) : assert.fail(reply.text);
  };
  const cosigned = (size) => until(async () => {
    const { text } = await it.call('GET', '/log/checkpoint');
    return Number(text.split('\n')[1]) >= size && cosignatures(text).some(({ name }) => name === witness.name);
  }, `its cosignature over ${size}`);
  return { act, cosigned };
}

test(`with its high-water file it is refused ${BACKUPS} of ${BACKUPS} times, by a witness alone`, async (t) => {
  const chance = chanceOf();
  t.diagnostic(`KLERO_SEED=${chance.seed}`);
  const it = await daemon();
  const backups = new Backups(it);
  let witness;
  try {
    witness = await aWitness(it);
    const { act, cosigned } = await growing(it, witness);
    const sizes = [];
    let size = await act();
    for (let i = 0; i < BACKUPS; i++) {
      await until(async () => await published(it) >= size, 'its checkpoint');
      await backups.take(`old-${i}`);
      hears(it, witness, 'w');
      await it.start();
      sizes.push(size);
      for (let left = 1 + chance.below(ACTS_MAX); left > 0; left--)
        size = await act();
      await cosigned(size);
    }
    await backups.keep();

    for (let i = 0; i < BACKUPS; i++) {
      backups.put(`old-${i}`);
      const before = await signed(it, witness);
      const { ended, lines } = await refusal(it);
      assert.deepEqual(ended, [78, null]);
      assert.deepEqual(lines.map((line) => [line.event, line.witness, line.reason, line.knows, line.size]),
        [['witness_alarm', witness.name, 'rolled-back', size, sizes[i]]]);
      assert.ok((await witness.latest(it.origin)).text.startsWith(lines[0].note.split('\n\n')[0]), 'the proof is told');
      assert.deepEqual(await signed(it, witness), before, 'nothing is signed');
    }
    await withoutIt(it, witness, { act, size });

    backups.put('right');
    hears(it, witness, 'w');
    await it.start();
    assert.equal(await published(it), size);
    await cosigned(await act());
    assert.deepEqual((await it.fsck()).findings, []);
  } finally {
    await witness?.stop();
    await it.stop();
  }
});

// On the last of the backups, while the witness is away: where it must be heard
// nothing begins; where it need not be, a fork is signed until it is back.
async function withoutIt(it, witness, { act, size }) {
  execFileSync('mv', [it.settings.high_water_file, join(it.home, 'lost')]);
  const lost = await refusal(it);
  assert.deepEqual([lost.ended, lost.lines[0].reason], [[78, null], 'no-high-water']);
  execFileSync('mv', [join(it.home, 'lost'), it.settings.high_water_file]);

  await witness.stop();
  const before = await signed(it, witness);
  hears(it, witness, 'w', { witness_hear_s: 1 });
  const { ended, lines } = await refusal(it);
  assert.deepEqual(ended, [1, null]);
  assert.deepEqual(lines.map(({ event, reason }) => [event, reason]).at(-1), ['witnesses', 'too few of them answer']);
  assert.deepEqual(await signed(it, witness), before, 'nothing is signed');

  hears(it, witness, 'none');
  const mark = it.mark();
  await it.start();
  const forked = await act();
  await until(async () => await published(it) >= forked, 'what nobody stops');
  await witness.start();
  await until(() => /"event":"publisher_stopped","reason":"a witness knows another log of ours"/.test(it.diaryText(mark)), 'the end of it');
  const [alarm] = it.diaryText(mark).match(/^.*"event":"witness_alarm".*$/m);
  assert.equal(JSON.parse(alarm).reason, forked < size ? 'rolled-back' : 'forked');
  assertProblem(await it.adminCall('POST', '/v1/organisations', { body: { id: 'no', name: '不受理' } }), 503, 'busy');
  await it.stopDaemon();
}
