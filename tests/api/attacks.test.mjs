// Attacks by whoever has the server, its database and its keys, on draws that run:
// what he does, and who stops it or names it, and by which word. What a client may
// try is in the tests of its route; the whole table is in tests/README.md.
//
// Nobody waits for hours: the clock of each service, and of its witness, is set to
// the next time that all who play wait for.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { assertProblem, client, must, until } from './client.mjs';
import { evidence } from './evidence.mjs';
import { Installation, root, scratch } from './installation.mjs';
import { commitment, sha256 } from './keys.mjs';
import { checkpointOf, leafHash } from './merkle.mjs';
import { trusted } from './trusted.mjs';
import { cosignatures, Pretender, seedOf, SignedLog, Witness } from './witness.mjs';
import { fakeClock } from '../faults/faked.mjs';

const BOTH = ['operator', 'supervisor'];
const DICE = '4162533615246134526163255';
const REFUSED = 78;
const FORKED = 3; // what klero exits with when a log has another past
const HOUR = 3600;
const HOURS = { n: 1, unit: 'hour' };

let world, it, witness, thief, twin, institutions, forkedAt, ours, kept, firstNotice;
const drawn = {}; // by what was done to it

// --- two services of one log ------------------------------------------------------

const databaseSh = (them, command) => execFileSync(join(root, 'ops/database.sh'), [command, them.database],
  { env: { ...process.env, KLERO_OWNER: String(process.pid) }, stdio: 'ignore' });

// A second service with the keys of the first and all that it has stored so far,
// which never happened otherwise: from here on it writes a history of its own.
async function twinOf(them) {
  const home = scratch('twin');
  const other = new Installation(home, them.build, { ...them.settings, db_socket: join(home, 'db/db.sock'),
    admin_socket: join(home, 'admin.sock'), high_water_file: join(home, 'high-water') });
  await them.stopDaemon();
  databaseSh(them, 'stop');
  mkdirSync(join(home, 'db'));
  execFileSync('cp', ['-a', '--reflink=auto', join(them.database, 'data'), join(home, 'db/data')]);
  execFileSync('cp', ['-a', them.settings.high_water_file, join(them.home, 'people.json'), home]);
  for (const each of [them, other])
    databaseSh(each, 'start');
  other.configure({});
  await them.start();
  return Object.assign(other, client(other));
}

// A service and its witness by one clock, or by two.
async function clocked(apart = false) {
  const clocks = {};
  const make = async (them, log, nth) => {
    const name = `witness.example/${nth}`;
    const one = new Witness(join(them.home, 'witness'), { name, seed: seedOf(`${name} ${them.home}`), logs: [log] });
    clocks.here = clocks.afar = fakeClock(them);
    one.before = them.before;
    if (apart)
      clocks.afar = fakeClock(Object.assign(one, { build: them.build }));
    assert.equal(one.init().status, 0);
    return one.start();
  };
  const made = await trusted({ clock_skew_ms: 0, witness_timeout_s: 60 }, { make });
  made.relay.now = () => Number.MAX_SAFE_INTEGER;
  const both = (time) => [clocks.afar, clocks.here].forEach((clock) => clock.to(time));
  made.it.time = new Time(made.it, { now: clocks.here.now, to: both });
  await made.it.policy(made.policy({ optional_parties: ['owner'], objection: HOURS, commit: HOURS, reveal: HOURS, delay_s: HOUR }));
  return { ...made, ...clocks };
}

const published = async (them) => must(await them.call('GET', '/log/checkpoint'), 200, 'text');
const cosigned = (them) => until(async () => {
  const [size] = await them.sql('SELECT size FROM log_head');
  const note = await published(them);
  return checkpointOf(note).size >= Number(size) && cosignatures(note).length > 1;
}, 'the witness');

// Of one service. play(what): as long as `what` lasts, no time passes but what it
// waits for itself, with to().
class Time {
  #players = 0;
  #waiting = [];

  constructor(them, clock) {
    Object.assign(this, { them, clock });
  }

  async play(what) {
    this.#players++;
    try {
      return await what();
    } finally {
      this.#players--;
      void this.#move();
    }
  }

