// load.mjs -- a county at work: everybody does his part again and again, at the
// same time, often twice, and keeps trying while the service is down.
//
//   const load = new Load(it, history, chance);
//   await load.prepare();            people, institutions, a policy of seconds
//   load.start();
//   await load.pause();              every act that was begun is answered
//   load.resume();
//   await load.stop();               likewise, and for good; throws what a
//                                    client could not expect
// told() → how often each act was acknowledged and refused
//
// draws      notice, sign-ups, withdrawals, objections, exclusions, commitments,
//            reveals, a value, a replacement, an annulment, the next attempt
// open roll  sign-ups and withdrawals for notices that stay open
// roll       institutions, listings, categories, suspensions of spare ones
// audits     the newest entries, events and proofs, as soon as they are signed
// proposals  made, approved, taken back, all at once
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { anOffer } from '../api/builders.mjs';
import { must } from '../api/client.mjs';
import { approve, evidence } from '../api/evidence.mjs';
import { newUscc, revealText, sha256 } from '../api/keys.mjs';
import { entriesOf, tilePath } from '../api/merkle.mjs';

const TILE = 256;
const INSTITUTIONS = 12;
const SPARE = 2; // suspended and restored: they enter no draw of ours
const DRAWERS = 3;
const SIGNERS = 6;
const OPEN_NOTICES = 4;
const POLL_MS = 100;
const IDLE_MS_MAX = 40;
const DRAW_S_MAX = 300;
const VALUE_MS_MAX = 20_000;
const PATIENCE_MS = 180_000; // while the power fails again and again
const REFUSED = new Set([403, 404, 409, 412, 422]);
const DICE = '4162533615246134526163255';
const BOTH = ['operator', 'supervisor'];
const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: {
  objection: s(2), commit: s(3), reveal: s(3), delay_min_s: 1, delay_s: 1, withheld: 'continue',
} };

export class Load {
  counts = {};
  signed = new Map(); // for the notices that stay open
  #loops = [];
  #paused = false;
  #stopped = false;
  #wake = [];
  #waiting = []; // for the next success
  #busy = 0;

  constructor(it, history, chance) {
    this.it = it;
    this.history = history;
    this.chance = chance;
    this.them = history.people(it);
    this.send = history.steady(async (...request) => {
      const reply = await it.call(...request);
      if (request[0] === 'POST' && reply.status < 300)
        this.#waiting.splice(0).forEach((done) => done());
      return reply;
    }, { patience_ms: PATIENCE_MS });
    this.hasty = history.once(it.call);
    this.proof = evidence({ ...it, call: this.send });
  }

  // --- the gate between acts -------------------------------------------------

  async #enter() {
    while (this.#paused && !this.#stopped)
      await new Promise((done) => this.#wake.push(done));
    if (this.#stopped)
      throw new Stopped();
    this.#busy++;
  }

  // One act: acknowledged (its body) or refused (null). Now and then it is sent
  // twice at the same moment, or again after it was answered.
  async act(what, method, path, options = {}) {
    await this.#enter();
    try {
      const all = { ...options, idempotency: randomUUID() };
      const dice = this.chance();
      if (dice < 0.05)
        await this.hasty(method, path, all).catch(() => {});
      const [reply] = await Promise.all(Array.from({ length: dice > 0.85 ? 2 : 1 }, () => this.send(method, path, all)));
      const good = reply.status < 300;
      if (!good && !REFUSED.has(reply.status))
        throw new Error(`${what}: ${reply.status} ${reply.text}`);
      this.#count(what, good);
      return good ? reply.body : null;
    } finally {
      this.#busy--;
    }
  }

  #count(what, good) {
    const count = this.counts[what] ??= { done: 0, refused: 0 };
    count[good ? 'done' : 'refused']++;
  }

  async look(path) {
    await this.#enter();
    try {
      const reply = await this.send('GET', path);
      return reply.status === 200 ? reply.body : null;
    } finally {
      this.#busy--;
    }
  }

  async #loop(play) {
    while (!this.#stopped) {
      try {
        await play();
        await sleep(this.chance() * IDLE_MS_MAX);
      } catch (error) {
        if (!(error instanceof Stopped))
          throw error;
      }
    }
  }

  // --- what they do ------------------------------------------------------------

  async prepare() {
    const { them } = this;
    this.policy = await them.policy(POLICY);
    this.people = await them.people();
    this.category = await them.category();
    this.institutions = await Promise.all(Array.from({ length: INSTITUTIONS }, () => them.institution()));
    this.spare = await Promise.all(Array.from({ length: SPARE }, () => them.institution()));
    this.open = await Promise.all(Array.from({ length: OPEN_NOTICES }, () => them.aNotice({ signup_s: 86_400 })));
  }

