// packs.mjs -- whole evidence packs of the tests' own making, from a seed: draws with
// their log, beacons, witnesses and earlier attempts, and the trust file to check them
// with. Made from protocol §2 to §7; shares no code with either verifier but
// @noble/curves, which signs rounds here and checks them in web/.
//
// makePack(seed, wrong, wants) → { files: Map of names to Buffers, trust, chain,
//     certificate, rehearsal, world, plans }; wrong (see wrongs.mjs) is one wrong
//     decision on the way, in the last attempt or, where `earlier` is set, in the first:
//     { world(world, chance), plan(plan, chance, world), earlier,
//     hooks: { <stem>(object, context), … } }; wants: { attempts(count),
//     plan(plan, world) }, of the attempt it is in
// zip(files, flags) → the ZIP of protocol §5
import { createHash } from 'node:crypto';
import { Chance } from './chance.mjs';
import { canonical, checkpoint, COSIGNATURE, hex, key, Ledger, PLAIN, sha256, vkey } from './ledger.mjs';
import { planAttempt, planWorld } from './plan.mjs';

const iso = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
const dash = (value) => value ?? '-';
const TEXT_MAX = 32768;
const KINDS = {
  draft: 'drafted', roster: 'roster', names: 'names', excluded: 'excluded', declare: 'declared', lock: 'locked',
  seal: 'sealed', beacon: 'beacon', seed: 'seeded', result: 'result', close: 'closed', annul: 'annulled',
};
const TEMPLATES = {
  dice25: { alphabet: '123456', length: 25 }, dice4: { alphabet: '123456', length: 4 },
  lotteries: { alphabet: '0123456789', length: 20 },
};

class Attempt {
  constructor(world, plan, previous, wrong) {
    Object.assign(this, { world, plan, previous, hooks: wrong?.hooks ?? {} });
    this.files = new Map();
    this.logged = new Map(); // stem → { index, leaf }
    this.published = new Map(); // name → { size, cosignatures }
    this.seq = 0;
    this.secrets = new Map(plan.parties.map(({ id }) => [id, world.chance.bytes(32).toString('hex')]));
    this.hook('secrets', this.secrets);
  }

  hook(name, object) {
    this.hooks[name]?.(object, this);
    return object;
  }

  H(name) {
    return hex(this.files.get(name));
  }

  put(name, text) {
    const of = { name, text };
    this.hook('text', of);
    this.files.set(name, Buffer.from(of.text));
  }

  // An event of this draw, at a time that never goes back.
  event(stem, kind, at, data) {
    const { world } = this;
    const event = this.hook('event', { stem, at, kind: `draw.${kind}`, data, subject: this.plan.draw });
    world.fill(event.at);
    world.now = Math.max(world.now, event.at);
    this.seq += world.chance.between(1, 3);
    const leaf = this.hook('leaf', {
      at: iso(event.at), by: { org: 'org-1', role: 'operator' }, data: event.data, id: world.chance.bytes(16).toString('hex'),
      kind: event.kind, seq: this.seq, subject: event.subject, v: 1,
    });
    const bytes = Buffer.from(canonical(leaf));
    this.logged.set(event.stem, { index: world.ledger.append(bytes), leaf: bytes });
  }

  text(stem, at, bytes = this.files.get(`${stem}.txt`)) {
    const kind = stem.startsWith('replace') ? 'replaced' : KINDS[stem];
    const whole = bytes.length <= TEXT_MAX;
    this.event(stem, kind, at, whole ? { text: bytes.toString() } : { digest: hex(bytes), size: bytes.length });
  }

  // The log's state, cosigned by at least the quorum from `time` on.
  publish(name, time, late = false) {
    const { world } = this;
    world.fill(world.now);
    const count = Math.max(world.plan.quorum, world.chance.below(world.witnesses.length + 1));
    const cosignatures = world.chance.shuffle(world.witnesses).slice(0, count)
      .map((witness, i) => ({ ...witness, time: time + i + (late ? 40 * 3600 * 30 : 0) }));
    const made = { name, size: world.ledger.size, cosignatures, skip: false };
    this.hook('publish', made);
    if (!made.skip) this.published.set(name, made);
    world.now = Math.max(world.now, time + count);
  }