  to(time) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ at: new Date(time).getTime(), resolve, reject });
      void this.#move();
    });
  }

  // To the next time that anybody waits for, once all of them do. Each step is
  // cosigned before it is over.
  async #move() {
    const all = this.#waiting;
    if (all.length === 0 || all.length < this.#players)
      return;
    const at = Math.min(...all.map((each) => each.at));
    const here = all.filter((each) => each.at === at);
    this.#waiting = all.filter((each) => each.at !== at);
    try {
      await cosigned(this.them);
      if (at > this.clock.now().getTime())
        this.clock.to(new Date(at));
      here.forEach(({ resolve }) => resolve());
    } catch (error) {
      here.forEach(({ reject }) => reject(error));
    }
  }
}

async function grow(them, id) {
  const reply = await them.adminCall('POST', '/v1/organisations', { body: { id, name: '另一段历史' } });
  must(reply);
  return until(async () => {
    const note = await published(them);
    return checkpointOf(note).size >= Number(reply.headers.get('klero-log-size')) && note;
  }, 'its checkpoint');
}

before(async () => {
  world = await clocked();
  ({ it, witnesses: [witness] } = world);
  institutions = [];
  for (let i = 0; i < 3; i++)
    institutions.push(await it.institution());
  await cosigned(it);
  forkedAt = Number((await it.sql('SELECT size FROM log_head'))[0]);
  twin = await twinOf(it);
  twin.time = new Time(twin, fakeClock(twin));
  await grow(it, 'ours');
  kept = await until(async () => {
    const { text } = await witness.latest(it.origin);
    return checkpointOf(text).size > forkedAt && text;
  }, 'that the witness has seen it');
  writeFileSync(join(it.home, 'kept'), kept);
  ours = join(it.home, 'ours');
  assert.equal((await klero('log', 'mirror', ours, `${it.url}/log`)).status, 0);
  // Whoever has the witness's key, too.
  thief = await new Pretender(witness.name, seedOf(`${witness.name} ${it.home}`)).start();
  thief.add = ({ text: said }) => [200, thief.cosign(said, Math.floor(twin.time.clock.now() / 1000))];
  assert.equal(thief.vkey, witness.vkey);
  firstNotice = await aNotice(it);
});
after(async () => {
  if (twin?.daemon)
    await twin.stopDaemon();
  if (twin) {
    databaseSh(twin, 'stop');
    rmSync(twin.home, { recursive: true });
  }
  thief?.stop();
  await world?.stop();
});

// By the clock of the one that is ahead, so that nothing is of the future; and not
// in step: all else goes on meanwhile.
function klero(...args) {
  const { before: [env, ...faked] } = twin?.time && twin.time.clock.now() > it.time.clock.now() ? twin : it;
  return promisify(execFile)(env, [...faked, join(it.build, 'klero'), ...args])
    .then((out) => ({ status: 0, ...out }), (error) => ({ ...error, status: error.code ?? error.signal }));
}
const chain = () => ['--accept-chain', join(it.home, 'chain.json')];

// The log that is there, to an auditor who wants the witness: { status, fault, … }.
async function audit(base, ...words) {
  const { status, stdout, stderr } = await klero('log', 'check', base, '--trust', join(it.home, 'log.trust'), ...chain(), '--json', ...words);
  return { status, said: stdout + stderr, ...stdout && JSON.parse(stdout) };
}

// The pack of a draw, to somebody who has every key that can be had.
async function prove(them, { id, parties }, { log, witnesses: [{ name, vkey }] } = world) {
  const at = (end) => join(them.home, `${id}.${end}`);
  writeFileSync(at('zip'), await evidence(them).pack(id));
  writeFileSync(at('trust'), `log ${log}\nwitness ${name} ${vkey}\nquorum none\n${
    Object.entries(parties).map(([party, { key }]) => `party ${party} ${key.public_key}\n`).join('')}`);
  const { status, stdout, stderr } = await klero('verify', at('zip'), '--trust', at('trust'), ...chain(), '--json');
  return { status, said: stdout + stderr, ...JSON.parse(stdout) };
}
const codes = ({ findings }) => findings.map(({ code }) => code);