  // Made by one and approved by another, or taken back.
  async #twoPersons(act, subject, payload, proposer = this.people.operator, approver = this.people.supervisor) {
    const made = await this.act('proposal', 'POST', '/v1/proposals', { key: proposer, body: { act, subject, payload } });
    if (!made)
      return null;
    const path = `/v1/proposals/${made.id}`;
    const approval = () => this.act('approval', 'POST', `${path}/approval`, { key: approver, body: { digest: made.digest } });
    const withdrawal = () => this.act('proposal back', 'POST', `${path}/withdrawal`, { key: proposer, body: {} });
    const dice = this.chance();
    if (dice < 0.1)
      return withdrawal();
    if (dice < 0.3)
      return (await Promise.all([approval(), withdrawal()]))[0];
    return approval();
  }

  async #roll() {
    const { operator, supervisor, auditor } = this.people;
    const spare = this.chance.of(this.spare).uscc;
    await this.chance.of([
      async () => {
        const uscc = newUscc();
        if (await this.act('institution', 'POST', '/v1/institutions', { key: operator, body: { uscc, name: `示例${uscc}有限公司` } }))
          await this.act('listing', 'POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category: this.category,
            fee_fen: [this.chance.below(1000), 1000 + this.chance.below(1000)], promised_days: 10 }) });
      },
      () => this.act('category', 'POST', '/v1/categories', { key: operator, body: { code: `L${randomUUID().slice(0, 8)}`, service: '测试' } }),
      () => this.#twoPersons('institution.suspend', spare, { reason: '测试' }),
      () => this.#twoPersons('institution.restore', spare, { reason: '测试' }, operator, auditor),
      () => {
        const version = `w${randomUUID().slice(0, 8)}`;
        return this.#twoPersons('policy.adopt', `${this.policy.region}-${version}`, { ...this.policy, version }, supervisor, auditor);
      },
    ])();
  }

  async #openRoll() {
    const key = this.chance.of(this.institutions);
    const notice = this.chance.of(this.open);
    const name = `${notice.id} ${key.uscc}`;
    const id = this.signed.get(name);
    if (id && this.chance() < 0.8)
      await this.act('withdrawal', 'POST', `/v1/signups/${id}/withdrawal`, { key, body: {} });
    const made = await this.act('sign-up', 'POST', `/v1/notices/${notice.id}/signups`, { key, body: {} });
    if (made)
      this.signed.set(name, made.id);
  }

  // The draw, once it has come to one of those states or further.
  async #reach(id, states) {
    for (const end = Date.now() + DRAW_S_MAX * 1000; Date.now() < end; await sleep(POLL_MS)) {
      const draw = await this.look(`/v1/draws/${id}`);
      if (draw && (states.includes(draw.state) || ['closed', 'annulled', 'dropped'].includes(draw.state)))
        return draw;
    }
    throw new Error(`${id} did not come to ${states} in ${DRAW_S_MAX} s`);
  }

  async #signUps(notice, entrants) {
    await Promise.all(entrants.map(async (key, i) => {
      const made = await this.act('sign-up', 'POST', `/v1/notices/${notice.id}/signups`, { key, body: {} });
      if (made && i === 0)
        await this.act('withdrawal', 'POST', `/v1/signups/${made.id}/withdrawal`, { key, body: {} });
    }));
  }

  async #objections(draw, entrants) {
    if (this.chance() < 0.5)
      await this.act('objection', 'POST', `/v1/draws/${draw.id}/objections`, { key: this.chance.of(entrants), body: { reason: 'roster', grounds: '名单有误' } });
    const payload = { entry: entrants.at(-1).uscc, reason: 'qualification-expired', evidence: sha256('a register') };
    if (this.chance() < 0.5)
      await Promise.all([this.#twoPersons('draw.exclude', draw.id, payload), this.#twoPersons('draw.exclude', draw.id, payload)]);
    if (this.chance() < 0.1)
      await this.#twoPersons('draw.cancel', draw.id, { explanation: '项目取消' });
  }

  async #commitAndReveal(draw, bring) {
    draw.declare = sha256(await draw.text('declare.txt'));
    await Promise.all(BOTH.map(async (name) => this.act('commitment', 'POST', `/v1/draws/${draw.id}/commitments`, { body: await draw.statement(name) })));
    if ((await this.#reach(draw.id, ['locked'])).state !== 'locked')
      return;
    const names = this.chance() < 0.2 ? BOTH.slice(0, 1) : BOTH;
    await Promise.all(names.map((name) => this.act('reveal', 'POST', `/v1/draws/${draw.id}/reveals`, { 
      body: { party: name, text: revealText(draw.declare, name, draw.secrets[name]) } })));
    if (!bring || (await this.#reach(draw.id, ['sealed'])).state !== 'sealed' || names.length < 2)
      return;
    const body = await this.proof.attestation(draw, DICE, BOTH);
    const end = Date.now() + VALUE_MS_MAX; // or a reveal came too late
    while (Date.now() < end && (await this.#reach(draw.id, ['sealed'])).state === 'sealed' &&
        !await this.act('value', 'POST', `/v1/draws/${draw.id}/beacon`, { body }))
      await sleep(POLL_MS);
  }

  async #afterResult(draw, { ranking }) {
    const out = ranking[0].entry;
    const next = await this.look(`/v1/draws/${draw.id}/replacements/next?out=${out}&reason=refused`);
    if (next)
      await this.act('replacement', 'POST', `/v1/draws/${draw.id}/replacements`,
        { body: { out, reason: 'refused', approvals: approve(draw.parties, BOTH, next.statement) } });
    if (this.chance() < 0.5)
      return;
    const close = sha256(await draw.text('close.txt'));
    const statement = `klero/1 annul\nclose ${close}\nreason forged-papers\nevidence ${sha256('a letter')}\n`;
    await this.act('annulment', 'POST', `/v1/draws/${draw.id}/annulment`,
      { body: { reason: 'forged-papers', evidence: sha256('a letter'), approvals: approve(draw.parties, BOTH, statement) } });
  }

  // What a checkpoint covers is there for whoever asks, at once.
  async #audit() {
    await this.#enter();
    try {
      const { text } = await this.send('GET', '/log/checkpoint');
      const last = this.history.sees(text) - 1;
      const width = last % TILE + 1;
      const path = tilePath('entries', Math.floor(last / TILE), width);
      const entries = entriesOf(must(await this.send('GET', `/log/${path}`), 200, 'bytes'));
      const { items, published } = must(await this.send('GET', `/v1/events?after=${Math.max(0, last - 5)}&limit=200`), 200);
      must(await this.send('GET', `/v1/log/proof?index=${last}`), 200);
      if (entries.length !== width || items.length > 0 && items.length < 200 && items.at(-1).index !== published - 1)
        throw new Error(`${entries.length} entries of ${width}; events to ${items.at(-1).index}, published ${published}`);
    } finally {
      this.#busy--;
    }
  }

  // From the notice to the close; a draw that fails is asked for again.
  async #draw() {
    const { owner, parties } = this.people;
    const bring = this.chance() < 0.4;
    const entrants = [...this.institutions].sort(() => this.chance() - 0.5).slice(0, 6);
    const close = new Date(Date.now() + 5000).toISOString().replace(/\.\d+Z/, 'Z');
    const notice = await this.act('notice', 'POST', '/v1/notices', { key: owner, body: { title: '测试项目', service: '编制项目建议书',
      category: this.category, amount_max_fen: 10_000_00, days_max: 20, deadline_unit: 'workday', select: 1, alternates: 2,
      beacon: bring ? 'public' : 'none', ...bring && { template: 'dice25' }, signup_close: close, contact_name: '测试', contact_phone: '0000' } });
    if (!notice)
      return;
    await this.#signUps(notice, entrants);
    for (let nth = 1; nth <= 2; nth++) {
      const draw = this.them.drawOf(notice, entrants, parties, nth);
      if (!await this.#begins(draw, nth))
        return;
      await this.#objections(draw, entrants);
      if ((await this.#reach(draw.id, ['declared'])).state === 'declared')
        await this.#commitAndReveal(draw, bring);
      const ended = await this.#reach(draw.id, ['closed', ...bring ? ['sealed'] : []]);
      if (ended.state === 'sealed')
        return; // who revealed cannot attest to a value: it stands for a day
      this.#count(`draw ${ended.outcome ?? ended.state}`, true);
      if (ended.outcome === 'result')
        await this.#afterResult(draw, ended);
    }
  }

  async #begins(draw, nth) {
    if (nth > 1) {
      const path = `/v1/notices/${draw.notice.id}/draws`;
      const again = () => this.act('new attempt', 'POST', path, { key: this.people.owner, body: {} });
      return (await Promise.all([again(), again()])).some(Boolean);
    }
    for (;;) {
      const { state } = await this.look(`/v1/notices/${draw.notice.id}`) ?? {};
      if (state === 'judged')
        return (await this.#reach(draw.id, ['drafted'])).state === 'drafted';
      if (state === 'failed')
        return false;
      await sleep(POLL_MS);
    }
  }

  // The moment when the next act is acknowledged. Throws as stop() does.
  acknowledged() {
    return Promise.race([new Promise((done) => this.#waiting.push(done)), this.ended()]);
  }

  // Never while it works: throws what a client could not expect.
  ended() {
    return Promise.all(this.#loops);
  }

  told() {
    return Object.entries(this.counts).map(([what, { done, refused }]) => `${what} ${done}+${refused}`).join(', ');
  }

  // --- start, pause, stop --------------------------------------------------------

  start() {
    const loops = [...Array(DRAWERS).fill(() => this.#draw()), ...Array(SIGNERS).fill(() => this.#openRoll()),
      () => this.#roll(), () => this.#roll(), () => this.#audit(), () => this.#audit()];
    this.#loops = loops.map((play) => this.#loop(play));
    // What fails is told by stop(); until then nobody waits for it.
    for (const loop of this.#loops)
      loop.catch(() => { this.#stopped = true; });
  }

  async #idle() {
    while (this.#busy > 0)
      await sleep(POLL_MS / 10);
  }

  async pause() {
    this.#paused = true;
    await this.#idle();
  }

  resume() {
    this.#paused = false;
    this.#wake.splice(0).forEach((wake) => wake());
  }

  async stop() {
    this.#stopped = true;
    this.resume();
    await Promise.all(this.#loops);
    await this.#idle();
  }
}

class Stopped extends Error {}