  freeze() {
    const { plan, world, chance = world.chance } = this;
    const { entries, excluded, times, select } = plan;
    const roster = (list) => `klero/1 roster\ndraw ${plan.draw}\nentries ${list.length}\n${list.map(({ id, weight }) => `entry ${id} ${weight}\n`).join('')}`;
    const draft = plan.draftDiffers ? [...entries, { id: 'z-gone', weight: 1 }] : entries;
    this.put('notice.json', canonical({ project_code: world.plan.project, title: `公告 ${chance.below(100)}` }));
    this.put('policy.json', canonical(this.hook('policy', this.policy())));
    this.put('roster.txt', roster(entries));
    if (plan.draftDiffers) this.put('draft.txt', roster(draft));
    this.put('names.txt', entries.map(({ id }, i) => `${id} 机构${i + 1}号\n`).join(''));
    this.put('excluded.txt', `klero/1 excluded\ndraw ${plan.draw}\nentries ${excluded.length}\n${excluded.map((id) => `exclude ${id} affiliated ${chance.happens(0.5) ? '-' : hex(id)}\n`).join('')}`);
    if (plan.draftDiffers || plan.draftShown) this.text('draft', times.draft, Buffer.from(roster(draft)));
    const at = () => Math.max(world.now, times.until);
    this.hook('frozen', this);
    for (const stem of ['roster', 'names', 'excluded']) this.text(stem, at());
    this.declare(hex(roster(draft)), select);
    this.text('declare', Math.max(at(), times.declare));
    this.D = this.H('declare.txt');
    if (this.covers('declared')) this.publish('declared', world.now + 5, plan.late.declared);
  }

  // Is the checkpoint there? An attempt that fails unwitnessed may lack it.
  covers(name) {
    const { reason, stage } = this.plan;
    const lacking = reason === 'unwitnessed' && name === (stage === 'locked' ? 'locked' : 'declared');
    this.lacks = lacking && this.world.chance.happens(0.5);
    if (lacking && !this.lacks) this.plan.late[name] = true;
    return !this.lacks;
  }

  policy() {
    const { plan, world } = this;
    const required = plan.parties.filter(({ required: is }) => is).map(({ id }) => id);
    return {
      draw: {
        beacons: ['drand', 'nist', 'public', 'none'], level_c_reason: plan.kind === 'none' ? 'closed-network' : null,
        delay_min_s: Math.min(plan.delay, 10), min_entrants: 3, required_parties: required, weight_max: plan.weightMax,
        alternates_max: 10, templates: structuredClone(TEMPLATES), quorum: world.plan.quorum, objection: { n: 2, unit: 'hour' },
      },
      region: 'test', version: '2026-01',
    };
  }

  declare(draft, select) {
    const { plan, world, times = plan.times } = this;
    const { beacon } = plan;
    const what = { none: 'none', public: `public ${beacon.template} ${iso(beacon.time ?? 0)}`, nist: `nist ${beacon.id} ${iso(beacon.time ?? 0)}`, drand: `drand ${beacon.chain} ${beacon.round}` }[plan.kind];
    const lines = [
      'klero/1 declare', `draw ${plan.draw}`, `project ${world.plan.project}`, `attempt ${plan.number}`,
      `previous ${dash(this.previous?.H('close.txt'))}`, `log ${world.ledger.origin} ${world.ledger.key.hex}`,
      ...world.witnesses.map(({ name, key: { hex: public_ } }) => `witness ${name} ${public_}`),
      `quorum ${world.plan.quorum}`, `notice ${this.H('notice.json')}`, `policy ${this.H('policy.json')}`,
      `draft ${draft} ${iso(times.until)}`, `roster ${this.H('roster.txt')}`, `names ${this.H('names.txt')}`,
      `excluded ${this.H('excluded.txt')}`, `select ${select.count} ${select.alternates}`,
      ...plan.parties.map(({ id, required }) => `party ${id} ${world.parties[id].hex} ${required ? 'required' : 'optional'}`),
      `commit-by ${iso(times.commitBy)}`, `reveal-by ${iso(times.revealBy)}`, `beacon-delay ${plan.delay}`,
      `beacon ${what}`, `withheld ${plan.policy}`,
    ];
    this.hook('declare', lines);
    this.put('declare.txt', `${lines.join('\n')}\n`);
  }