// --- a draw, step by step -----------------------------------------------------------

const aNotice = (them, members) => them.aNotice({ beacon: 'drand', ...members,
  signup_close: new Date(them.time.clock.now().getTime() + HOUR * 1000).toISOString().replace(/\.\d+/, '') });
// As far as its declaration; its receipts are kept from here on.
async function declared(them, { who = institutions, parties, notice: made, ...members } = {}) {
  const notice = made ?? await aNotice(them, members);
  const draw = Object.assign(them.drawOf(notice, who, parties ?? (await them.people()).parties), { them, receipts: [] });
  for (const each of who)
    draw.receipts.push(must(await them.call('POST', `/v1/notices/${notice.id}/signups`, { key: each, body: {} })));
  await them.time.to(notice.signup_close);
  return frozen(draw);
}
async function frozen(draw) {
  await draw.them.time.to((await draw.them.waitFor(draw, 'drafted')).draft_until);
  return Object.assign(draw, { shown: await draw.them.waitFor(draw, 'declared') });
}
async function commitAll(draw) {
  for (const name of Object.keys(draw.parties))
    draw.receipts.push(must(await draw.commit(name)));
}
async function come(draw, member, state) {
  await draw.them.time.to(draw.shown[member]);
  return Object.assign(draw, { shown: await draw.them.waitFor(draw, state) });
}
async function locked(them, members) {
  const draw = await declared(them, members);
  await commitAll(draw);
  return come(draw, 'commit_by', 'locked');
}
async function reveal(draw, name) {
  const reply = await until(async () => { // the lock is to be cosigned first
    const got = await draw.reveal(name);
    return got.body?.code !== 'too-early' && got;
  }, `the reveal of ${name}`);
  return must(reply);
}
async function ended(draw, names = Object.keys(draw.parties)) {
  for (const name of names)
    await reveal(draw, name);
  await come(draw, 'reveal_by', 'sealed');
  return come(draw, 'beacon_time', 'closed');
}
const text = async (draw, name) => (await draw.text(name)).toString();

const attack = (what, how) => test(what, () => it.time.play(how));

