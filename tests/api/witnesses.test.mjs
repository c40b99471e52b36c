// klerod and its witnesses: what they cosign comes to its checkpoints, what is no
// cosignature does not, and one who knows another log of ours stops it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertProblem, daemon, must, program, until } from './client.mjs';
import { checkpointOf, leafHash } from './merkle.mjs';
import { cosignatures, cosignedBy, Pretender, seedOf, SignedLog, Witness } from './witness.mjs';

const REFUSED = 78; // a person must look
const TABLES = ['log_head', 'log_entry', 'log_tile', 'log_checkpoint', 'log_cosignature'];
const MS = 50, TIMEOUT_S = 1;
const REFUSE_MS_MAX = 30_000;
const LONG_S = 60; // more than a test takes
const SKEW_S = 60, SLACK_S = 20; // KL_WITNESS_SKEW_S; for what a call takes

let it, policy, vkey, highWater, ours;
const started = [];

before(async () => {
  it = await daemon({ witness_ms: MS, witness_timeout_s: TIMEOUT_S });
  policy = join(it.home, 'witnesses.txt');
  highWater = it.settings.high_water_file;
  vkey = program('klero', ['keygen', '--show', '--log', it.origin, join(it.home, 'keys/log.key')]).stdout.trim();
  ours = new SignedLog(it.origin, seed('log'));
  await it.stopDaemon();
  for (const table of TABLES) // so that a backup can be put back
    for (const name of ['is_final', 'stays', 'only_grows'])
      await it.sql(`DROP TRIGGER IF EXISTS ${table}_${name}`);
});
afterEach(async () => {
  if (it.daemon)
    await it.stopDaemon();
  await Promise.all(started.splice(0).map((witness) => witness.stop()));
});
after(async () => {
  it.configure({ witness_file: 'none' });
  await it.start();
  // Of the rest there is what acts on the fork have left.
  assert.deepEqual((await it.fsck()).findings.filter(({ table }) => table.startsWith('log_')), []);
  await it.stop();
});

// --- who is who ---------------------------------------------------------------------

const seed = (name) => readFileSync(join(it.home, `keys/${name}.key`), 'utf8').trim();

let number = 0;
async function aWitness(name = `real.example/${++number}`) {
  const witness = new Witness(join(it.home, `witness-${++number}`), { name, logs: [vkey] });
  assert.equal(witness.init().status, 0);
  started.push(await witness.start());
  return witness;
}
async function aPretender(what = {}, name = `false.example/${++number}`) {
  const pretender = Object.assign(await new Pretender(name).start(), what);
  started.push(pretender);
  return pretender;
}

// The next start of klerod knows these.
function trust(witnesses, quorum = 'none') {
  const lines = witnesses.map((witness, i) => `witness w${i} ${witness.vkey} ${witness.url}/\n`);
  const all = witnesses.map((_, i) => ` w${i}`).join('');
  writeFileSync(policy, `${lines.join('')}${quorum === 'none' ? '' : `group g ${quorum}${all}\n`}quorum ${quorum === 'none' ? 'none' : 'g'}\n`);
  it.configure({ witness_file: policy });
}
async function startWith(witnesses, quorum) {
  trust(witnesses, quorum);
  await it.start();
}

async function act() {
  const reply = await it.adminCall('POST', '/v1/organisations', { body: { id: `o-${++number}`, name: '见证测试' } });
  must(reply);
  return Number(reply.headers.get('klero-log-size'));
}
const note = async () => must(await it.call('GET', '/log/checkpoint'), 200, 'text');
const linesOf = (text) => text.slice(text.lastIndexOf('\n\n') + 2);
const textOf = (text) => text.slice(0, text.lastIndexOf('\n\n') + 1);
const namesOf = (text) => cosignatures(linesOf(text)).slice(1).map(({ name }) => name).sort();

// The checkpoint that covers `size` entries, once these have cosigned it.
const cosigned = (size, ...witnesses) => until(async () => {
  const text = await note();
  const names = namesOf(text);
  return checkpointOf(text).size >= size && witnesses.every(({ name }) => names.includes(name)) && text;
}, `${witnesses.map(({ name }) => name)} over ${size}`);

