// Databases that nothing has gone wrong with: chance makes a short history in a
// rehearsal's time, draws among it that end in every way there is, and klero
// fsck, asked while klerod runs, finds nothing.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { beside, daemon, must, program, until } from '../api/client.mjs';
import { approve, evidence } from '../api/evidence.mjs';
import { root } from '../api/installation.mjs';
import { sha256 } from '../api/keys.mjs';
import { chanceOf, long } from './chance.mjs';

const DATABASES = long ? 100 : 2;
const FROM = '2026-01-05T00:30:00Z';
const HOUR = 3600;
const PREPARE_MS_MAX = 120_000;
const EVIDENCE = sha256('a register');
const ENDS = ['result', 'void', 'failed', 'dropped', 'replaced', 'annulled']; // each must come among many
const DICE = '4162533615246134526163255';
const hours = (n) => ({ n, unit: 'hour' });
const POLICY = { draw: { objection: hours(2), commit: hours(2), reveal: hours(2), delay_min_s: 60, delay_s: 3600 } };

const run = promisify(execFile);
const chance = chanceOf();
const ends = {}; // how draws ended → how often
const count = (end) => { ends[end] = (ends[end] ?? 0) + 1; };
let server;

// --- one history ------------------------------------------------------------------

class County {
  constructor(it) {
    this.it = it;
    this.size = '0'; // of the log, as the last act told it
  }

  async post(path, key, body = {}) {
    const reply = await this.it.call('POST', path, { key, body });
    this.size = reply.headers.get('klero-log-size') ?? this.size;
    return reply;
  }

  // As it is after what was posted, though that may have to be published first.
  get(path) {
    return this.it.call('GET', path, { headers: { 'klero-min-size': this.size } });
  }

  async begin() {
    this.people = await this.it.people();
    await this.it.policy({ draw: { ...POLICY.draw, withheld: chance.of(['void', 'continue']) } });
    await this.it.category();
    const groups = [undefined, undefined, undefined, undefined, 'g1'];
    this.institutions = [];
    for (let n = 4 + chance.below(4); n > 0; n--)
      this.institutions.push(await this.it.institution({ group: chance.of(groups) }));
  }

  both(act, subject, payload) {
    const { operator, supervisor } = this.people;
    return this.it.twoPersons(operator, supervisor, act, subject, payload);
  }

  // What does not belong to a draw.
  async roll() {
    const { operator, supervisor, auditor } = this.people;
    const who = chance.of(this.institutions.filter(({ suspended }) => !suspended));
    const one = who.uscc;
    await chance.of([
      async () => {
        await this.both('institution.suspend', one, { reason: '失信' });
        who.suspended = chance() < 0.3;
        if (!who.suspended)
          await this.it.twoPersons(supervisor, auditor, 'institution.restore', one, { reason: '修复' });
      },
      async () => {
        const { account } = await this.it.person(chance.of(['reviewer', 'owner', 'authority']));
        must(await this.it.adminCall('POST', `/v1/accounts/${account}/revocation`, { body: {} }), 200);
      },
      async () => {
        const { items } = must(await this.it.call('GET', `/v1/listings?institution=${one}`), 200);
        for (const { id, state } of items)
          if (state === 'published')
            must(await this.post(`/v1/listings/${id}/withdrawal`, operator), 200);
      },
      async () => {
        const { id } = must(await this.post('/v1/proposals', operator,
          { act: 'institution.suspend', subject: one, payload: { reason: '再议' } }));
        if (chance() < 0.5)
          must(await this.post(`/v1/proposals/${id}/withdrawal`, operator), 200);
      },
    ])();
  }

  async signUps(notice) {
    for (const who of this.institutions) {
      const id = (await this.post(`/v1/notices/${notice.id}/signups`, who)).body.id;
      if (!id || chance() < 0.75)
        continue; // suspended, or it stays
      must(await this.post(`/v1/signups/${id}/withdrawal`, who), 200);
      if (chance() < 0.5)
        must(await this.post(`/v1/notices/${notice.id}/signups`, who));
    }
  }

  async shown(draw) {
    const reply = await this.get(`/v1/draws/${draw.id}`);
    return reply.status === 404 ? null : must(reply, 200);
  }

  async window(draw) {
    const { operator } = this.people;
    const entrants = [...(await draw.text('draft.txt')).toString().matchAll(/^entry (\w+)/gm)].map(([, uscc]) => uscc);
    const who = this.institutions.find(({ uscc }) => uscc === chance.of(entrants));
    if (who && chance() < 0.5) {
      const { id } = must(await this.post(`/v1/draws/${draw.id}/objections`, who, { reason: 'late', grounds: '迟交' }));
      if (chance() < 0.5)
        must(await this.post(`/v1/objections/${id}/answer`, operator, { upheld: chance.of(['yes', 'no']), answer: '已查' }), 200);
    }
    if (who && chance() < 0.3)
      await this.both('draw.exclude', draw.id, { entry: who.uscc, reason: 'affiliated', evidence: EVIDENCE });
  }

  // What is shown may be a moment old.
  async go(to) {
    if (Date.parse(to) > await this.it.now())
      await this.it.moveTo(to);
  }

  // Without a beacon the others wait for the operator.
  async parties(draw, what, most) {
    for (const name of Object.keys(draw.parties)) {
      if (chance() >= most)
        continue;
      const { status, text } = await draw[what](name);
      assert.ok(status === 201 || status === 409, text);
      if (what === 'reveal' && status === 201)
        (draw.revealed ??= []).push(name);
    }
  }