describe('on a draw that runs', { concurrency: 8 }, () => {
  test('all that the server has is written anew: a witness or a receipt catches it, and nothing else', async () => {
    const honest = drawn.honest = await it.time.play(async () => {
      const draw = await declared(it, { notice: firstNotice });
      await commitAll(draw);
      return draw;
    });
    // Another history begins, and the witness is asked to cosign it.
    const mark = twin.mark();
    await assert.rejects(twin.start(), /"event":"witness_alarm","witness":"witness.example\/1","reason":"rolled-back"/);
    assert.deepEqual(await twin.daemon.ended, [REFUSED, null]);
    twin.daemon = null;
    assert.doesNotMatch(twin.diaryText(mark), /"started"/);

    // The witness is asked for more than that, by whoever has the log's key.
    const liar = new SignedLog(it.origin, readFileSync(join(it.home, 'keys/log.key'), 'utf8').trim());
    const leaves = (count) => Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`rewritten ${i}`)));
    for (const more of [0, 1])
      await until(async () => {
        const { size } = checkpointOf((await witness.latest(it.origin)).text);
        const { status } = await witness.add(liar.request(size, leaves(size + more)));
        assert.ok([409, 422].includes(status), `status ${status}`);
        return status === 422; // else it has seen more of the true one meanwhile
      }, 'its refusal');
    assert.match(witness.text(), /"event":"witness_fork","origin":"test.example\/log"/);

    // So it has one of its own, who has the key of the other. Until that signs,
    // whoever wants the witness sees nothing of the other history.
    writeFileSync(join(twin.home, 'witnesses.txt'), `witness w ${thief.vkey} ${thief.url}/\nquorum none\n`);
    twin.configure({ witness_file: join(twin.home, 'witnesses.txt') });
    const cosigns = thief.add;
    thief.add = () => [503, ''];
    await twin.start();
    const { size } = checkpointOf(kept);
    for (let n = 0; checkpointOf(await published(twin)).size <= size; n++)
      await grow(twin, `theirs-${n}`);
    const old = await audit(`${twin.url}/log`);
    assert.ok(old.fault ? old.fault.code === 'witnesses' : old.size <= forkedAt, old.said);

    // With that key the same draw is held with another roster, and all parties play.
    thief.add = cosigns;
    const shell = await twin.institution();
    const other = await twin.time.play(async () => ended(await locked(twin, { who: [institutions[0], institutions[1], shell] })));
    assert.equal(other.id, honest.id);
    assert.equal(other.shown.outcome, 'result');
    assert.match(await text(other, 'roster.txt'), new RegExp(`^entry ${shell.uscc} `, 'm'));

    // Nothing in it is wrong, for whoever has that key and nothing else.
    const proof = await prove(twin, other);
    assert.deepEqual([proof.status, codes(proof), proof.level], [0, [], 'test'], proof.said);
    const alone = await until(async () => {
      const seen = await audit(`${twin.url}/log`);
      return seen.size > other.shown.event_index && seen;
    }, 'the whole of it');
    assert.deepEqual([alone.status, alone.findings], [0, []], alone.said);

    // Who was left out has a receipt, and so has each party.
    honest.receipts.forEach((receipt, i) => writeFileSync(join(it.home, `receipt-${i}`), JSON.stringify(receipt)));
    for (const i of honest.receipts.keys()) {
      const file = join(it.home, `receipt-${i}`);
      const told = await audit(`${twin.url}/log`, '--receipt', file);
      const stands = told.fault.index < told.size; // another event, or none
      assert.deepEqual([told.status, told.fault.code, told.fault.against], [1, stands ? 'receipt' : 'receipt-broken', file], told.said);
      const held = await audit(`${it.url}/log`, '--receipt', file);
      assert.equal(held.receipts?.[file], true, held.said);
    }

    // The witness that does not lie has seen another log, and so has an auditor: the
    // two need only compare.
    const seen = await audit(`${twin.url}/log`, '--known', join(it.home, 'kept'));
    assert.deepEqual([seen.status, seen.fault.code, seen.fault.entries], [FORKED, 'forked', [0, size - 1]], seen.said);
    const theirs = join(it.home, 'theirs');
    const copied = await klero('log', 'mirror', theirs, `${twin.url}/log`, ...chain());
    assert.equal(copied.status, 0, copied.stderr);
    for (const copy of [ours, theirs])
      assert.equal((await klero('log', 'check', copy, ...chain())).status, 0, `${copy} is good by itself`);
    const parted = await audit(theirs, '--known', ours);
    assert.deepEqual([parted.status, parted.fault.code, parted.fault.entries], [FORKED, 'forked', [forkedAt, forkedAt]], parted.said);
    const { stdout } = await klero('log', 'check', theirs, '--known', ours, ...chain());
    for (const copy of [ours, theirs])
      assert.ok(stdout.includes(readFileSync(join(copy, 'checkpoint'), 'utf8')), 'both notes are the proof');
  });

  attack('the roster is changed in the database after the lock: the log remembers', async () => {
    const draw = drawn.roster = await locked(it, { project_code: 'attacked-1' });
    const { uscc } = institutions[2];
    await it.sql(`UPDATE draw_text SET body = REPLACE(body, 'entry ${uscc} 1', 'entry ${uscc} 1000'),
      sha256 = UNHEX(SHA2(body, 256)) WHERE draw = '${draw.id}' AND file = 'roster.txt'`);
    await ended(draw);
    const proof = await prove(it, draw);
    assert.deepEqual([proof.status, codes(proof)[0], proof.findings[0].file], [1, 'digest-roster', 'declare.txt'], proof.said);
  });

  attack('a reveal is taken out of the database, so that the seal has it as withheld', async () => {
    const draw = drawn.reveal = await locked(it);
    await reveal(draw, 'supervisor');
    await it.sql(`UPDATE draw_party SET reveal_index = 0 WHERE draw = '${draw.id}' AND party = 'supervisor';
      DELETE FROM draw_text WHERE draw = '${draw.id}' AND file = 'commit-supervisor.txt'`);
    await ended(draw, ['operator']);
    assert.match(await text(draw, 'seal.txt'), /^secret supervisor withheld$/m);
    assert.equal(draw.shown.outcome, 'result');
  });

  attack('a commitment that has its receipt is taken out of the database before the lock', async () => {
    const owner = await it.person('owner');
    const parties = { ...(await it.people()).parties, owner: await it.party(owner, 'owner') };
    const draw = drawn.commitment = await declared(it, { owner, parties });
    await commitAll(draw);
    await it.sql(`UPDATE draw_party SET commit_index = 0, commit_hash = NULL, signature = NULL
      WHERE draw = '${draw.id}' AND party = 'owner'`);
    await come(draw, 'commit_by', 'locked');
    assert.match(await text(draw, 'lock.txt'), /^commit owner absent -$/m);
    const refused = await it.call('POST', `/v1/draws/${draw.id}/reveals`, { body: { party: 'owner', text: draw.revealText('owner') } });
    assertProblem(refused, 422, 'bad-reveal');
    await ended(draw, BOTH);
  });

  attack('who copies a commitment cannot open it', async () => {
    const draw = drawn.copied = await declared(it);
    const { commit } = await draw.statement('supervisor');
    const key = draw.parties.operator.key;
    const statement = `klero/1 commitment\ndeclare ${draw.declare}\nparty operator\ncommit ${commit}\n`;
    must(await draw.commit('supervisor'));
    const path = `/v1/draws/${draw.id}`;
    must(await it.call('POST', `${path}/commitments`, { body: { party: 'operator', commit, signature: key.sign(statement) } }));
    const other = commitment(draw.declare, 'operator', sha256('another'), key);
    assertProblem(await it.call('POST', `${path}/commitments`, { body: other }), 409, 'exists');
    await come(draw, 'commit_by', 'locked');
    await reveal(draw, 'supervisor');
    const opened = draw.revealText('supervisor');
    for (const copy of [opened, opened.replace('party supervisor', 'party operator')])
      assertProblem(await it.call('POST', `${path}/reveals`, { body: { party: 'operator', text: copy } }), 422, 'bad-reveal');
    await ended(draw, []);
    const proof = await prove(it, draw);
    assert.deepEqual([proof.status, codes(proof)], [0, []], proof.said);
    assert.match(await text(draw, 'seal.txt'), /^secret operator withheld$/m);
  });

  attack('several draws of one project at once, to show the lucky one', async () => {
    const { owner } = await it.people();
    const draw = drawn.parallel = await declared(it, { project_code: 'attacked-2' });
    const again = () => it.call('POST', `/v1/notices/${draw.notice.id}/draws`, { key: owner, body: {} });
    for (const reply of await Promise.all([again(), again(), again()]))
      assertProblem(reply, 409, 'exists');
    await assert.rejects(aNotice(it, { project_code: 'attacked-2' }), /"exists"/);
    await assert.rejects(it.sql(`CREATE TEMPORARY TABLE second SELECT * FROM draw WHERE id = '${draw.id}';
      UPDATE second SET id = 'D-second', declare_hash = NULL; INSERT INTO draw SELECT * FROM second`),
    /Duplicate entry 'attacked-2' for key 'one_attempt_holds_a_project'/, 'not even in the database');
    await commitAll(draw);
    await ended(await come(draw, 'commit_by', 'locked'));
    for (const reply of await Promise.all([again(), again()]))
      assertProblem(reply, 409, 'exists');
    const proof = await prove(it, draw);
    assert.deepEqual([proof.status, codes(proof)], [0, []], proof.said);
  });

  attack('cancelled when it could be known, and drawn again with a secret that is known', async () => {
    const { owner, supervisor, auditor } = await it.people();
    const draw = drawn.first = await locked(it);
    for (const name of BOTH)
      await reveal(draw, name);
    await it.time.to(new Date(Date.parse(draw.shown.beacon_time) - 30_000));
    await it.twoPersons(supervisor, auditor, 'draw.cancel', draw.id, { explanation: '项目取消' });
    await it.time.to(draw.shown.beacon_time);
    const { outcome, reason, known } = await until(async () => {
      const seen = must(await it.call('GET', `/v1/draws/${draw.id}`), 200);
      return seen.state === 'closed' && seen;
    }, 'the value');
    assert.deepEqual([outcome, reason, known], ['void', 'cancelled', true]);
    must(await it.call('POST', `/v1/notices/${draw.notice.id}/draws`, { key: owner, body: {} }));
    const second = drawn.reused = Object.assign(it.drawOf(draw.notice, institutions, draw.parties, 2), { them: it, receipts: [] });
    second.secrets.operator = draw.secrets.operator;
    await frozen(second);
    await commitAll(second);
    await ended(await come(second, 'commit_by', 'locked'));
    const proof = await prove(it, second);
    assert.deepEqual([proof.status, codes(proof)], [1, ['secret-reused']], proof.said);
    assert.ok(proof.caps.includes('redrawn-known'), proof.said);
  });

  // The server's clock stays before the value, while that of its witness goes on.
  test('cancelled when it was known, with a closing that the clock dates back', async () => {
    const other = await clocked(true);
    const { it: them, here, afar } = other;
    try {
      const who = [];
      for (let i = 0; i < 3; i++)
        who.push(await them.institution());
      const draw = await locked(them, { who });
      for (const name of BOTH)
        await reveal(draw, name);
      await come(draw, 'reveal_by', 'sealed');
      await cosigned(them);
      const mark = them.mark();
      afar.to(draw.shown.beacon_time);
      const { supervisor, auditor } = await them.people();
      await them.twoPersons(supervisor, auditor, 'draw.cancel', draw.id, { explanation: '项目取消' });
      const { outcome, known } = await them.waitFor(draw, 'closed');
      assert.deepEqual([outcome, known], ['void', false], 'so it says');
      await them.logged(/"event":"witness_silent".*"its clock and ours differ"/, mark);
      here.to(draw.shown.beacon_time);
      await cosigned(them);
      const proof = await until(async () => {
        const said = await prove(them, draw, other);
        return said.status === 1 && said;
      }, 'what a witness says of the time');
      assert.deepEqual([codes(proof), proof.findings[0].file], [['known-false'], 'close.txt'], proof.said);
    } finally {
      await other.stop();
    }
  });
});