// It has cosigned another tree of this size, it says.
const ofThisSize = ({ text }) => [409, `${text.split('\n')[1]}\n`];

const silent = ({ name }, reason) => new RegExp(`"event":"witness_silent","witness":"${name}","reason":"[^"]*${reason}`);

const entries = async () => Number((await it.sql('SELECT COUNT(*) FROM log_entry'))[0]);

// It is read on, and neither takes acts nor signs.
async function assertStopped(mark, witness, reason) {
  await until(() => new RegExp(`"event":"witness_alarm","witness":"${witness.name}","reason":"${reason}"`).test(it.diaryText(mark)), 'the alarm');
  await until(async () => (await it.call('GET', '/readyz')).status === 503, 'the end');
  assert.match(it.diaryText(mark), /"event":"publisher_stopped","reason":"a witness knows another log of ours"/);
  const [signed, count] = [textOf(await note()), await entries()];
  assertProblem(await it.adminCall('POST', '/v1/organisations', { body: { id: 'no', name: '不受理' } }), 503, 'busy');
  await sleep(4 * MS);
  assert.equal(textOf(await note()), signed); // size and root
  assert.equal(await entries(), count);
  must(await it.call('GET', '/v1/organisations'), 200);
}

// Signed by our key, of a log that is not there: so many leaves of its own.
const otherLog = (size) => ours.note(Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`another ${i}`))));

// A start that comes to nothing. Pretenders are of this process: it must not stand still.
async function ends(status, pattern, then = () => {}) {
  const child = spawn(join(it.build, 'klerod'), [join(it.home, 'klerod.conf')], { cwd: it.home, stdio: ['ignore', 'ignore', 'pipe'] });
  const late = setTimeout(() => child.kill('SIGKILL'), REFUSE_MS_MAX);
  const [said, [code]] = await Promise.all([child.stderr.toArray(), once(child, 'exit'), then(child)]);
  clearTimeout(late);
  assert.equal(code, status, said.join(''));
  assert.match(said.join(''), pattern);
  assert.doesNotMatch(said.join(''), /"started"/);
}
const refuses = (pattern) => ends(REFUSED, pattern);

// --- good ones ------------------------------------------------------------------------

test('each checkpoint comes to carry the cosignature of every witness', async () => {
  const witnesses = [await aWitness(), await aWitness()];
  await startWith(witnesses, 'all');
  let size = await act();
  const text = await cosigned(size, ...witnesses);
  for (const witness of witnesses) {
    const { line } = cosignatures(linesOf(text)).find(({ name }) => name === witness.name);
    assert.ok(cosignedBy(witness.vkey, textOf(text), line));
    assert.ok((await witness.latest(it.origin)).text.startsWith(textOf(text)));
  }
  const { text: proof } = await it.call('GET', `/v1/log/proof?index=${size - 1}`);
  assert.ok(proof.endsWith(text), 'a proof carries them, too');
  await it.stopDaemon();
  await it.start(); // and they are still there
  assert.deepEqual(namesOf(await cosigned(size, ...witnesses)), witnesses.map(({ name }) => name).sort());
  for (let i = 0; i < 20; i++)
    size = await act();
  const last = await cosigned(size, ...witnesses);
  assert.equal(namesOf(last).length, 2, 'each once');
  assert.doesNotMatch(it.diaryText(0), /witness_alarm/);
});