  reveal(party) {
    return `klero/1 commit\ndeclare ${this.D}\nparty ${party}\nsecret ${this.secrets.get(party)}\n`;
  }

  commit() {
    const { plan, world } = this;
    const { commitBy } = plan.times;
    this.commits = new Map(plan.secrets.committed.map((party) => {
      const made = this.hook('commit', { party, commit: hex(this.reveal(party)), key: world.parties[party] });
      const signature = made.key.sign(`klero/1 commitment\ndeclare ${this.D}\nparty ${party}\ncommit ${made.commit}\n`).toString('hex');
      return [party, { commit: made.commit, signature }];
    }));
    for (const party of world.chance.shuffle([...this.commits.keys()])) {
      const at = world.now + world.chance.below(Math.max(1, commitBy - world.now - 60) / 4);
      this.event(`committed-${party}`, 'committed', at, { party, ...this.commits.get(party) });
    }
  }

  lock() {
    const { plan, world } = this;
    const lines = plan.parties.map(({ id }) => {
      const made = this.commits.get(id);
      return made ? `commit ${id} ${made.commit} ${made.signature}` : `commit ${id} absent -`;
    });
    this.hook('lock', lines);
    this.put('lock.txt', `klero/1 lock\ndeclare ${this.D}\n${lines.join('\n')}\n`);
    this.text('lock', Math.max(world.now, plan.times.lock));
    if (this.covers('locked')) this.publish('locked', world.now + 5, plan.late.locked);
  }

  reveals() {
    const { plan, world } = this;
    const order = world.chance.shuffle(plan.secrets.revealed);
    if (plan.kind === 'none') order.sort((a, b) => (b === 'operator') - (a === 'operator'));
    this.hook('order', order);
    for (const party of order) {
      const at = world.now + world.chance.below(Math.max(1, plan.times.revealBy - world.now - 60) / 4);
      this.event(`revealed-${party}`, 'revealed', at, { party, text: this.reveal(party) });
    }
  }

  seal() {
    const { plan, world } = this;
    const { committed, revealed } = plan.secrets;
    const all = plan.parties.every(({ id }) => revealed.includes(id) || !committed.includes(id));
    const lines = plan.parties.map(({ id }) => {
      const secret = revealed.includes(id) ? this.secrets.get(id) : committed.includes(id) ? 'withheld' : 'absent';
      return `secret ${id} ${secret}`;
    });
    this.hook('seal', lines);
    this.put('seal.txt', `klero/1 seal\ndeclare ${this.D}\nlock ${this.H('lock.txt')}\n${lines.join('\n')}\n`);
    for (const line of lines) {
      const [, party, secret] = line.split(' ');
      if (/^[0-9a-f]{64}$/.test(secret)) this.put(`commit-${party}.txt`, `klero/1 commit\ndeclare ${this.D}\nparty ${party}\nsecret ${secret}\n`);
    }
    const unsealed = plan.reason === 'unsealed' || plan.late.sealed;
    const early = all && world.chance.happens(0.3);
    const late = unsealed && world.plan.quorum === 0;
    const at = late ? plan.beacon.time + 1 : early ? world.now : Math.max(world.now, plan.times.seal);
    this.text('seal', at);
    const skip = plan.reason === 'unsealed' && world.chance.happens(0.5);
    if (!skip) this.publish('sealed', unsealed ? Math.max(world.now, plan.beacon.time ?? 0) + 1 : world.now + 1);
  }

  beacon() {
    const { plan, world } = this;
    const { beacon } = plan;
    world.now = Math.max(world.now, beacon.time + 1);
    const what = this.hook('beacon', { value: '', attests: [] });
    if (plan.kind === 'drand') what.value ||= `drand ${beacon.chain} ${beacon.round} ${world.plan.chain.sign(beacon.round)}`;
    if (plan.kind === 'nist') {
      const odd = this.hook('odd', {});
      const pulse = world.plan.nist.pulse({ index: world.chance.below(1e6), time: beacon.time, chance: world.chance, odd });
      this.pulse = this.hook('pulse', pulse);
      this.put('pulse.json', canonical(pulse));
      what.value ||= `nist ${beacon.id} ${this.H('pulse.json')}`;
    }
    if (plan.kind === 'public') this.attest(what);
    this.put('beacon.txt', `klero/1 beacon\ndeclare ${this.D}\n${what.value}\n${what.attests.join('')}`);
    this.text('beacon', world.now);
  }