  // Who has revealed bears witness; false when those are too few.
  async value(draw) {
    const witnesses = Object.keys(draw.parties).filter((name) => draw.revealed?.includes(name));
    const body = await evidence(this.it).attestation(draw, DICE, witnesses);
    const reply = await this.post(`/v1/draws/${draw.id}/beacon`, undefined, body);
    if (reply.body.code === 'too-few-approvals' && witnesses.length < Object.keys(draw.parties).length)
      return false;
    assert.ok(reply.status === 201 || reply.status === 409, reply.text); // it ended, and is not shown so yet
    return true;
  }

  // It may have come to an end since it was shown.
  async cancel(draw) {
    await this.both('draw.cancel', draw.id, { explanation: '项目取消' }).catch((error) => {
      if (error.actual !== 409)
        throw error;
    });
    return until(async () => {
      const shown = await this.shown(draw);
      return ['closed', 'dropped'].includes(shown.state) && shown;
    }, 'the end');
  }

  // Each stage comes when its time is there; at any of them somebody may stop it.
  async play(draw) {
    for (;;) {
      const shown = await this.shown(draw);
      if (!shown || ['closed', 'dropped'].includes(shown.state))
        return shown;
      if (chance() < 0.06)
        return this.cancel(draw);
      if (shown.state === 'drafted')
        await this.window(draw).then(() => this.go(shown.draft_until));
      else if (shown.state === 'declared')
        await this.parties(draw, 'commit', 0.93).then(() => this.go(shown.commit_by));
      else if (shown.state === 'locked')
        await this.parties(draw, 'reveal', 0.93).then(() => this.go(
          shown.beacon_time ?? new Date(Date.parse(shown.reveal_by) + 1000)));
      else if (chance() >= 0.85 || !await this.value(draw))
        return shown; // nobody brings it
    }
  }

  async afterwards(draw, shown) {
    const names = Object.keys(draw.parties);
    for (const { entry } of shown.ranking.slice(0, chance.below(3))) {
      const { statement } = must(await this.get(`/v1/draws/${draw.id}/replacements/next?out=${entry}&reason=silent`), 200);
      must(await this.post(`/v1/draws/${draw.id}/replacements`, undefined,
        { out: entry, reason: 'silent', approvals: approve(draw.parties, names, statement) }));
      await this.it.waitFor(draw, 'closed');
      count('replaced');
    }
    if (chance() < 0.5)
      return false;
    const { statement } = must(await this.get(`/v1/draws/${draw.id}/annulment/next?reason=forged&evidence=${EVIDENCE}`), 200);
    must(await this.post(`/v1/draws/${draw.id}/annulment`, undefined,
      { reason: 'forged', evidence: EVIDENCE, approvals: approve(draw.parties, names, statement) }));
    await this.it.waitFor(draw, 'annulled');
    count('annulled');
    return true;
  }

  async draws() {
    const beacon = chance.of(['none', 'public']);
    const select = 1 + chance.below(2);
    const notice = await this.it.aNotice({ signup_s: HOUR * 200, select, alternates: chance.below(3), beacon,
      ...beacon === 'public' && { template: 'dice25' }, ...chance() < 0.5 && { project_code: `P-${chance.below(1e9)}` } });
    await this.signUps(notice);
    if (chance() < 0.15)
      return; // it is still open
    await this.roll();
    await this.it.moveTo(notice.signup_close);
    for (let nth = 1; nth <= 3; nth++) {
      const draw = this.it.drawOf(notice, this.institutions, this.people.parties, nth);
      const shown = await this.play(draw);
      const end = shown ? shown.outcome ?? shown.state : 'never';
      count(end);
      const over = end !== 'result' || await this.afterwards(draw, shown);
      if (!over || chance() < 0.3)
        return;
      const again = await this.post(`/v1/notices/${notice.id}/draws`, this.people.owner);
      if (again.status !== 201)
        return;
      await until(() => this.shown(this.it.drawOf(notice, [], {}, nth + 1)), 'the next draft');
    }
  }
}

// --- one database after another -----------------------------------------------------

const databaseSh = (...args) => run(join(root, 'ops/database.sh'), args, { timeout: PREPARE_MS_MAX });

async function fresh() {
  await databaseSh('client', server.database, '--execute=DROP DATABASE klero');
  await databaseSh('prepare', server.database, join(server.build, 'klero'));
  const it = beside(server);
  it.rehearsal = FROM;
  const { status, stderr } = program('klerod', ['--init', '--rehearsal', FROM, join(it.home, 'klerod.conf')]);
  assert.equal(status, 0, stderr);
  await it.start();
  return it;
}

before(async () => {
  server = await daemon({}, { rehearsal: FROM });
  await server.stopDaemon();
});
after(() => server.stop());

test(`${DATABASES} databases of seed ${chance.seed} without a finding`, async (t) => {
  let entries = 0;
  for (let n = 1; n <= DATABASES; n++) {
    const it = await fresh();
    const county = new County(it);
    await county.begin();
    for (let some = 1 + chance.below(2); some > 0; some--) {
      await county.draws();
      await county.roll();
      if (chance() < 0.3)
        await it.moveBy(30 * HOUR);
    }
    const { status, findings, stderr } = await it.fsck();
    assert.deepEqual([status, findings], [0, []], `database ${n}: ${stderr}`);
    entries += Number(stderr.match(/(\d+) entries/)[1]);
    await it.stopDaemon();
    rmSync(it.home, { recursive: true });
  }
  t.diagnostic(`${entries} entries; draws: ${JSON.stringify(ends)}`);
  assert.deepEqual(long ? ENDS.filter((end) => !ends[end]) : [], [], 'no draw ended so');
});
