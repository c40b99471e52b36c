// What the log says of a draw, from its draft to its annulment: each event, in
// the protocol's order, with its subject, its data and its times; and the
// receipts that were given for it. protocol §2, §3, §7.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { aDraw, call, institution, must, origin, party, people, person, policy, sql, until, waitFor } from './client.mjs';
import { approve, attestation } from './evidence.mjs';
import { commitment, revealText, sha256 } from './keys.mjs';
import { leafHash } from './merkle.mjs';

const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: {
  objection: s(2), commit: s(3), reveal: s(3), optional_parties: ['owner'], delay_min_s: 1, delay_s: 2,
  withheld: 'continue',
} };
const DICE = '4162533615246134526163255';
const SPKI = Buffer.from('302a300506032b6570032100', 'hex'); // RFC 8410
const MERGE_DELAY_S = 10;

const SERVICE = { org: 'kleroterion', role: 'service' };
const ANYONE = { org: '-', role: 'anyone' };
const seconds = (time) => Date.parse(time) / 1000;
const member = (text, name) => text.match(new RegExp(`^${name} (.*)$`, 'm'))[1];

// The events of a draw, once `last` is among them.
async function story(draw, last) {
  const all = () => call('GET', `/v1/events?subject=${draw.id}&limit=200`);
  return until(async () => {
    const { items } = must(await all(), 200);
    return items.at(-1)?.kind === last && items;
  }, last);
}