  // Are there enough who may sign a public value? Without, it may be missing.
  attested() {
    const { revealed } = this.plan.secrets;
    const judged = revealed.includes('supervisor') || revealed.includes('entrants');
    return this.plan.kind !== 'public' || (revealed.length >= 2 && judged);
  }

  attest(what) {
    const { plan, world } = this;
    const { alphabet, length } = TEMPLATES[plan.beacon.template];
    this.value = Array.from({ length }, () => world.chance.pick([...alphabet])).join('');
    this.hook('value', this);
    what.value = `public ${plan.beacon.template} ${this.value}`;
    const statement = `klero/1 public\ndeclare ${this.D}\nseal ${this.H('seal.txt')}\nvalue ${this.value}\n`;
    const signers = plan.parties.map(({ id }) => id).filter((id) => plan.secrets.revealed.includes(id));
    this.hook('signers', signers);
    what.attests = signers.map((id) => `attest ${id} ${world.parties[id].sign(statement).toString('hex')}\n`);
  }

  seed() {
    const { plan, world } = this;
    const value = this.files.get('beacon.txt')?.toString().split('\n')[2].split(' ');
    const what = {
      none: () => 'none', public: () => `public ${value[2]}`,
      nist: () => `nist ${Math.max(0, Number(this.pulse.pulseIndex)) || 0} ${String(this.pulse.outputValue).toLowerCase()}`,
      drand: () => `drand ${value[2]} ${sha256(Buffer.from(value[3], 'hex')).toString('hex')}`,
    }[plan.kind]();
    const seed = this.hook('seed', { beacon: what });
    this.put('seed.txt', `klero/1 seed\nseal ${this.H('seal.txt')}\nbeacon ${seed.beacon}\n`);
    this.text('seed', world.now);
  }

  result() {
    const { plan, world } = this;
    const prefix = createHash('sha256').update(`klero/1 ticket\nseed ${this.H('seed.txt')}\n`);
    const ticket = (id, unit) => prefix.copy().update(`entry ${id}\nunit ${unit}\n`).digest('hex');
    const ranks = plan.entries.map(({ id, weight }) => {
      const tickets = Array.from({ length: weight }, (_, i) => ticket(id, i + 1));
      return { id, ticket: tickets.reduce((a, b) => (a < b ? a : b)) };
    }).sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
    const { count, alternates } = plan.select;
    this.hook('ranks', ranks);
    this.ranks = ranks.map(({ id }) => id);
    const role = (i) => (i < count ? 'selected' : i < count + alternates ? `alternate-${i - count + 1}` : 'not-selected');
    const lines = ranks.map(({ id, ticket: T }, i) => `rank ${i + 1} ${T} ${id} ${role(i)}\n`);
    this.put('result.txt', `klero/1 result\nseed ${this.H('seed.txt')}\n${lines.join('')}`);
    this.text('result', world.now);
  }

  close() {
    const { plan, world } = this;
    const { commitBy, revealBy } = plan.times;
    const { reason, stage } = plan;
    const time = plan.beacon.time ?? revealBy;
    const from = {
      'too-few': commitBy, absent: commitBy, withheld: revealBy, unsealed: time, beacon: time,
      unwitnessed: stage === 'locked' || !this.lateDeclared() ? revealBy : commitBy,
    }[reason] ?? world.now;
    const at = Math.max(world.now, from) + world.chance.below(20);
    const reveals = [...this.logged.keys()].some((stem) => stem.startsWith('revealed-'));
    const known = plan.outcome === 'result' || (plan.kind === 'none' ? reveals : at + 30 >= time - 60);
    const made = this.hook('close', { reason, outcome: plan.outcome, known, at, detail: null });
    made.detail ??= plan.outcome === 'result' ? this.H('result.txt') : world.chance.happens(0.5) ? hex(reason) : '-';
    if (made.known && plan.outcome !== 'result' && reason !== 'beacon' && this.files.has('seal.txt')) {
      if ((plan.kind === 'drand' || plan.kind === 'nist') && !this.files.has('beacon.txt')) this.beacon();
    }
    this.put('close.txt', `klero/1 close\ndeclare ${this.D}\noutcome ${made.outcome}\nreason ${made.reason}\ndetail ${made.detail}\nknown ${made.known ? 'yes' : 'no'}\n`);
    this.text('close', Math.max(world.now, made.at));
    this.publish('closed', world.now + 2);
  }

