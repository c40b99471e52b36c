// wrongs.mjs -- what may be wrong with a pack. WRONGS are wrong decisions on the way:
// makePack() goes on from each as if it were right, so that all that follows is
// signed and hashed anew. damage() alters the files of a finished pack.
//
// WRONGS[name] → { codes, wants, make(chance) → { world?, plan?, hooks? } } for
//     makePack(): codes are those that one of them may be the first finding, `none`
//     among them when it is no fault; wants is where the decision can be taken
// damage(pack, chance) → [altered pack, what was done]
// alter(bytes, chance) → bytes that differ somewhere, mostly
import { hex, key, noteOf, sha256 } from './ledger.mjs';
import { ODD_PULSES } from './odd.mjs';

const DAY = 86400;
const flip = (text) => text.replace(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0'));
const edit = (lines, word, change) => {
  const i = lines.findIndex((line) => line.startsWith(`${word} `));
  if (i >= 0) lines[i] = change(lines[i]);
};
const declare = (word, change) => () => ({ hooks: { declare: (lines) => edit(lines, word, change) } });
const policy = (change) => () => ({ hooks: { policy: ({ draw }) => change(draw) } });
// An event of one kind moved in time.
const moved = (stem, at) => () => ({
  hooks: { event: (event, { plan }) => { if (event.stem.startsWith(stem)) event.at = at(plan, event); } },
});
const leaf = (change) => (chance) => {
  let left = chance.below(12);
  return { hooks: { leaf: (object) => { if (left-- === 0) change(object); } } };
};
const published = (change) => (chance) => {
  const name = chance.pick(['declared', 'locked', 'sealed', 'closed', 'last']);
  return { hooks: { publish: (made, context) => { if (made.name === name) change(made, context); } } };
};
const noted = (change) => (chance) => {
  const name = chance.pick(['declared', 'locked', 'sealed', 'closed', 'last']);
  return { hooks: { note: (made, context) => { if (made.name === name) made.note = change(made.note, context); } } };
};
const replaced = (lines, i, field, value) => {
  const fields = lines[i].split(' ');
  fields[field] = value;
  lines[i] = fields.join(' ');
};
const done = (change) => (chance) => ({ hooks: { done: ({ files }, context) => change(files, chance, context) } });
const pick = (files, chance, pattern) => chance.pick([...files.keys()].filter((name) => pattern.test(name)));
const wrong = (codes, wants, make) => ({ codes: codes.split(' '), wants, make });

// Where: attempts(count) of the world, plan(plan, world) of the attempt it is in.
const where = (plan, attempts = (count) => count === 1) => ({ attempts, plan });
const drawn = (plan = () => true) => where((one, world) => one.reason === 'drawn' && plan(one, world));
const of = (kind, plan = () => true) => drawn((one) => one.kind === kind && plan(one));
const WANTS = {
  drawn: drawn(),
  ended: where(({ outcome }) => outcome !== 'result'),
  came: where(({ reason }) => reason === 'beacon'),
  full: drawn(({ secrets }) => secrets.absent.length + secrets.withheld.length === 0),
  many: drawn(({ secrets }) => secrets.absent.length + secrets.withheld.length === 0 && secrets.revealed.length > 2),
  calm: drawn(({ replaces, annul }) => replaces === 0 && !annul),
  absent: drawn(({ secrets }) => secrets.absent.length > 0),
  withheld: drawn(({ kind, secrets }) => kind !== 'none' && secrets.withheld.length > 0),
  drafted: drawn(({ draftDiffers, draftShown }) => draftDiffers || draftShown),
  patient: drawn(({ kind, delay }) => kind !== 'none' && delay >= 60),
  hasty: drawn(({ kind, delay }) => kind !== 'none' && delay <= 300),
  witnessed: drawn((_, { quorum }) => quorum > 0),
  unanimous: drawn((_, { quorum, witnesses }) => quorum > 0 && quorum === witnesses.length),
  quorum2: drawn((_, { quorum }) => quorum >= 2),
  alone: drawn((_, { witnesses }) => witnesses.length === 0),
  bare: of('none', ({ secrets }) => secrets.revealed.length > 1),
  sealable: drawn(({ kind, secrets }, { quorum }) => kind !== 'none' && quorum > 0 && secrets.withheld.length === 0),
  unsealed: where(({ reason }, { quorum }) => reason === 'unsealed' && quorum > 0),
  drand: of('drand'), nist: of('nist'), public: of('public'),
  made: drawn(({ kind }, { recorded }) => kind === 'nist' && !recorded),
  dice: of('public', ({ beacon }) => beacon.template !== 'lotteries'),
  dice25: of('public', ({ beacon }) => beacon.template === 'dice25'),
  unrevealed: of('public', ({ secrets }) => secrets.absent.length + secrets.withheld.length > 0),
  replaced: drawn(({ replaces }) => replaces > 0),
  annulled: drawn(({ annul, parties }) => annul && parties.length > 3),
  small: drawn(({ entries }) => entries.length < 8),
  weighted: drawn(({ entries }) => entries.some(({ weight }) => weight > 1)),
  alternates: drawn(({ select }) => select.alternates > 1),
  again: where(({ reason }) => reason === 'drawn', (count) => count > 1),
  third: where(({ reason }) => reason === 'drawn', (count) => count === 3),
};
// What a policy of another form may lack.
const POLICY = 'policy-member policy-beacon policy-reason policy-delay policy-entrants policy-parties policy-weight policy-alternates policy-template policy-quorum';

// At the edge of a form, or beyond it: odd, but signed anew, so that somebody could
// publish it. The first finding must be the same one, not only one of a kind.
const MARKS = ['declared', 'locked', 'sealed', 'closed', 'last'];
const HASH = `${'A'.repeat(43)}=\n`;
const NOTE_MAX = 1 << 20;
const PROOF_MAX = NOTE_MAX + (1 << 17);
const filed = (name, change) => done((files) => { if (files.has(name)) files.set(name, Buffer.from(change(files.get(name).toString()))); });
const proven = (change) => done((files, chance) => { const name = pick(files, chance, /proof$/); files.set(name, Buffer.from(change(files.get(name).toString()))); });
const text = (name, change) => () => ({ hooks: { text: (of) => { if (of.name === name) of.text = change(of.text); } } });
const cosignedAt = (time) => published((made) => { for (const one of made.cosignatures) one.time = time; });
const event = (pattern, change) => () => ({ hooks: { leaf: (object) => { if (pattern.test(object.kind)) change(object); } } });
const template = (name, what) => policy((draw) => { draw.templates[name] = { alphabet: 'ab', length: 70, ...what }; });
// A checkpoint with another text, signed by the log and cosigned as it was.
const signed = (names, change) => (chance) => {
  const name = chance.pick(names);
  return { hooks: { note: (made, { world: { ledger }, published: marks }) => {
    if (made.name === name) made.note = noteOf(ledger, change(ledger, made.size), marks.get(name).cosignatures);
  } } };
};
const sized = (size, root) => (ledger, was) => `${ledger.origin}\n${size}\n${(root ?? ledger.root(was)).toString('base64')}\n`;
// Made this long by a signature of somebody unknown.
const padded = (file, size) => {
  const left = size - Buffer.byteLength(file) - 14;
  return `${file}— somebody${'x'.repeat(left % 4)} ${'A'.repeat(left - (left % 4))}\n`;
};
// Texts that have their form and an entry, where none of them may be.
const added = (texts, last) => done((files, chance, context) => {
  for (const [stem, body] of Object.entries(texts)) {
    files.set(`${stem}.txt`, Buffer.from(body(context)));
    for (const kind of ['leaf', 'proof']) files.set(`log/${stem}.${kind}`, files.get(`log/close.${kind}`));
  }
  if (last) files.set('log/last', files.get('log/closed'));
});
const aReplace = (context) => context.approvals(`klero/1 replace\nclose ${context.H('close.txt')}\nout a\nin -\nreason silent\nevidence -\n`, false);
const anAnnul = (context) => context.approvals(`klero/1 annul\nclose ${context.H('close.txt')}\nreason other\nevidence ${hex('why')}\n`, true);
const aPulseless = ({ D, plan }) => `klero/1 beacon\ndeclare ${D}\nnist ${plan.beacon.id} ${hex('pulse')}\n`;
const revealing = (plan) => plan.reason === 'cancelled' && plan.stage === 'revealing' && plan.secrets.revealed.length > 0;
const EDGES = {
  cancelled: where(({ reason }) => reason === 'cancelled'),
  unsealed: where(({ reason, kind, stage }) => reason === 'cancelled' && kind === 'drand' && stage === 'locked'),
  unknown: where(({ reason, kind, stage }) => reason === 'cancelled' && kind === 'nist' && stage === 'declared'),
  revealing: where(revealing), revealingAgain: where(revealing, (count) => count > 1),
  marked: where(({ reason, stage }) => reason === 'unwitnessed' && stage === 'declared'),
  ancient: drawn(({ kind }, { witnesses, recorded }) => kind === 'nist' && witnesses.length === 0 && !recorded),
  two: drawn(({ replaces, select }) => replaces > 1 && select.alternates > 0),
  three: drawn(({ replaces, select, entries }) => replaces > 2 && select.alternates > 1 && entries.length > 5),
};

export const WRONGS = {
  'lock leaves one out': wrong('lock-absent seal-absent', WANTS.many, (chance) => ({ hooks: { lock: (lines) => { const i = chance.below(lines.length); lines[i] = `${lines[i].split(' ').slice(0, 2).join(' ')} absent -`; } } })),
  'lock in another order': wrong('lock-parties', WANTS.drawn, () => ({ hooks: { lock: (lines) => lines.reverse() } })),
  'lock lacks a party': wrong('lock-parties form-lock', WANTS.drawn, () => ({ hooks: { lock: (lines) => lines.pop() } })),
  'seal lacks a party': wrong('seal-parties form-seal', WANTS.drawn, () => ({ hooks: { seal: (lines) => lines.pop() } })),
  'seal in another order': wrong('seal-parties', WANTS.drawn, () => ({ hooks: { seal: (lines) => lines.reverse() } })),
  'a reveal omitted from the seal': wrong('reveal-left-out', WANTS.full, (chance) => ({ hooks: { seal: (lines) => replaced(lines, chance.below(lines.length), 2, 'withheld') } })),
  'a reveal omitted as absent': wrong('seal-absent', WANTS.full, (chance) => ({ hooks: { seal: (lines) => replaced(lines, chance.below(lines.length), 2, 'absent') } })),
  'another secret sealed': wrong('digest-commit', WANTS.full, (chance) => ({ hooks: { seal: (lines) => replaced(lines, chance.below(lines.length), 2, hex('another')) } })),
  'one secret for two': wrong('secret-twice', WANTS.full, () => ({ hooks: { secrets: (secrets) => { for (const id of secrets.keys()) secrets.set(id, hex('one')); } } })),
  'a secret of an earlier attempt': wrong('secret-reused', WANTS.again, () => ({ hooks: { secrets: (secrets, { previous }) => { for (const [id, secret] of previous?.secrets ?? []) if (secrets.has(id)) secrets.set(id, secret); } } })),
  'a secret of an earlier attempt, never sealed': wrong('secret-reused', WANTS.again, () => ({
    plan: (plan) => cancelled(plan, 'revealing'),
    hooks: { secrets: (secrets, { previous }) => { for (const [id, secret] of previous?.secrets ?? []) if (secrets.has(id)) secrets.set(id, secret); } },
  })),
  'a copied commitment': wrong('digest-commit', WANTS.full, () => {
    let first = null;
    return { hooks: { commit: (made) => { first ??= made.commit; made.commit = first; } } };
  }),
  'an equivocated commitment': wrong('leaf-data', WANTS.drawn, () => ({ hooks: { event: (event, { world, D }) => {
    if (!event.stem.startsWith('committed-')) return;
    const party = event.data.party;
    const signature = world.parties[party].sign(`klero/1 commitment\ndeclare ${D}\nparty ${party}\ncommit ${hex('other')}\n`);
    event.data = { party, commit: hex('other'), signature: signature.toString('hex') };
  } } })),
  'signed by another': wrong('commit-signature', WANTS.drawn, (chance) => ({ hooks: { commit: (made, { world }) => { if (chance.happens(0.5)) made.key = world.parties.operator; } } })),
  'a late commitment': wrong('commitment-late', WANTS.drawn, moved('committed-', ({ times }, { at }) => Math.max(at, times.commitBy))),
  'a commitment at the last second': wrong('none', WANTS.drawn, moved('committed-', ({ times }, { at }) => Math.max(at, times.commitBy - 1))),
  'a late reveal': wrong('reveal-late', WANTS.drawn, moved('revealed-', ({ times }, { at }) => Math.max(at, times.revealBy))),
  'a reveal at the last second': wrong('none', WANTS.drawn, moved('revealed-', ({ times }, { at }) => Math.max(at, times.revealBy - 1))),
  'an early lock': wrong('lock-early', WANTS.drawn, moved('lock', ({ times }) => times.commitBy - 1)),
  'a lock in time': wrong('none', WANTS.drawn, moved('lock', ({ times }) => times.commitBy)),
  'a late lock': wrong('lock-late', WANTS.drawn, moved('lock', ({ times }) => times.revealBy)),
  'an early seal': wrong('seal-early', WANTS.withheld, moved('seal', ({ times }) => times.revealBy - 1)),
  'a late seal': wrong('seal-late', WANTS.withheld, moved('seal', ({ beacon, times }) => (beacon.time ?? times.revealBy) + 5)),
  'an early beacon': wrong('beacon-early', WANTS.patient, moved('beacon', ({ beacon }) => beacon.time - 1)),
  'a late declaration': wrong('declare-late', WANTS.drawn, moved('declare', ({ times }) => times.commitBy)),
  'a draft after its window': wrong('draft-window', WANTS.drafted, moved('draft', ({ times }) => times.until)),
  'a backdated close': wrong('log-order', WANTS.drawn, moved('close', ({ times }) => times.commitBy)),
  'time goes back': wrong('log-order', WANTS.drawn, moved('result', ({ times }) => times.commitBy)),
  'closed late': wrong('close-late', WANTS.drawn, (chance) => ({ hooks: { close: (made, { plan }) => { made.at = (plan.beacon.time ?? plan.times.revealBy) + DAY + chance.below(2); } } })),
  'not known, it says': wrong('known-false', WANTS.came, () => ({ hooks: { close: (made) => { if (made.outcome !== 'result') made.known = false; } } })),
  'known, it says': wrong('none', WANTS.ended, () => ({ hooks: { close: (made) => { made.known = true; } } })),
  'another reason': wrong('reason-untrue file-missing file-unexpected known-false declare-unwitnessed lock-unwitnessed', WANTS.ended, (chance) => ({ hooks: { close: (made) => { made.reason = chance.pick({ failed: ['too-few', 'absent', 'unwitnessed', 'unsealed', 'withheld'], void: ['beacon', 'cancelled', 'party'], result: ['drawn'] }[made.outcome]); } } })),
  'another detail': wrong('digest-result', WANTS.drawn, () => ({ hooks: { close: (made) => { made.detail = hex('detail'); } } })),
  'the operator reveals last': wrong('operator-not-first', WANTS.bare, () => ({ hooks: { order: (order) => order.reverse() } })),
  'a commitment of the absent': wrong('commitment-left-out commitment-late', WANTS.absent, (chance) => ({ hooks: { lock: (lines, context) => extraCommitment(lines, context, chance.pick([-1, 0, -600])) } })),
  'a reveal of the withheld': wrong('reveal-left-out reveal-late', WANTS.withheld, (chance) => ({ hooks: { seal: (lines, context) => extraReveal(lines, context, chance.pick([-1, 0, -600])) } })),
  'a reveal that the seal does not have': wrong('file-unexpected', WANTS.withheld, done((files, chance, { plan }) => files.set(`commit-${chance.pick(plan.secrets.withheld)}.txt`, Buffer.from('x')))),
  'a reveal where there is no seal': wrong('file-unexpected', EDGES.revealing, done((files, chance, { plan }) => files.set(`commit-${chance.pick(plan.secrets.revealed)}.txt`, Buffer.from('x')))),
  'another secret revealed than committed': wrong('leaf-data', WANTS.withheld, () => ({ hooks: { seal: (_, context) => {
    const [party] = context.plan.secrets.withheld;
    const text = context.reveal(party).replace(/secret .*/, `secret ${hex('another')}`);
    context.event(`revealed-${party}`, 'revealed', context.world.now, { party, text });
  } } })),
  'a reveal before the lock': wrong('log-order', WANTS.drawn, () => {
    let early = null;
    return { hooks: {
      lock: (_, context) => {
        early = context.plan.secrets.revealed.at(-1);
        context.event(`revealed-${early}`, 'revealed', context.world.now, { party: early, text: context.reveal(early) });
      },
      order: (order) => { order.splice(0, order.length, ...order.filter((id) => id !== early)); },
    } };
  }),
  'a reveal before the lock is cosigned': wrong('reveal-early', WANTS.witnessed, () => {
    let early = null;
    return { hooks: {
      publish: (made, context) => {
        early = context.plan.secrets.revealed.at(-1);
        if (made.name !== 'locked' || !early) return;
        context.event(`revealed-${early}`, 'revealed', context.world.now, { party: early, text: context.reveal(early) });
      },
      order: (order) => { if (early && order.length > 1) order.splice(0, order.length, ...order.filter((id) => id !== early)); },
    } };
  }),
  'never sealed in time, and cancelled': wrong('none', WANTS.sealable, () => ({ plan: (plan) => { cancelled(plan, 'sealed'); plan.late.sealed = true; } })),
  'never sealed nor cosigned before': wrong('declare-unwitnessed', WANTS.unsealed, () => ({ hooks: { publish: (made) => { if (made.name === 'declared') made.skip = true; } } })),
  'cosigned late': wrong('declare-unwitnessed lock-unwitnessed seal-late', WANTS.witnessed, published((made) => { for (const one of made.cosignatures) one.time += 200 * DAY; })),
  'one cosigned late': wrong('declare-unwitnessed lock-unwitnessed seal-late', WANTS.unanimous, published((made) => { if (made.cosignatures[0]) made.cosignatures[0].time += 200 * DAY; })),
  'cosigned in the last second': wrong('none reveal-early', WANTS.witnessed, published((made, { plan }) => { for (const one of made.cosignatures) one.time = { declared: plan.times.commitBy, locked: plan.times.revealBy, sealed: plan.beacon.time ?? 1 }[made.name] - 1 || one.time; })),
  'cosigned a second late': wrong('declare-unwitnessed lock-unwitnessed seal-late', WANTS.witnessed, published((made, { plan }) => { for (const one of made.cosignatures) one.time = { declared: plan.times.commitBy, locked: plan.times.revealBy, sealed: plan.beacon.time }[made.name] || one.time; })),
  'the quorum not met': wrong('declare-unwitnessed lock-unwitnessed seal-late close-unwitnessed', WANTS.witnessed, published((made, { world }) => { made.cosignatures.length = Math.max(0, Math.min(made.cosignatures.length, world.plan.quorum - 1)); })),
  'nobody cosigned': wrong('declare-unwitnessed lock-unwitnessed seal-late close-unwitnessed', WANTS.witnessed, published((made) => { made.cosignatures = []; })),
  'cosigned by another key': wrong('declare-unwitnessed lock-unwitnessed seal-late close-unwitnessed', WANTS.witnessed, published((made) => { for (const one of made.cosignatures) one.key = key('nobody'); })),
  'a checkpoint before its text': wrong('checkpoint-tree checkpoint-early proof-inclusion form-proof', WANTS.drawn, published((made) => { made.size -= 3; })),
  'a checkpoint kept back': wrong('file-missing', WANTS.drawn, published((made) => { if (made.name !== 'closed' && made.name !== 'last') made.skip = true; })),
  'a false cosignature': wrong('checkpoint-witness', WANTS.witnessed, noted((note) => note.replace(/(— witness\S+ \S{50})./, (_, head) => `${head}A`))),
  'a cosignature twice': wrong('none', WANTS.witnessed, noted((note) => note + (note.match(/— witness.*\n/) ?? ''))),
  'a false signature of the log': wrong('checkpoint-log', WANTS.drawn, noted((note) => note.replace(/(— log\S+ \S{50})./, (_, head) => `${head}A`))),
  'no signature of the log': wrong('checkpoint-log form-checkpoint', WANTS.drawn, noted((note) => note.replace(/— log.*\n/, ''))),
  'an unknown signature': wrong('none', WANTS.drawn, noted((note) => `${note}— somebody AAAAAAAA\n`)),
  'another size': wrong('checkpoint-log', WANTS.drawn, noted((note) => note.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`))),
  'the next round': wrong('beacon-time', WANTS.drand, () => ({ plan: ({ beacon }) => { if (beacon.round) beacon.round += 1; } })),
  'the round before': wrong('beacon-time', WANTS.drand, () => ({ plan: ({ beacon }) => { if (beacon.round) beacon.round -= 1; } })),
  'the next minute': wrong('beacon-time', WANTS.nist, () => ({ plan: ({ beacon }) => { if (beacon.id) beacon.time += 60; } })),
  'no whole minute': wrong('beacon-time', WANTS.nist, () => ({ plan: ({ beacon }) => { if (beacon.id) beacon.time += 1; } })),
  'a time before the delay': wrong('beacon-time', WANTS.public, () => ({ plan: (plan) => { if (plan.kind === 'public') plan.beacon.time = plan.times.beacon - 1; } })),
  'another chain': wrong('chain-unknown', WANTS.drand, () => ({ plan: ({ beacon }) => { if (beacon.chain) beacon.chain = hex('chain'); } })),
  'another certificate': wrong('certificate-unknown', WANTS.nist, () => ({ plan: ({ beacon }) => { if (beacon.id) beacon.id = hex('a') + hex('b'); } })),
  'another round\'s signature': wrong('beacon-forged', WANTS.drand, () => ({ hooks: { beacon: (what, { plan: { beacon }, world }) => { if (beacon.round) what.value = `drand ${beacon.chain} ${beacon.round} ${world.plan.chain.sign(beacon.round + 1)}`; } } })),
  'another round in the beacon': wrong('beacon-differs', WANTS.drand, () => ({ hooks: { beacon: (what, { plan: { beacon }, world }) => { if (beacon.round) what.value = `drand ${beacon.chain} ${beacon.round + 1} ${world.plan.chain.sign(beacon.round + 1)}`; } } })),
  'a made-up signature': wrong('beacon-forged', WANTS.drand, (chance) => ({ hooks: { beacon: (what, { plan: { beacon } }) => { if (beacon.round) what.value = `drand ${beacon.chain} ${beacon.round} ${chance.bytes(48).toString('hex')}`; } } })),
  'a pulse altered': wrong('pulse-differs pulse-forged', WANTS.nist, (chance) => ({ hooks: { pulse: (pulse) => { const name = chance.pick(Object.keys(pulse)); pulse[name] = { string: `${String(pulse[name]).slice(0, -1)}0`, number: pulse[name] + 1, object: chance.pick([null, [], {}]) }[typeof pulse[name]]; } } })),
  'a pulse that lacks a member': wrong('pulse-differs pulse-forged form-seed', WANTS.nist, (chance) => ({ hooks: { pulse: (pulse) => { delete pulse[chance.pick(Object.keys(pulse))]; } } })),
  'a pulse of another time': wrong('pulse-differs', WANTS.nist, () => ({ hooks: { pulse: (pulse) => { pulse.timeStamp = pulse.timeStamp.replace('.000', '.001'); } } })),
  'a pulse not in order': wrong('pulse-differs', WANTS.nist, () => ({ hooks: { pulse: (pulse) => { pulse.statusCode = 1; } } })),
  'an odd pulse, signed': wrong('pulse-forged form-seed', WANTS.made, (chance) => ({ hooks: { odd: (odd) => Object.assign(odd, ODD_PULSES[chance.pick(Object.keys(ODD_PULSES))]) } })),
  'a value out of its alphabet': wrong('beacon-value', WANTS.dice, () => ({ hooks: { value: (context) => { context.value = `7${context.value.slice(1)}x`.slice(0, context.value.length); } } })),
  'a value too short': wrong('beacon-value', WANTS.public, () => ({ hooks: { value: (context) => { context.value = context.value.slice(1); } } })),
  'attested in another order': wrong('attest-party', WANTS.public, () => ({ hooks: { signers: (ids) => ids.reverse() } })),
  'attested twice by one': wrong('form-beacon', WANTS.public, () => ({ hooks: { signers: (ids) => ids.push(ids.at(-1)) } })),
  'attested by no judge': wrong('form-beacon', WANTS.public, () => ({ hooks: { signers: (ids) => ids.splice(0, ids.length, ...ids.filter((id) => !['supervisor', 'entrants'].includes(id))) } })),
  'attested by all declared': wrong('attest-party', WANTS.unrevealed, () => ({ hooks: { signers: (ids, { plan }) => ids.splice(0, ids.length, ...plan.parties.map(({ id }) => id)) } })),
  'a false attestation': wrong('attest-signature', WANTS.public, () => ({ hooks: { beacon: () => {}, text: (of) => { if (of.name === 'beacon.txt') of.text = of.text.replace(/(attest \S+ )../, '$100'); } } })),
  'low entropy': wrong('none', WANTS.public, () => ({ plan: ({ beacon }) => { if (beacon.template) beacon.template = 'dice4'; } })),
  'an unknown template': wrong('policy-template', WANTS.public, declare('beacon', (line) => line.replace(/public \S+/, 'public coins'))),
  'another seed': wrong('seed-beacon', WANTS.drawn, () => ({ hooks: { seed: (seed) => { seed.beacon = seed.beacon === 'none' ? `drand 1 ${hex('x')}` : flip(seed.beacon); } } })),
  'another role': wrong('form-result', WANTS.alternates, (chance) => ({ hooks: { text: (of) => { if (of.name === 'result.txt') of.text = of.text.replace(/alternate-1$/m, chance.pick(['alternate-2', 'selecte', 'alternate-01'])); } } })),
  'a first rank not selected': wrong('form-result', WANTS.drawn, () => ({ hooks: { text: (of) => { if (of.name === 'result.txt') of.text = of.text.replace(/ selected$/m, ' not-selected'); } } })),
  'two ranks exchanged': wrong('form-result', WANTS.drawn, () => ({ hooks: { ranks: (ranks) => ranks.reverse() } })),
  'a rank left out': wrong('result-differs', WANTS.drawn, () => ({ hooks: { ranks: (ranks) => ranks.pop() } })),
  'another ticket': wrong('result-differs', WANTS.drawn, () => ({ hooks: { ranks: (ranks) => { ranks.at(-1).ticket = 'f'.repeat(64); } } })),
  'a roster swapped after the lock': wrong('digest-roster', WANTS.drawn, () => ({ hooks: { lock: (_, { files, plan }) => files.set('roster.txt', Buffer.from(`klero/1 roster\ndraw ${plan.draw}\nentries 1\nentry mine 1\n`)) } })),
  'another replaced': wrong('replace-out', WANTS.replaced, () => ({ plan: (plan) => { if (plan.replaces) plan.replaces = 3; }, hooks: { replace: (made) => { made.out = made.in === '-' ? 'nobody' : made.in; } } })),
  'another alternate': wrong('replace-in', WANTS.replaced, () => {
    let left = null;
    return { hooks: { replace: (made, { plan }) => {
      left ??= plan.replaces;
      left -= 1;
      if (left === 0) made.in = made.in === '-' ? made.out : '-';
    } } };
  }),
  'no alternate comes': wrong('replace-in replace-out', WANTS.replaced, () => ({ plan: (plan) => { plan.replaces = 3; }, hooks: { replace: (made) => { made.in = '-'; } } })),
  'whoever comes': wrong('replace-in replace-out', WANTS.replaced, () => ({ plan: (plan) => { plan.replaces = 3; }, hooks: { replace: (made) => { made.in = made.out; } } })),
  'approved in another order': wrong('approve-party', WANTS.replaced, () => ({ hooks: { approvers: (ids) => ids.reverse() } })),
  'approved by one twice': wrong('form-replace form-annul', WANTS.replaced, () => ({ hooks: { approvers: (ids) => ids.splice(0, ids.length, ids[0], ids[0]) } })),
  'approved by no judge': wrong('form-annul form-replace', WANTS.annulled, () => ({ hooks: { approvers: (ids, { plan }) => ids.splice(0, ids.length, ...plan.parties.map(({ id }) => id).filter((id) => !['supervisor', 'entrants'].includes(id)).slice(0, 3)) } })),
  'a false approval': wrong('approve-signature', WANTS.replaced, () => ({ hooks: { text: (of) => { if (/replace|annul/.test(of.name)) of.text = of.text.replace(/(approve \S+ )../, '$100'); } } })),
  'a sock puppet': wrong('none', WANTS.drawn, () => ({ world: (world) => { for (const id of Object.keys(world.given)) world.given[id] = key(`other ${id}`).hex; } })),
  'a witness not given': wrong('declare-unwitnessed', WANTS.unanimous, () => ({ world: (world) => { const trust = world.trust.bind(world); world.trust = () => trust().replace(/witness w0.*\n/, ''); } })),
  'a log not given': wrong('log-untrusted', WANTS.drawn, () => ({ world: (world) => { const trust = world.trust.bind(world); world.trust = () => trust().replace(/log .*\n/, ''); } })),
  'another attempt': wrong('file-missing', WANTS.again, declare('attempt', (line) => (line === 'attempt 1' ? line : 'attempt 7'))),
  'an attempt too early': wrong('file-unexpected', WANTS.third, declare('attempt', (line) => (line === 'attempt 3' ? 'attempt 2' : line))),
  'another project': wrong('project-differs', WANTS.drawn, declare('project', () => 'project other')),
  'another previous': wrong('digest-previous', WANTS.again, declare('previous', (line) => (line === 'previous -' ? line : `previous ${hex('previous')}`))),
  'another log': wrong('log-untrusted', WANTS.drawn, declare('log', (line) => line.replace(' log', ' dog'))),
  'a key of small order': wrong('form-declare', WANTS.drawn, declare('party', (line) => line.replace(/[0-9a-f]{64}/, '01'.padEnd(64, '0')))),
  'a party with a witness\'s key': wrong('form-declare', WANTS.witnessed, () => ({ hooks: { declare: (lines) => { const witness = lines.find((line) => line.startsWith('witness')); if (witness) edit(lines, 'party', (line) => line.replace(/[0-9a-f]{64}/, witness.split(' ')[2])); } } })),
  'the objection window moved': wrong('draft-time draft-window', WANTS.drafted, declare('draft', (line) => line.replace(/-(\d\d)T/, (_, day) => `-${day === '28' ? '01' : String(Number(day) % 28 + 1).padStart(2, '0')}T`))),
  'a shorter delay': wrong('policy-delay', WANTS.patient, declare('beacon-delay', () => 'beacon-delay 5')),
  'a lower quorum': wrong('policy-quorum', WANTS.quorum2, declare('quorum', (line) => (line === 'quorum 2' || line === 'quorum 3' ? 'quorum 1' : 'quorum 0'))),
  'a quorum higher than cosigned': wrong('form-declare', WANTS.alone, declare('quorum', () => 'quorum 1')),
  'more selected than entered': wrong('select-entries', WANTS.drawn, declare('select', () => 'select 5000 1')),
  'more alternates than allowed': wrong('policy-alternates', WANTS.drawn, declare('select', (line) => line.replace(/\d+$/, '11'))),
  'withheld may not': wrong('reason-untrue', WANTS.withheld, declare('withheld', (line) => (line.endsWith('void') ? line : 'withheld void'))),
  'nobody is required': wrong('policy-parties', WANTS.drawn, () => ({ hooks: { declare: (lines) => lines.forEach((line, i) => { if (line.startsWith('party')) lines[i] = line.replace('required', 'optional'); }) } })),
  'everybody is required': wrong('lock-absent', WANTS.absent, () => ({ hooks: { declare: (lines) => lines.forEach((line, i) => { if (line.startsWith('party')) lines[i] = line.replace('optional', 'required'); }) } })),
  'the policy has no beacons': wrong('policy-beacon', WANTS.drand, policy((draw) => { draw.beacons = ['none', 'nist']; })),
  'the policy gives no reason': wrong('policy-reason', WANTS.bare, policy((draw) => { draw.level_c_reason = null; })),
  'the policy gives a reason': wrong('none', WANTS.patient, policy((draw) => { draw.level_c_reason = 'why'; })),
  'the policy wants a longer delay': wrong('policy-delay', WANTS.hasty, policy((draw) => { draw.delay_min_s = 301; })),
  'the policy wants more entrants': wrong('policy-entrants', WANTS.small, policy((draw) => { draw.min_entrants = 8; })),
  'the policy wants another party': wrong('policy-parties', WANTS.drawn, policy((draw) => { draw.required_parties.push('notary'); })),
  'the policy wants less weight': wrong('policy-weight', WANTS.weighted, policy((draw) => { draw.weight_max = 1; })),
  'the policy wants fewer alternates': wrong('policy-alternates', WANTS.alternates, policy((draw) => { draw.alternates_max = 1; })),
  'the policy knows no template': wrong('policy-template', WANTS.dice25, policy((draw) => { delete draw.templates.dice25; })),
  'the policy wants a higher quorum': wrong('policy-quorum', WANTS.witnessed, policy((draw) => { draw.quorum += 1; })),
  'the policy lacks a member': wrong('policy-member', WANTS.drawn, (chance) => policy((draw) => { delete draw[chance.pick(Object.keys(draw))]; })()),
  'the policy has another form': wrong(POLICY, WANTS.drawn, (chance) => policy((draw) => { draw[chance.pick(Object.keys(draw))] = chance.pick([null, true, 1, -1, 'x', [], ['x'], [1], {}, { x: 1 }, { x: { alphabet: '11', length: 2 } }, { x: { alphabet: '12', length: 0 } }, { 'a b': { alphabet: '12', length: 2 ** 40 } }, ['none', 'none', 'drand', 'nist', 'public']]); })()),
  'another draw in a text': wrong('draw-differs', WANTS.drawn, () => ({ hooks: { text: (of) => { if (of.name === 'excluded.txt') of.text = of.text.replace(/draw \S+/, 'draw other'); } } })),
  'a name for another': wrong('names-differ', WANTS.drawn, () => ({ hooks: { text: (of) => { if (of.name === 'names.txt') of.text = `0 甲\n${of.text}`; } } })),
  'an excluded one entered': wrong('excluded-entered', WANTS.drawn, () => ({ plan: (plan) => { plan.excluded.push(plan.entries.at(-1).id); plan.excluded.sort(); } })),
  'a leaf of another draw': wrong('leaf-event', WANTS.drawn, leaf((object) => { object.subject = 'other'; })),
  'a leaf of another kind': wrong('leaf-event', WANTS.drawn, leaf((object) => { object.kind = 'draw.voided'; })),
  'two leaves with one id': wrong('leaf-event', WANTS.drawn, (chance) => {
    const places = [chance.below(12), chance.below(12)];
    let [place, id] = [0, null];
    return { hooks: { leaf: (object) => {
      if (places.includes(place)) object.id = id ??= object.id;
      place += 1;
    } } };
  }),
  'a leaf that goes back': wrong('log-order', WANTS.drawn, leaf((object) => { object.seq = 1; })),
  'a leaf with more data': wrong('leaf-data', WANTS.drawn, leaf((object) => { object.data.more = 1; })),
  'a leaf without data': wrong('leaf-data', WANTS.drawn, leaf((object) => { object.data = {}; })),
  'a leaf by nobody': wrong('leaf-event', WANTS.drawn, leaf((object) => { object.by = {}; })),
  'a leaf by something else': wrong('form-leaf', WANTS.drawn, (chance) => leaf((object) => { object.by = chance.pick([{ org: 'a', role: 'b', person: 'c' }, { org: null, role: 'x' }, { org: '', role: 'x' }, { org: 'x', role: 'a b' }, { org: '机构', role: 'x' }, { org: 1, role: 'x' }, { org: 'a b', role: 'x' }, { org: '-', role: '-' }]); })(chance)),
  'a leaf of another form': wrong('form-leaf leaf-event leaf-data log-order draft-window', WANTS.drawn, (chance) => leaf((object) => { object[chance.pick(Object.keys(object))] = chance.pick([0, 1, 2, null, 'x', [], {}, '-', '2026-01-01T00:00:00Z', hex('x').slice(0, 32)]); })(chance)),
  'a proof of another place': wrong('proof-inclusion', WANTS.drawn, done((files, chance) => { const name = pick(files, chance, /proof$/); files.set(name, Buffer.from(files.get(name).toString().replace(/index (\d+)/, (_, i) => `index ${Number(i) + 1}`))); })),
  'a proof against another checkpoint': wrong('proof-checkpoint', WANTS.drawn, done((files, chance) => { const name = pick(files, chance, /proof$/); const other = files.get(pick(files, chance, /log\/[a-z]+ed$/)); files.set(name, Buffer.from(`${files.get(name).toString().split('\n\n')[0]}\n\n${other}`)); })),
  'a proof with fewer hashes': wrong('proof-inclusion', WANTS.drawn, done((files, chance) => { const name = pick(files, chance, /proof$/); files.set(name, Buffer.from(files.get(name).toString().replace(/(index \d+\n).{44}\n/, '$1'))); })),
  'two leaves exchanged': wrong('leaf-event leaf-data', WANTS.drawn, done((files, chance) => { const [a, b] = [pick(files, chance, /leaf$/), pick(files, chance, /leaf$/)]; const [x, y] = [files.get(a), files.get(b)]; files.set(a, y).set(b, x); })),
  'two checkpoints exchanged': wrong('form-consistency checkpoint-tree proof-checkpoint', WANTS.drawn, done((files, chance) => { const [a, b] = [pick(files, chance, /log\/[a-z]+ed$/), pick(files, chance, /log\/[a-z]+ed$/)]; const [x, y] = [files.get(a), files.get(b)]; files.set(a, y).set(b, x); })),
  'a step with other hashes': wrong('checkpoint-tree', WANTS.drawn, done((files) => { if (files.has('log/consistency')) files.set('log/consistency', Buffer.from(files.get('log/consistency').toString().replace(/\n[^\n](?=[^\n]{43}\n)/, '\nA'))); })),
  'the first step left out': wrong('checkpoint-tree', WANTS.drawn, done((files) => {
    const steps = files.get('log/consistency')?.toString().split('\n\n') ?? [];
    if (steps.length > 1) files.set('log/consistency', Buffer.from(steps.slice(1).join('\n\n')));
  })),
  'steps in another order': wrong('checkpoint-tree', WANTS.drawn, done((files) => { if (files.has('log/consistency')) files.set('log/consistency', Buffer.from(files.get('log/consistency').toString().trimEnd().split('\n\n').reverse().join('\n\n') + '\n')); })),
  'a step after the last': wrong('checkpoint-tree', WANTS.calm, done((files) => { if (files.has('log/consistency')) files.set('log/consistency', Buffer.from(`${files.get('log/consistency')}\nold ${files.get('log/closed').toString().split('\n')[1]}\nnew 100000\n${'A'.repeat(43)}=\n`)); })),
  'a step too many': wrong('form-consistency', WANTS.replaced, done((files) => { if (files.has('log/consistency')) files.set('log/consistency', Buffer.from(`${files.get('log/consistency')}\nold 1\nnew 2\n`)); })),
  'a checkpoint with an extension line': wrong('checkpoint-log', WANTS.drawn, signed(MARKS, (ledger, size) => `${sized(size)(ledger, size)}more\n`)),
  'a checkpoint of 2^53 entries': wrong('form-checkpoint', WANTS.drawn, signed(MARKS, sized(2n ** 53n))),
  'a checkpoint of 2^53 - 1 entries': wrong('checkpoint-tree', WANTS.drawn, signed(MARKS, sized(2n ** 53n - 1n))),
  'a checkpoint of nothing with a root of something': wrong('form-checkpoint', WANTS.drawn, signed(MARKS, sized(0))),
  'a checkpoint of nothing': wrong('checkpoint-tree', WANTS.drawn, signed(MARKS, sized(0, sha256('')))),
  'a checkpoint of 1 MiB': wrong('none', WANTS.drawn, filed('log/declared', (note) => padded(note, NOTE_MAX))),
  'a checkpoint a byte over 1 MiB': wrong('form-checkpoint', WANTS.drawn, filed('log/declared', (note) => padded(note, NOTE_MAX + 1))),
  'a cosignature of no time': wrong('checkpoint-witness', WANTS.witnessed, cosignedAt(0)),
  'a cosignature of the first second': wrong('reveal-early none', WANTS.witnessed, cosignedAt(1)),
  'a cosignature of the last second': wrong('declare-unwitnessed lock-unwitnessed seal-late', WANTS.witnessed, cosignedAt(2n ** 63n - 1n)),
  'a cosignature after it': wrong('checkpoint-witness', WANTS.witnessed, cosignedAt(2n ** 63n)),
  'a proof with an extra of 64 KiB': wrong('none', WANTS.drawn, proven((proof) => proof.replace('index', `extra ${'A'.repeat(65536)}\nindex`))),
  'a proof with a longer extra': wrong('form-proof', WANTS.drawn, proven((proof) => proof.replace('index', `extra ${'A'.repeat(65540)}\nindex`))),
  'a proof of the greatest length': wrong('proof-checkpoint', WANTS.drawn, proven((proof) => padded(proof, PROOF_MAX))),
  'a proof a byte longer': wrong('form-proof', WANTS.drawn, proven((proof) => padded(proof, PROOF_MAX + 1))),
  'a proof of the place 2^53 - 1': wrong('proof-inclusion', WANTS.drawn, proven((proof) => proof.replace(/index \d+/, `index ${2n ** 53n - 1n}`))),
  'a proof of the place 2^53': wrong('form-proof', WANTS.drawn, proven((proof) => proof.replace(/index \d+/, `index ${2n ** 53n}`))),
  'a proof with 64 hashes': wrong('proof-inclusion', WANTS.drawn, proven((proof) => proof.replace(/(index \d+\n)(.{44}\n)*/, `$1${HASH.repeat(64)}`))),
  'a proof with 65 hashes': wrong('form-proof', WANTS.drawn, proven((proof) => proof.replace(/(index \d+\n)(.{44}\n)*/, `$1${HASH.repeat(65)}`))),
  'a step from nothing': wrong('form-consistency', WANTS.drawn, filed('log/consistency', (steps) => steps.replace(/^old \d+/, 'old 0'))),
  'a step to nowhere': wrong('form-consistency', WANTS.drawn, filed('log/consistency', (steps) => steps.replace(/^old (\d+)\nnew \d+/, 'old $1\nnew $1'))),
  'a step to 2^53': wrong('form-consistency', WANTS.drawn, filed('log/consistency', (steps) => steps.replace(/^(old \d+)\nnew \d+/, `$1\nnew ${2n ** 53n}`))),
  'a step with 64 hashes': wrong('checkpoint-tree', WANTS.drawn, filed('log/consistency', (steps) => steps.replace(/(new \d+\n)(.{44}\n)*/, `$1${HASH.repeat(64)}`))),
  'a step with 65 hashes': wrong('form-consistency', WANTS.drawn, filed('log/consistency', (steps) => steps.replace(/(new \d+\n)(.{44}\n)*/, `$1${HASH.repeat(65)}`))),
  'an empty line after the last step': wrong('form-consistency', WANTS.drawn, filed('log/consistency', (steps) => `${steps}\n`)),
  'a step left out': wrong('checkpoint-tree', WANTS.drawn, filed('log/consistency', (steps) => steps.split('\n\n').filter((_, i) => i !== 1).join('\n\n').replace(/\n*$/, '\n'))),
  'a step where nothing grew': wrong('checkpoint-tree', EDGES.marked, done((files) => { if (!files.has('log/consistency')) files.set('log/consistency', Buffer.from('old 1\nnew 2\n')); })),
  'a window until the year 0': wrong('form-declare', WANTS.drawn, declare('draft', (line) => line.replace(/ \S+$/, ' 0000-12-31T23:59:59Z'))),
  'a window until the year 1': wrong('draft-window', WANTS.drafted, declare('draft', (line) => line.replace(/ \S+$/, ' 0001-01-01T00:00:00Z'))),
  'a draw before 1970': wrong('none', EDGES.ancient, () => ({ world: (world) => { world.now = -100000000; } })),
  'a leaf of the year 0': wrong('form-leaf', WANTS.drawn, event(/drafted|roster/, (object) => { object.at = '0000-12-31T23:59:59Z'; })),
  'a leaf of version 0': wrong('none', WANTS.drafted, event(/drafted/, (object) => { object.seq = 0; })),
  'one id for two entries': wrong('leaf-event', WANTS.drawn, (chance) => event(new RegExp(chance.pick(['drafted|roster', 'committed', 'revealed', 'committed|revealed', 'lock|close', 'names|result', 'seal|replaced|annulled'])), (object) => { object.id = hex('one').slice(32); })()),
  'one id for all entries': wrong('leaf-event', WANTS.drawn, event(/./, (object) => { object.id = hex('one').slice(32); })),
  'no party is the operator': wrong('form-declare', WANTS.drawn, () => ({ hooks: { declare: (lines) => lines.forEach((line, i) => { lines[i] = line.replace(/^party operator /, 'party operators '); }) } })),
  'the last required party is optional': wrong('policy-parties', WANTS.drawn, () => ({ hooks: { declare: (lines) => { const i = lines.findLastIndex((line) => / required$/.test(line)); lines[i] = lines[i].replace('required', 'optional'); } } })),
  'the policy knows another beacon': wrong('policy-member', WANTS.drawn, policy((draw) => { draw.beacons.push('moon'); })),
  'the policy says a beacon twice': wrong('policy-member', WANTS.drawn, policy((draw) => { draw.beacons.push(draw.beacons[0]); })),
  'the policy says a party twice': wrong('policy-member', WANTS.drawn, policy((draw) => { draw.required_parties.push(draw.required_parties[0]); })),
  'the policy wants a party of no such name': wrong('policy-member', WANTS.drawn, policy((draw) => { draw.required_parties.push('No Party'); })),
  'the policy wants 16 parties': wrong('policy-parties', WANTS.drawn, policy((draw) => { while (draw.required_parties.length < 16) draw.required_parties.push(`p${draw.required_parties.length}`); })),
  'the policy wants 17 parties': wrong('policy-member', WANTS.drawn, policy((draw) => { while (draw.required_parties.length < 17) draw.required_parties.push(`p${draw.required_parties.length}`); })),
  'the policy has a template of no name': wrong('policy-member', WANTS.drawn, template('a b', {})),
  'the policy has a template without end': wrong('none', WANTS.drawn, template('more', { length: Number.MAX_SAFE_INTEGER })),
  'the policy has a template that says more': wrong('none', WANTS.drawn, template('more', { more: null })),
  'a public value of 5000 bytes': wrong('none', WANTS.public, () => ({ hooks: { policy: ({ draw }) => { for (const one of Object.values(draw.templates)) one.length = 5000; }, value: (context) => { context.value = '1'.repeat(5000); } } })),
  'a role that does not follow': wrong('form-result', WANTS.drawn, text('result.txt', (result) => result.replace(/ selected\n/, ' not-selected\n'))),
  'an alternate that does not follow': wrong('form-result', WANTS.alternates, text('result.txt', (result) => result.replace(/ alternate-2\n/, ' alternate-3\n'))),
  'a replacement out of all numbers': wrong('file-unexpected', WANTS.drawn, done((files, chance) => { files.set(chance.pick(['replace-9999999999.txt', 'log/replace-9999999999.leaf']), Buffer.from('x')); })),
  'a replacement of a number there is': wrong('file-unexpected', WANTS.drawn, done((files) => { files.set('replace-9007199254740991.txt', Buffer.from('x')); })),
  'a replacement of no number': wrong('file-name', WANTS.drawn, done((files, chance) => { files.set(chance.pick(['replace-9007199254740992.txt', 'log/replace-9007199254740992.proof', 'replace-10000000000000000.txt']), Buffer.from('x')); })),
  'a replacement by nobody, another by the next': wrong('replace-in replace-out', EDGES.two, () => { let left = 1; return { hooks: { replace: (made) => { if (left-- > 0) made.in = '-'; } } }; }),
  'a replacement by the second, who goes': wrong('replace-out replace-in', EDGES.three, () => {
    let second = null;
    return { hooks: { replace: (made, { ranks, plan }) => {
      if (second) made.out = second;
      else made.in = second = ranks[plan.select.count + 1];
    } } };
  }),
  'replacements without a result': wrong('file-unexpected', EDGES.cancelled, added({ replace: aReplace, 'replace-2': aReplace }, true)),
  'replacements without a result, nor a checkpoint': wrong('file-missing', EDGES.cancelled, added({ replace: aReplace, 'replace-2': aReplace }, false)),
  'an annulment without a result': wrong('file-unexpected', EDGES.cancelled, added({ annul: anAnnul }, true)),
  'a roster left out with its entry': wrong('file-missing', WANTS.drawn, done((files) => { for (const name of ['roster.txt', 'log/roster.leaf', 'log/roster.proof']) files.delete(name); })),
  'a beacon without a seal': wrong('none', EDGES.unsealed, () => ({ hooks: { close: (made, context) => { context.beacon(); made.known = true; made.at = Math.max(made.at, context.world.now); } } })),
  'a beacon without its pulse': wrong('file-missing', EDGES.unknown, added({ beacon: aPulseless }, false)),
  'a reveal of nobody, and no seal to be read': wrong('form-seal', WANTS.drawn, (chance) => ({ hooks: { text: (of) => { if (of.name === 'seal.txt') of.text = of.text.replace('seal', 'sael'); }, done: ({ files }) => { files.set(`commit-${chance.pick(['a', 'zz'])}.txt`, Buffer.from('x')); } } })),
  'a reveal of another secret': wrong('leaf-data', EDGES.revealing, () => ({ hooks: { event: (made) => { if (made.stem.startsWith('revealed-')) made.data = { ...made.data, text: made.data.text.replace(/secret \w+/, `secret ${hex('another')}`) }; } } })),
  'a secret of an earlier attempt, revealed alone': wrong('secret-reused', EDGES.revealingAgain, () => ({ hooks: { secrets: (secrets, { previous }) => { for (const [id, secret] of previous?.secrets ?? []) if (secrets.has(id)) secrets.set(id, secret); } } })),
};

// A plan that was to be drawn, ended at this stage.
function cancelled(plan, stage) {
  Object.assign(plan, { reason: 'cancelled', outcome: 'void', stage, replaces: 0, annul: false });
}

function extraCommitment(lines, context, offset) {
  const { plan, world, D } = context;
  const party = plan.parties.find(({ id }) => !context.commits.has(id))?.id;
  if (!party) return;
  const commit = hex(context.reveal(party));
  const signature = world.parties[party].sign(`klero/1 commitment\ndeclare ${D}\nparty ${party}\ncommit ${commit}\n`).toString('hex');
  context.event(`committed-${party}`, 'committed', Math.max(world.now, plan.times.commitBy + offset), { party, commit, signature });
}

function extraReveal(lines, context, offset) {
  const { plan, world } = context;
  const party = plan.secrets.withheld[0];
  if (!party) return;
  context.event(`revealed-${party}`, 'revealed', Math.max(world.now, plan.times.revealBy + offset), { party, text: context.reveal(party) });
}

const BYTES = Buffer.from('\n\r\t 09afzAZ-+.:/"{}[],\0\x7f\x80\xc3\xff', 'latin1');

function alterBytes(bytes, chance) {
  const at = chance.below(bytes.length);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  const byte = Buffer.of(chance.happens(0.7) ? chance.pick(BYTES) : chance.below(256));
  switch (chance.below(4)) {
    case 0: return Buffer.concat([head, byte, tail]);
    case 1: return Buffer.concat([head, tail.subarray(1)]);
    case 2: return head;
    default: return Buffer.concat([head, byte, tail.subarray(1)]);
  }
}

function alterLines(bytes, chance) {
  const lines = bytes.toString('latin1').split('\n');
  const i = chance.below(lines.length);
  const j = chance.below(lines.length);
  const fields = lines[i].split(' ');
  const k = chance.below(fields.length);
  switch (chance.below(7)) {
    case 0: lines.splice(i, 1); break;
    case 1: lines.splice(i, 0, lines[i]); break;
    case 2: [lines[i], lines[j]] = [lines[j], lines[i]]; break;
    case 3: fields.splice(k, 1); lines[i] = fields.join(' '); break;
    case 4: fields[k] = chance.pick(['-', '0', '1', '00', '17', '9007199254740993', 'x', 'absent', 'withheld', 'yes', 'no', 'none', hex('x'), '2026-02-29T00:00:00Z', '2028-02-29T23:59:59Z']); lines[i] = fields.join(' '); break;
    case 5: fields[k] = /^\d{1,9}$/.test(fields[k]) ? String(Number(fields[k]) + chance.pick([-1, 1])) : flip(fields[k]); lines[i] = fields.join(' '); break;
    default: lines.splice(i, 1, ...lines[i].split(' ')); break;
  }
  return Buffer.from(lines.join('\n'), 'latin1');
}

const NAMES = ['README.txt', 'verify.sh', 'draft.txt', 'annul.txt', 'replace-2.txt', 'replace-3.txt', 'commit-owner.txt', 'commit-nobody.txt', 'log/last', 'log/locked', 'log/draft.leaf', 'log/draft.proof', 'log/committed-owner.leaf', 'log/policy.leaf', 'log/commit-operator.leaf', 'log/x', 'x', 'Roster.txt', 'replace-1.txt', 'replace-02.txt', 'previous/1/roster.txt', 'previous/9/roster.txt', 'previous/01/roster.txt', 'previous/1/previous/1/roster.txt', 'previous/0/close.txt', 'pulse.json', 'beacon.txt', 'log/beacon.leaf', 'log/pulse.leaf', 'log/revealed-operator.proof', 'log/committed-zzz.leaf'];

export function alter(bytes, chance) {
  if (bytes.length === 0) return Buffer.from('x');
  return chance.happens(0.5) ? alterBytes(bytes, chance) : alterLines(bytes, chance);
}

export function damage(pack, chance) {
  const files = new Map(pack.files);
  const name = chance.pick([...files.keys()]);
  const other = chance.pick([...files.keys()]);
  const how = chance.pick(['bytes', 'bytes', 'lines', 'lines', 'lines', 'drop', 'add', 'copy', 'exchange', 'empty']);
  switch (how) {
    case 'bytes': files.set(name, alterBytes(files.get(name), chance)); break;
    case 'lines': files.set(name, alterLines(files.get(name), chance)); break;
    case 'drop': files.delete(name); break;
    case 'add': { const added = chance.pick(NAMES); files.set(added, files.get(other)); return [{ ...pack, files }, `add ${added} as ${other}`]; }
    case 'copy': files.set(name, files.get(other)); break;
    case 'empty': files.set(name, Buffer.alloc(0)); break;
    default: files.set(name, pack.files.get(other)).set(other, pack.files.get(name)); break;
  }
  return [{ ...pack, files }, `${how} ${name} ${other}`];
}