async function receiptKey() {
  const { data } = must(await call('GET', '/v1/events?limit=1'), 200).items[0];
  const key = Buffer.concat([SPKI, Buffer.from(data.receipt_key, 'hex')]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

// It promises exactly the event it was given for, in ten seconds.
async function isReceiptOf({ text, signature }, event, key) {
  const [bytes] = await sql(`SELECT HEX(bytes) FROM log_entry WHERE idx = ${event.index}`);
  const leaf = leafHash(Buffer.from(bytes, 'hex')).toString('hex');
  const by = new Date((seconds(event.at) + MERGE_DELAY_S) * 1000).toISOString().replace('.000', '');
  assert.equal(text, `klero/1 receipt\norigin ${origin}\nevent ${event.id}\nindex ${event.index}\nleaf ${leaf}\nby ${by}\n`);
  assert.ok(verify(null, Buffer.from(text), key, Buffer.from(signature, 'hex')), 'of the receipt key');
}

// Parts of the protocol that hold for every draw.
function checkForm(draw, events) {
  const text = 'text';
  const forms = { 'draw.committed': 'party,commit,signature', 'draw.revealed': 'party,text' };
  events.forEach(({ kind, subject, seq, data, v }, i) => {
    assert.deepEqual([subject, seq, v], [draw.id, i + 1, 1], kind);
    assert.equal(Object.keys(data).sort().join(), (forms[kind] ?? text).split(',').sort().join(), kind);
  });
  const order = events.map(({ index, at }) => [index, at]);
  assert.deepEqual(order, [...order].sort((a, b) => a[0] - b[0]), 'in the order of the log');
  assert.deepEqual(events.map(({ at }) => at), events.map(({ at }) => at).sort(), 'time never goes back');
}

const kinds = (events) => events.map(({ kind, by, data }) =>
  [kind.replace('draw.', ''), data.party, by.role].filter(Boolean).join(' '));

test('the events of a draw with a public beacon, and their receipts', async () => {
  const owner = await person('owner');
  await policy(POLICY);
  const parties = { ...(await people()).parties, owner: await party(owner, 'owner') };
  const draw = await aDraw({ owner, parties, beacon: 'public', template: 'dice25', entrants: 3, policy: POLICY,
    until: 'declared' });
  const receipts = {};
  const keep = async (name, reply) => { receipts[name] = must(await reply).receipt; };

  // Anybody hands them in, also with the key of somebody else: they prove themselves.
  const stranger = await institution();
  const bring = (what, body, key) => call('POST', `/v1/draws/${draw.id}/${what}`, { key, body });
  await keep('committed owner', draw.commit('owner'));
  await keep('committed operator', bring('commitments', await draw.statement('operator'), stranger));
  await keep('committed supervisor', draw.commit('supervisor'));
  await waitFor(draw, 'locked');
  const reveal = (name) => ({ party: name, text: revealText(draw.declare, name, draw.secrets[name]) });
  await keep('revealed supervisor', bring('reveals', reveal('supervisor'), stranger));
  await keep('revealed owner', draw.reveal('owner'));
  await keep('revealed operator', draw.reveal('operator'));
  await waitFor(draw, 'sealed');
  await until(async () => {
    const reply = await call('POST', `/v1/draws/${draw.id}/beacon`,
      { body: await attestation(draw, DICE, ['operator', 'supervisor']) });
    return reply.body.code !== 'too-early' && keep('beacon', reply).then(() => true);
  }, 'the time of the beacon');
  const events = await story(draw, 'draw.closed');
  checkForm(draw, events);
  assert.deepEqual(kinds(events), [
    'drafted service', 'roster service', 'names service', 'excluded service', 'declared service',
    'committed owner anyone', 'committed operator anyone', 'committed supervisor anyone', 'locked service',
    'revealed supervisor anyone', 'revealed owner anyone', 'revealed operator anyone', 'sealed service',
    'beacon anyone', 'seeded service', 'result service', 'closed service',
  ]);
  for (const { kind, by } of events)
    assert.deepEqual(by, by.role === 'service' ? SERVICE : ANYONE, kind);

  const of = Object.fromEntries(events.map((event) =>
    [[event.kind.replace('draw.', ''), event.data.party].filter(Boolean).join(' '), event]));
  const key = await receiptKey();
  for (const [name, receipt] of Object.entries(receipts))
    await isReceiptOf(receipt, of[name], key);

  // Times: those of the declaration follow from the policy and the freeze alone.
  const declare = of.declared.data.text;
  const at = Object.fromEntries(Object.entries(of).map(([name, event]) => [name, seconds(event.at)]));
  const commitBy = seconds(member(declare, 'commit-by'));
  const revealBy = seconds(member(declare, 'reveal-by'));
  assert.deepEqual([commitBy, revealBy], [at.declared + 3, commitBy + 3]);
  assert.deepEqual([member(declare, 'beacon-delay'), member(declare, 'beacon')],
    ['2', `public dice25 ${new Date((revealBy + 2) * 1000).toISOString().replace('.000', '')}`]);
  const [draft, draftUntil] = member(declare, 'draft').split(' ');
  assert.equal(draft, sha256(of.drafted.data.text));
  assert.ok(at.drafted < seconds(draftUntil) && seconds(draftUntil) <= at.declared);
  for (const name of Object.keys(parties)) {
    assert.ok(at.declared <= at[`committed ${name}`] && at[`committed ${name}`] < commitBy, `${name} before commit-by`);
    assert.ok(at.locked <= at[`revealed ${name}`] && at[`revealed ${name}`] < revealBy, `${name} before reveal-by`);
  }
  assert.ok(commitBy <= at.locked && at.locked < revealBy);
  assert.ok(revealBy + 2 <= at.beacon && at.beacon === at.closed);

  // Each text names the one before it, and they say what the parties brought.
  const names = ['operator', 'supervisor', 'owner'];
  const signed = Object.fromEntries(names.map((name) =>
    [name, commitment(draw.declare, name, draw.secrets[name], parties[name].key)]));
  assert.equal(of.locked.data.text, `klero/1 lock\ndeclare ${draw.declare}\n${names.map((name) =>
    `commit ${name} ${signed[name].commit} ${signed[name].signature}\n`).join('')}`);
  for (const name of names) {
    assert.deepEqual(of[`committed ${name}`].data, signed[name]);
    assert.equal(of[`revealed ${name}`].data.text, reveal(name).text);
  }
  assert.equal(of.sealed.data.text, `klero/1 seal\ndeclare ${draw.declare}\nlock ${sha256(of.locked.data.text)}\n${names
    .map((name) => `secret ${name} ${draw.secrets[name]}\n`).join('')}`);
  assert.equal(of.seeded.data.text, `klero/1 seed\nseal ${sha256(of.sealed.data.text)}\nbeacon public ${DICE}\n`);
  assert.equal(of.closed.data.text, `klero/1 close\ndeclare ${draw.declare}\noutcome result\nreason drawn\n`
    + `detail ${sha256(of.result.data.text)}\nknown yes\n`);
});

test('the events of a draw without a beacon, replaced and annulled', async () => {
  const none = { draw: { ...POLICY.draw, optional_parties: [] } };
  const draw = await aDraw({ entrants: 4, policy: none });
  const out = draw.shown.ranking[0].entry;
  const { statement } = must(await call('GET', `/v1/draws/${draw.id}/replacements/next?out=${out}&reason=refused`), 200);
  const both = ['operator', 'supervisor'];
  const replaced = must(await call('POST', `/v1/draws/${draw.id}/replacements`,
    { body: { out, reason: 'refused', approvals: approve(draw.parties, both, statement) } }));
  const close = sha256(await draw.text('close.txt'));
  const annul = `klero/1 annul\nclose ${close}\nreason forged-papers\nevidence ${sha256('x')}\n`;
  const annulled = must(await call('POST', `/v1/draws/${draw.id}/annulment`,
    { body: { reason: 'forged-papers', evidence: sha256('x'), approvals: approve(draw.parties, both, annul) } }));
  const events = await story(draw, 'draw.annulled');
  checkForm(draw, events);
  assert.deepEqual(kinds(events).slice(4), [
    'declared service', 'committed operator anyone', 'committed supervisor anyone', 'locked service',
    'revealed operator anyone', 'revealed supervisor anyone', 'sealed service', 'seeded service', 'result service',
    'closed service', 'replaced anyone', 'annulled anyone',
  ]);
  const key = await receiptKey();
  await isReceiptOf(replaced.receipt, events.at(-2), key);
  await isReceiptOf(annulled.receipt, events.at(-1), key);
  assert.match(events[4].data.text, /^beacon-delay 0\nbeacon none\nwithheld void$/m);
});