  lateDeclared() {
    return this.plan.late.declared || !this.published.has('declared');
  }

  approvals(statement, judged) {
    const { plan, world } = this;
    const judge = plan.parties.find(({ id }) => id === 'supervisor' || id === 'entrants').id;
    const others = plan.parties.filter(({ id }) => id !== judge).map(({ id }) => id);
    const chosen = new Set([judged || world.chance.happens(0.5) ? judge : others[0], ...world.chance.shuffle(others)]);
    const ids = plan.parties.map(({ id }) => id).filter((id) => [...chosen].slice(0, 2 + world.chance.below(2)).includes(id));
    let text = statement;
    if (ids.length < 2) ids.splice(0, ids.length, ...plan.parties.slice(0, 2).map(({ id }) => id));
    this.hook('approvers', ids);
    for (const id of ids) text += `approve ${id} ${world.parties[id].sign(text).toString('hex')}\n`;
    return text;
  }

  after() {
    const { plan, world } = this;
    const { count, alternates } = plan.select;
    const selected = this.ranks?.slice(0, count) ?? [];
    const waiting = this.ranks?.slice(count, count + alternates) ?? [];
    for (let n = 1; n <= plan.replaces && selected.length > 0; n++) {
      const stem = n === 1 ? 'replace' : `replace-${n}`;
      const out = selected.splice(world.chance.below(selected.length), 1)[0];
      const next = waiting.shift();
      if (next) selected.push(next);
      const made = this.hook('replace', { out, in: dash(next), reason: world.chance.pick(['refused', 'silent', 'unqualified', 'terminated']) });
      world.now += 3600;
      this.put(`${stem}.txt`, this.approvals(`klero/1 replace\nclose ${this.H('close.txt')}\nout ${made.out}\nin ${made.in}\nreason ${made.reason}\nevidence ${world.chance.happens(0.5) ? '-' : hex(stem)}\n`, false));
      this.text(stem, world.now);
    }
    if (plan.annul) {
      world.now += 7200;
      this.put('annul.txt', this.approvals(`klero/1 annul\nclose ${this.H('close.txt')}\nreason collusion\nevidence ${hex('why')}\n`, true));
      this.text('annul', world.now);
    }
    if (this.files.has('replace.txt') || this.files.has('annul.txt')) this.publish('last', world.now + 2);
  }

  run() {
    const { plan } = this;
    const reaches = (stage) => ['declared', 'locked', 'revealing', 'sealed', 'beacon'].indexOf(plan.stage) >= ['declared', 'locked', 'revealing', 'sealed', 'beacon'].indexOf(stage);
    this.freeze();
    this.commit();
    if (reaches('locked')) this.lock();
    if (reaches('revealing')) this.reveals();
    if (reaches('sealed')) this.seal();
    if (reaches('beacon') && this.attested()) this.beacon();
    if (plan.outcome === 'result') {
      this.seed();
      this.result();
    }
    this.close();
    if (plan.outcome === 'result') this.after();
    this.prove();
    return this;
  }

