// klerod --init signs nothing before the witnesses are heard: a database that was
// emptied knows nothing of the log that its key has begun, and they do.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { daemon, must, program, until } from './client.mjs';
import { checkpointOf, leafHash } from './merkle.mjs';
import { cosignatures, Pretender, seedOf, SignedLog, Witness } from './witness.mjs';

const REFUSED = 78; // a person must look
const TABLES = ['log_head', 'log_entry', 'log_tile', 'log_checkpoint', 'log_cosignature'];
const INIT_MS_MAX = 60_000;
const LONG_S = 60; // more than a test takes

let it, highWater, policy, vkey;
const started = [];

before(async () => {
  it = await daemon({ witness_ms: 50, witness_timeout_s: 1 });
  highWater = it.settings.high_water_file;
  policy = join(it.home, 'witnesses.txt');
  vkey = program('klero', ['keygen', '--show', '--log', it.origin, join(it.home, 'keys/log.key')]).stdout.trim();
  await it.stopDaemon();
  for (const table of TABLES)
    for (const name of ['is_final', 'stays', 'only_grows'])
      await it.sql(`DROP TRIGGER IF EXISTS ${table}_${name}`);
});
beforeEach(wipe);
afterEach(async () => {
  it.configure({ witness_timeout_s: 1, witness_hear_s: LONG_S });
  if (it.daemon)
    await it.stopDaemon();
  await Promise.all(started.splice(0).map((witness) => witness.stop()));
});
after(async () => {
  it.configure({ witness_file: 'none' });
  await wipe();
  const { status, said } = await init();
  assert.equal(status, 0, said);
  await it.start();
  await it.stop();
});

async function wipe() {
  await it.sql(TABLES.map((table) => `TRUNCATE TABLE ${table}`).join(';'));
  rmSync(highWater, { force: true });
}

let number = 0;
async function aWitness() {
  const witness = new Witness(join(it.home, `witness-${++number}`), { name: `real.example/${number}`, logs: [vkey] });
  assert.equal(witness.init().status, 0);
  started.push(await witness.start());
  return witness;
}
async function aPretender(latest) {
  const pretender = Object.assign(await new Pretender(`false.example/${++number}`).start(), { latest });
  started.push(pretender);
  return pretender;
}

// The witnesses of the next --init; how many of them must answer.
function trust(witnesses, quorum) {
  const all = witnesses.map((_, i) => ` w${i}`).join('');
  writeFileSync(policy, witnesses.map(({ vkey: key, url }, i) => `witness w${i} ${key} ${url}/\n`).join('') +
    (quorum === 'none' ? 'quorum none\n' : `group g ${quorum}${all}\nquorum g\n`));
  it.configure({ witness_file: policy });
}

// Pretenders are of this process: it must not stand still.
async function init(then = () => {}) {
  const child = spawn(join(it.build, 'klerod'), ['--init', join(it.home, 'klerod.conf')],
    { cwd: it.home, stdio: ['ignore', 'ignore', 'pipe'] });
  const late = setTimeout(() => child.kill('SIGKILL'), INIT_MS_MAX);
  const [said, [status]] = await Promise.all([child.stderr.toArray(), once(child, 'exit'), then(child)]);
  clearTimeout(late);
  return { status, said: said.join('') };
}

// It comes to nothing: nothing is signed, nothing written.
async function refuses(status, reason, then) {
  const ended = await init(then);
  assert.equal(ended.status, status, ended.said);
  assert.match(ended.said, new RegExp(`"event":"init_refused","reason":"${reason}"`));
  assert.deepEqual(await it.sql('SELECT (SELECT COUNT(*) FROM log_head) + (SELECT COUNT(*) FROM log_entry)' +
    ' + (SELECT COUNT(*) FROM log_checkpoint)'), ['0']);
  assert.ok(!existsSync(highWater), 'no high-water file');
  return ended.said;
}
async function begins() {
  const { status, said } = await init();
  assert.equal(status, 0, said);
  assert.match(said, /"event":"log_opened"/);
  assert.equal(checkpointOf(readFileSync(highWater, 'utf8')).size, 1);
}