test('the newest checkpoint that the quorum has cosigned is served apart', async () => {
  const [one, two] = [await aWitness(), await aPretender()];
  const names = [one.name, two.name].sort();
  const served = async () => must(await it.call('GET', '/log/cosigned'), 200, 'text');
  const reaches = (size) => until(async () => {
    const { status, text } = await it.call('GET', '/log/cosigned');
    return status === 200 && checkpointOf(text).size >= size;
  }, `a quorum over ${size}`);
  const audit = (...more) => program('klero', ['log', 'check', `${it.url}/log`, '--json', ...more]);
  const trusted = join(it.home, 'auditor.txt');
  await startWith([one, two], 'all');
  writeFileSync(trusted, `log ${vkey}\n${readFileSync(policy, 'utf8')}`);
  const first = await act();
  await cosigned(first, one, two);
  await reaches(first);
  assert.deepEqual(namesOf(await served()), names);
  assert.equal(linesOf(await served()).split('\n').length, 4, 'each once');

  const { add } = two;
  two.add = () => [503, ''];
  const before = await served();
  const second = await act();
  await cosigned(second, one);
  assert.equal(await served(), before, 'one alone is no quorum');
  const said = audit('--trust', trusted);
  assert.deepEqual([said.status, JSON.parse(said.stdout).size], [0, checkpointOf(before).size], said.stderr);
  assert.ok(JSON.parse(audit().stdout).size >= second, 'the latest for who wants no witness');

  await it.stopDaemon();
  // A start wants both to agree; it can show that it does, and is away again.
  two.latest = () => [200, readFileSync(highWater, 'utf8') + two.cosign(textOf(readFileSync(highWater, 'utf8')))];
  let asked = 0;
  two.add = () => { asked++; return [503, '']; };
  await it.start();
  assert.equal(await served(), before, 'also after a start');
  await until(() => asked > 0, 'that it is asked');
  two.add = add;
  await reaches(second);
  assert.deepEqual(namesOf(await served()), names);

  await it.stopDaemon();
  it.configure({ witness_file: 'none' });
  await it.start();
  assert.equal((await it.call('GET', '/log/cosigned')).status, 404, 'without witnesses there is none');
  await it.stopDaemon();
  await startWith([one]); // quorum none: whoever it is
  await reaches(await act());
  assert.deepEqual(namesOf(await served()), [one.name]);
});

test('klero fsck looks at every cosignature', async () => {
  const witness = await aWitness();
  await startWith([witness]);
  const size = checkpointOf(await cosigned(await act(), witness)).size;
  assert.deepEqual((await it.fsck()).findings, []);
  const foundAfter = async (change, back) => {
    await it.sql(`UPDATE log_cosignature SET ${change} WHERE size = ${size}`);
    const { findings } = await it.fsck();
    await it.sql(`UPDATE log_cosignature SET ${back} WHERE size = ${size}`);
    return findings.map(({ table, member, code }) => `${table} ${member} ${code}`);
  };
  assert.deepEqual(await foundAfter('cosigned_at = cosigned_at + INTERVAL 1 SECOND', 'cosigned_at = cosigned_at - INTERVAL 1 SECOND'),
    ['log_cosignature cosigned_at column']);
  assert.deepEqual(await foundAfter("line = CONCAT('x', line)", 'line = SUBSTRING(line, 2)'), ['log_cosignature line signature']);
  const [key] = await it.sql(`SELECT HEX(witness) FROM log_cosignature WHERE size = ${size}`);
  assert.deepEqual(await foundAfter("witness = UNHEX(REPEAT('ab', 32))", `witness = UNHEX('${key}')`), ['log_cosignature line signature']);
});

test('one that is away is asked again, and holds nobody up', async () => {
  const [there, away] = [await aWitness(), await aWitness()];
  await startWith([there, away]);
  await cosigned(await act(), there, away);
  await away.stop();
  const mark = it.mark();
  await cosigned(await act(), there);
  await until(() => silent(away, 'connect').test(it.diaryText(mark)), 'a word about it');
  const last = await act();
  await away.start();
  await cosigned(last, there, away);
  assert.match(it.diaryText(mark), new RegExp(`"event":"witness_speaks","witness":"${away.name}"`));
});

test('a start hears as many as the quorum wants', async () => {
  const pretender = await aPretender();
  let heard = 0;
  pretender.latest = () => {
    heard++;
    return [503, ''];
  };
  trust([pretender], 'all');
  const mark = it.mark();
  const starting = it.start();
  await until(() => heard >= 3, 'that it asks again');
  assert.match(it.diaryText(mark), silent(pretender, 'does not say'));
  assert.doesNotMatch(it.diaryText(mark), /"started"/);
  pretender.latest = () => [404, ''];
  await starting;
  await cosigned(await act(), pretender);
});