  // What log/ holds: checkpoints, steps, leaves, proofs.
  prove() {
    const { ledger } = this.world;
    const notes = new Map();
    this.hook('proving', this);
    for (const name of ['declared', 'locked', 'sealed', 'closed', 'last']) {
      const published = this.published.get(name);
      if (published) notes.set(name, this.hook('note', { name, ...checkpoint(ledger, published.size, published.cosignatures) }));
    }
    for (const [name, { note }] of notes) this.files.set(`log/${name}`, Buffer.from(note));
    const sizes = [...notes.values()].map(({ size }) => size);
    // Nobody can prove a step back.
    const steps = sizes.slice(1).flatMap((size, i) => (size <= sizes[i] ? [] : [
      `old ${sizes[i]}\nnew ${size}\n${ledger.consistency(sizes[i], size).map((hash) => `${hash.toString('base64')}\n`).join('')}`,
    ]));
    if (steps.length > 0) this.files.set('log/consistency', Buffer.from(steps.join('\n')));
    for (const [stem, { index, leaf }] of this.logged) {
      const of = notes.get(/^(replace|annul)/.test(stem) ? 'last' : 'closed');
      const hashes = ledger.inclusion(index, of.size).map((hash) => `${hash.toString('base64')}\n`).join('');
      this.files.set(`log/${stem}.leaf`, leaf);
      this.files.set(`log/${stem}.proof`, Buffer.from(`c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${of.note}`));
    }
    this.hook('done', this);
  }
}

// Worlds share a few sets of keys: to make one takes longer than to sign with it.
const KEY_SETS = 4;

class World {
  constructor(chance, plan) {
    const set = chance.below(KEY_SETS);
    Object.assign(this, { chance, plan });
    this.ledger = new Ledger(plan.origin, key(`${set} log`));
    this.witnesses = plan.witnesses.map((name) => ({ name, key: key(`${set} ${name}`) }));
    this.parties = Object.fromEntries(plan.parties.map((id) => [id, key(`${set} party ${id}`)]));
    this.now = plan.start;
    this.given = Object.fromEntries(chance.some(plan.parties, 0.8).map((id) => [id, this.parties[id].hex]));
    this.fill(this.now);
  }

  // Entries of others.
  fill() {
    for (let left = this.chance.below(5); left > 0; left--) this.ledger.append(this.chance.bytes(40));
  }

  trust() {
    const lines = [`log ${vkey(this.plan.origin, PLAIN, this.ledger.key.hex)}`];
    this.witnesses.forEach(({ name, key: { hex: public_ } }, i) => lines.push(`witness w${i} ${vkey(name, COSIGNATURE, public_)}`));
    lines.push('quorum none', ...Object.entries(this.given).map(([id, public_]) => `party ${id} ${public_}`));
    return `${lines.join('\n')}\n`;
  }
}

// Null when the attempt that `wrong` is in is not as `wants` wants it.
function tryPack(seed, wrong, wants) {
  const chance = new Chance(seed);
  const world = new World(chance, planWorld(chance));
  const { attempts: count } = world.plan;
  const place = wrong?.earlier ? 1 : count;
  const attempts = [];
  if (wants && !wants.attempts(count)) return null;
  wrong?.world?.(world, chance);
  for (let number = 1; number <= count; number++) {
    const plan = planAttempt(chance, world.plan, number, world.now + 3600, number === count);
    if (number === place && wants && !wants.plan(plan, world.plan)) return null;
    if (number === place) wrong?.plan?.(plan, chance, world, attempts);
    attempts.push(new Attempt(world, plan, attempts.at(-1), number === place ? wrong : null).run());
  }
  return packOf(world, attempts);
}

function packOf(world, attempts) {
  const files = new Map(attempts.at(-1).files);
  for (const { plan, files: theirs } of attempts.slice(0, -1)) {
    for (const [name, bytes] of theirs) files.set(`previous/${plan.number}/${name}`, bytes);
  }
  return {
    files, trust: world.trust(), chain: world.plan.chain.info, certificate: world.plan.nist.certificate,
    rehearsal: world.plan.rehearsal, world: { ...world.plan, keys: { witnesses: world.witnesses.map(({ key: { hex: public_ } }) => public_) } }, plans: attempts.map(({ plan }) => plan),
  };
}

// What is wanted may be rare.
const TRIES_MAX = 10000;

export function makePack(seed, wrong = null, wants = null) {
  for (let i = 0; i < TRIES_MAX; i++) {
    const pack = tryPack(i === 0 ? seed : `${seed} ${i}`, wrong, wants);
    if (pack) return pack;
  }
  throw new Error(`seed ${seed}: no pack is as it is wanted`);
}

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ -1) >>> 0;
}

export function zip(files, flags = 0) {
  const names = [...files.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const [local, central] = [[], []];
  let offset = 0;
  for (const name of names) {
    const bytes = files.get(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(0x0021, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    local.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), bytes);
    central.push(Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + bytes.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}