// Alone, for nobody else may act while one of the two waits for the other.
attack('a second value is attested: it is on record for ever', async () => {
  const draw = drawn.value = await locked(it, { beacon: 'public', template: 'dice25' });
  for (const name of BOTH)
    await reveal(draw, name);
  await come(draw, 'beacon_time', 'sealed');
  const bodies = await Promise.all([DICE, DICE.replace('4', '5')].map((value) => evidence(it).attestation(draw, value, BOTH)));
  const [give, again] = bodies.map((body) => () => it.call('POST', `/v1/draws/${draw.id}/beacon`, { body }));
  (await it.queued(give, again)).forEach((answer) => must(answer));
  await it.waitFor(draw, 'closed');
  assert.equal((await text(draw, 'seed.txt')).split('\n')[2], `beacon public ${DICE}`, 'the first one counts');
});

// What a pack cannot show the whole log does; and what the database says otherwise
// than the log, klero fsck.
test('the auditor names each of them, and nothing else', async () => {
  await until(async () => (await it.call('GET', `/v1/draws/${drawn.honest.id}`)).body.state === 'closed', 'the last of them');
  await cosigned(it);
  const { status, findings, said } = await audit(`${it.url}/log`);
  const named = findings.map(({ draw, code }) => `${Object.keys(drawn).find((what) => drawn[what].id === draw)}: ${code}`);
  assert.deepEqual([status, named.sort()], [1, ['commitment: commitment-left-out', 'reused: secret-reused',
    'reveal: reveal-left-out', 'roster: result-differs', 'value: value-twice']], said);
  const rows = new Set((await it.fsck()).findings.map(({ table, key }) => `${table} ${key.split('/')[0]}`));
  for (const [table, what] of [['draw_text', 'roster'], ['draw_party', 'reveal'], ['draw_party', 'commitment']])
    assert.ok(rows.delete(`${table} ${drawn[what].id}`), `${table}: ${[...rows].join(', ')}`);
});