test('of a start those that hang take no more than its time', async () => {
  const hang = () => null;
  const hanging = [];
  for (let i = 0; i < 3; i++)
    hanging.push(await aPretender({ add: hang, latest: hang }));
  const good = await aWitness();
  try {
    it.configure({ witness_timeout_s: LONG_S, witness_hear_s: 1 });
    trust(hanging, '1');
    await ends(1, /"event":"witnesses".*"reason":"too few of them answer"/);
    trust([...hanging, good], '1');
    await it.start();
    await cosigned(await act(), good);
  } finally {
    it.configure({ witness_timeout_s: TIMEOUT_S, witness_hear_s: LONG_S });
  }
});

test('a start that hears is told to end, and ends', async () => {
  let asked = 0;
  const hanging = await aPretender({ latest: () => { asked++; return null; } });
  const before = [readFileSync(highWater, 'utf8'), await entries()];
  try {
    it.configure({ witness_timeout_s: LONG_S });
    trust([hanging], 'all');
    await ends(0, /"event":"stopped"/, async (child) => {
      await until(() => asked > 0, 'that it asks');
      child.kill('SIGTERM');
    });
  } finally {
    it.configure({ witness_timeout_s: TIMEOUT_S });
  }
  assert.deepEqual([readFileSync(highWater, 'utf8'), await entries()], before, 'nothing has begun');
});

// --- answers that are none ------------------------------------------------------------

test('what is no cosignature is none, whoever sends it, and the others cosign', async () => {
  const stranger = new Pretender('stranger.example');
  const thief = new Pretender('false.example/thief', seedOf('another'));
  const good = await aWitness();
  let last = 0;
  const bad = [
    ['status 200', { add: () => [200, 'garbage\n'] }],
    ['status 200', { add: () => [200, ''] }],
    ['status 200', { add: ({ text }) => [200, stranger.cosign(text)] }],
    ['status 200', { add: ({ text }) => [200, thief.cosign(text)] }, 'false.example/thief'],
    ['', { add: () => [200, 'x'.repeat(1 << 20)] }],
    ['imeout', { add: () => null }],
    ['status 500', { add: () => [500, 'no'] }],
    ['status 302', { add: () => [302, ''] }],
    ['status 404', { add: () => [404, ''] }],
    ['another size', { add: () => [409, `${last = last === 1 ? 2 : 1}\n`] }],
    ['status 409', { add: ({ old }) => [409, `${old}\n`] }],
    ['status 409', { add: () => [409, '99999'] }], // no line
  ];
  const pretenders = [];
  // Over plain HTTP anybody can say so in its name.
  const signed = () => [200, readFileSync(highWater, 'utf8')];
  const strange = new SignedLog(it.origin, seedOf('not our key')).note([leafHash(Buffer.from('x'))]);
  for (const latest of [() => [404, ''], () => [500, ''], () => [200, 'garbage\n'], () => [200, strange], signed])
    bad.push(['a larger log of ours', { add: () => [409, '1000000\n'], latest }]);
  bad.push(['another log of ours', { add: () => [422, ''], latest: signed }]);
  bad.push(['another log of ours', { add: ofThisSize, latest: signed }]);
  for (const [reason, what, name] of bad)
    pretenders.push({ reason, ...{ one: await aPretender(what, name) } });
  const late = await aPretender();
  late.add = ({ text }) => [200, late.cosign(text, 1_500_000_000)];
  const ahead = await aPretender();
  ahead.add = ({ text }) => [200, ahead.cosign(text, Math.floor(Date.now() / 1000) + SKEW_S + SLACK_S)];
  pretenders.push({ reason: 'clock', one: late }, { reason: 'clock', one: ahead });
  const slow = await aPretender();
  slow.add = ({ text }) => [200, slow.cosign(text, Math.floor(Date.now() / 1000) - SKEW_S + SLACK_S)];
  const wordy = await aPretender();
  wordy.add = ({ text }) => [200, stranger.cosign(text) + wordy.cosign(text) + stranger.cosign(text)];
  const mark = it.mark();
  await startWith([good, slow, wordy, ...pretenders.map(({ one }) => one)]);
  const text = await cosigned(await act(), good, slow, wordy);
  for (const { one, reason } of pretenders)
    await until(() => silent(one, reason).test(it.diaryText(mark)), `a word about ${one.name}: ${reason}`);
  assert.deepEqual(namesOf(await note()), [good.name, slow.name, wordy.name].sort());
  assert.equal(linesOf(text).split('\n').length, 5, 'nothing else is shown');
  must(await it.call('GET', '/readyz'), 200);
  assert.doesNotMatch(it.diaryText(mark), /witness_alarm/);
});