test('a log that no witness knows is begun, and goes on', async () => {
  const witnesses = [await aWitness(), await aWitness()];
  trust(witnesses, 'all');
  await begins();
  await it.start();
  await until(async () => cosignatures(must(await it.call('GET', '/log/checkpoint'), 200, 'text')).length === 3, 'both cosign');
});

for (const quorum of ['all', 'none'])
  test(`a log that a witness has cosigned is not begun again (quorum ${quorum})`, async () => {
    const witness = await aWitness();
    trust([witness], quorum);
    await begins();
    await it.start();
    await until(async () => (await witness.latest(it.origin)).status === 200, 'that it cosigns');
    await it.stopDaemon();
    const shown = (await witness.latest(it.origin)).text;
    await wipe();
    const said = await refuses(REFUSED, 'a witness shows a log that our key has begun');
    const alarm = JSON.parse(said.match(/^.*"event":"witness_alarm".*$/m)[0]);
    assert.deepEqual([alarm.witness, alarm.reason, alarm.knows, alarm.size, alarm.note],
      [witness.name, 'rolled-back', checkpointOf(shown).size, 0, shown]);
    assert.equal((await witness.latest(it.origin)).text, shown, 'it was asked for nothing else');
  });

test('what our key has signed counts, whoever shows it; what another has signed does not', async () => {
  const leaves = [leafHash(Buffer.from('another'))];
  const seed = readFileSync(join(it.home, 'keys/log.key'), 'utf8').trim();
  const ours = await aPretender(() => [200, new SignedLog(it.origin, seed).note(leaves)]);
  trust([ours], 'none');
  await refuses(REFUSED, 'a witness shows a log that our key has begun');
  const theirs = await aPretender(() => [200, new SignedLog(it.origin, seedOf('not our key')).note(leaves)]);
  it.configure({ witness_hear_s: 1 });
  trust([theirs], 'all');
  assert.match(await refuses(1, 'too few witnesses answer'), /"event":"witness_silent".*"it shows no checkpoint of ours"/);
  trust([theirs], 'none');
  await begins();
});

test('as many must answer as the quorum wants, in its time', async () => {
  const [away, good] = [await aPretender(() => [503, '']), await aPretender(() => [404, ''])];
  it.configure({ witness_hear_s: 1 });
  trust([away, good], 'all');
  const said = await refuses(1, 'too few witnesses answer');
  assert.match(said, new RegExp(`"event":"witness_silent","witness":"${away.name}","reason":"it does not say what it knows"`));
  assert.match(said, /"event":"witnesses".*"reason":"too few of them answer"/);
  away.stop();
  assert.match(await refuses(1, 'too few witnesses answer'), /"event":"witness_silent".*onnect/);
  trust([away, good], '1');
  await begins();
});

test('one that comes late is heard', async () => {
  let asked = 0;
  const late = await aPretender(() => ++asked < 3 ? [503, ''] : [404, '']);
  trust([late], 'all');
  await begins();
  assert.equal(asked, 3);
});

test('told to end while it hears, it ends', async () => {
  let asked = 0;
  const hanging = await aPretender(() => { asked++; return null; });
  it.configure({ witness_timeout_s: LONG_S });
  trust([hanging], 'all');
  await refuses(1, 'it was told to end', async (child) => {
    await until(() => asked > 0, 'that it asks');
    child.kill('SIGTERM');
  });
});

test('a witness file that cannot be used is refused', async () => {
  trust([], 'none');
  writeFileSync(policy, 'witness w\n');
  assert.match(await refuses(REFUSED, 'the witness file cannot be used'), /"event":"witnesses".*line 1 is at fault/);
});