// --- alarms ---------------------------------------------------------------------------

for (const [what, reason, answer, size] of [
  ['a larger log than ours', 'rolled-back', () => [409, '1000000\n'], 1000],
  ['another log than ours', 'forked', () => [422, ''], 2],
  ['another log than ours of this size', 'forked', ofThisSize, 1],
])
  test(`one that can show ${what} stops it, and the next start`, async () => {
    const pretender = await aPretender();
    const shown = otherLog(size);
    await startWith([pretender], 'all'); // so that a start waits for its answer
    await cosigned(await act(), pretender);
    const mark = it.mark();
    pretender.latest = () => [200, shown];
    pretender.add = answer;
    await act();
    await assertStopped(mark, pretender, reason);
    const [told] = it.diaryText(mark).match(/^.*"event":"witness_alarm".*$/m);
    assert.equal(JSON.parse(told).note, shown, 'the proof is told');
    await it.stopDaemon();
    await refuses(new RegExp(`"event":"witness_alarm".*"reason":"${reason}"`));
  });

describe('an old backup with its high-water file', () => {
  const save = (name) => it.sql(TABLES.map((table) =>
    `DROP TABLE IF EXISTS ${name}_${table}; CREATE TABLE ${name}_${table} AS SELECT * FROM ${table}`).join(';'));
  const restore = (name) => it.sql(TABLES.map((table) =>
    `TRUNCATE TABLE ${table}; INSERT INTO ${table} SELECT * FROM ${name}_${table}`).join(';'));

  test('is refused, for a witness has seen more; and what is signed on it is a fork', async () => {
    const witness = await aWitness();
    await startWith([witness], 'all');
    await cosigned(await act(), witness);
    await it.stopDaemon();
    await save('old');
    const old = readFileSync(highWater);
    await it.start();
    await cosigned(await act(), witness);
    await it.stopDaemon();
    await save('good');
    const good = readFileSync(highWater);
    await restore('old');
    writeFileSync(highWater, old);
    await refuses(/"event":"witness_alarm".*"reason":"rolled-back"/);
    it.configure({ witness_file: 'none' }); // as if it had none: it signs a fork
    await it.start();
    for (let i = 0; i < 2; i++) {
      const size = await act();
      await until(async () => checkpointOf(await note()).size >= size, 'the fork');
    }
    await it.stopDaemon();
    trust([witness], 'all');
    await refuses(/"event":"witness_alarm".*"reason":"forked"/);
    await restore('good');
    rmSync(highWater);
    writeFileSync(highWater, good);
    await it.start();
    assert.ok(checkpointOf(await cosigned(1, witness)).size > 1);
  });
});

// --- its file -------------------------------------------------------------------------

test('a policy that cannot be used is refused', async () => {
  const one = new Pretender('one.example');
  const cases = {
    'line 1 is at fault': 'witness w\n',
    'line 0 is at fault': `witness w ${one.vkey} http://127.0.0.1:1\n`,
    'a witness has no address': `witness w ${one.vkey}\nquorum none\n`,
    'a witness has a name that no declaration can have': `witness w ${new Pretender('见证.example').vkey} http://127.0.0.1:1\nquorum none\n`,
    'a witness has a key of ours': `witness w ${new Pretender('own.example', seed('log')).vkey} http://127.0.0.1:1\nquorum none\n`,
  };
  for (const [reason, text] of Object.entries(cases)) {
    trust([]);
    writeFileSync(policy, text);
    await refuses(new RegExp(`"event":"witnesses".*"reason":"${reason}"`));
  }
  it.configure({ witness_file: join(it.home, 'nowhere') });
  await refuses(/"event":"witnesses".*"reason":"No such file or directory"/);
});
