// What /verify claims of a pack: no step is ticked for what was not checked, nor for
// more than was. The page's own code, with packs of ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, drawn, load, nobody, pack, witnessed } from '../tools/claims.mjs';

const { stepsOf, verdictOf, verifyPack } = await load('verifier/steps', 'verifier/verdict', 'verify/index');

const kept = (made) => ({ trust: Buffer.from(made.trust), acceptChain: Buffer.from(made.chain), acceptCertificate: Buffer.from(made.certificate) });
function look(files, options) {
  const report = verifyPack(files, options);
  const list = Array.from(files, ([name, bytes]) => ({ name, bytes }));
  const steps = stepsOf(list, report, options.trust !== undefined);
  return { report, verdict: verdictOf(report, steps), ...Object.fromEntries(steps.map((step) => [step.name, step])) };
}
const seen = (made, options = kept(made)) => look(made.files, options);
const notes = (step) => step.notes.map(({ code, parties }) => [code, ...parties]);

test('with every key a good draw is good throughout', () => {
  const it = seen(pack(drawn('drand')));
  assert.deepEqual([it.verdict, it.keys.outcome, it.log.outcome, it.beacon.outcome], ['good', 'good', 'good', 'good']);
  assert.deepEqual([it.after.outcome, it.previous.outcome], ['none', 'none']);
});

test('a draw without a beacon has none that could be right', () => {
  const it = seen(pack(drawn('none')));
  assert.deepEqual([it.report.verified, it.beacon.outcome, it.beacon.rules, it.times.rules], [true, 'none', ['none'], ['none']]);
});

test('a beacon is called what it is', () => {
  for (const kind of ['drand', 'nist']) {
    const ours = pack(drawn(kind));
    assert.deepEqual(seen(ours).beacon.rules, [`${kind}Test`, 'seed']);
    const recorded = pack(({ reason }) => reason === 'drawn', all, (world) => world.recorded?.kind === kind);
    const it = seen(recorded, { trust: Buffer.from(recorded.trust), rehearsal: true });
    assert.deepEqual([it.beacon.outcome, it.beacon.rules, it.times.rules], ['good', [kind, 'seed'], [kind]]);
  }
  const it = seen(pack(drawn('public')));
  assert.deepEqual([it.beacon.outcome, it.beacon.rules, it.times.rules], ['good', ['public', 'seed'], ['public']]);
});

test('who attests a public value with a key that was not given may be anybody', () => {
  const { beacon } = seen(pack(drawn('public'), nobody));
  assert.equal(beacon.outcome, 'partly');
  const [[code, ...parties]] = notes(beacon);
  assert.equal(code, 'attest-unverified');
  assert.ok(parties.length >= 2);
});

test('a value of a beacon that is not known was not checked', () => {
  for (const kind of ['drand', 'nist']) {
    const made = pack(drawn(kind));
    const it = seen(made, { trust: Buffer.from(made.trust) });
    assert.deepEqual([it.times.outcome, it.beacon.outcome, it.verdict], ['bad', 'unreached', 'bad']);
  }
});

test('keys that were not given are not those that were', () => {
  const made = pack(drawn('drand'), nobody);
  const it = seen(made);
  assert.equal(it.report.verified, true);
  assert.deepEqual([it.verdict, it.keys.outcome, it.log.outcome], ['partly', 'partly', 'good']);
  const parties = made.files.get('declare.txt').toString().match(/(?<=^party )\S+/gm);
  assert.deepEqual(notes(it.keys), [['party-unverified', ...parties]]);
});

test('without keys neither the parties nor the log are known', () => {
  const made = pack(drawn('drand'));
  const options = { acceptChain: Buffer.from(made.chain) };
  const it = seen(made, options);
  assert.deepEqual([it.verdict, it.keys.outcome, it.log.outcome], ['unanchored', 'unanchored', 'partly']);
  assert.deepEqual(notes(it.log), [['log-unknown']]);
  const bare = new Map([...made.files].filter(([name]) => !name.startsWith('log/')));
  const said = look(bare, { ...options, bare: true });
  assert.equal(said.report.verified, true);
  assert.deepEqual([said.verdict, said.keys.outcome, said.log.outcome], ['unanchored', 'unanchored', 'none']);
});

test('of another log than the given one its key is the own word of the pack', () => {
  const made = pack(drawn('none'));
  const it = seen(made, { trust: Buffer.from(made.trust.replace(/^log .*\n/, '')) });
  assert.deepEqual([it.keys.outcome, it.log.outcome, it.verdict], ['bad', 'partly', 'bad']);
});

test('a draw that was given up has no beacon and no result that hold', () => {
  for (const [reason, stage] of [['cancelled', 'locked'], ['beacon', 'sealed']]) {
    const made = pack((plan) => plan.reason === reason && plan.kind === 'drand' && plan.stage === stage);
    const it = seen(made);
    assert.deepEqual([it.report.verified, made.files.has('seal.txt')], [true, stage === 'sealed']);
    assert.deepEqual([it.beacon.outcome, it.result.outcome], ['none', 'none'], stage);
  }
  const early = seen(pack((plan) => plan.reason === 'too-few'));
  assert.deepEqual(early.keys.rules, ['early']);
});

test('what witnesses did not see is said', () => {
  const it = seen(pack(drawn('none'), all, ({ quorum, witnesses, rehearsal, recorded }) =>
    quorum === 0 && witnesses.length > 0 && !rehearsal && !recorded));
  assert.deepEqual(it.log.rules, ['alone']);
  const { files, ...rest } = pack(drawn('drand'));
  const asked = JSON.parse(files.get('policy.json').toString()).draw.quorum;
  const declare = files.get('declare.txt').toString();
  const none = new Map(files).set('declare.txt', Buffer.from(declare.replace(/^quorum .*$/m, 'quorum 0')))
    .set('policy.json', Buffer.from(files.get('policy.json').toString().replace(`"quorum":${asked}`, '"quorum":1')));
  assert.deepEqual(notes(seen({ files: none, ...rest }).policy), [['quorum-waived']]);
});

test('a draft that is not in the log, a seal that came too late', () => {
  const late = ({ reason, kind, late: { sealed } }) => reason === 'drawn' && kind === 'drand' && sealed;
  assert.ok(notes(seen(pack(late)).log).some(([code]) => code === 'unsealed'));
  const unshown = ({ reason, draftShown, draftDiffers }) => reason === 'drawn' && !draftShown && !draftDiffers;
  const { log } = seen(pack(unshown));
  assert.equal(log.outcome, 'partly');
  assert.ok(notes(log).some(([code]) => code === 'draft-unproven'));
});

test('who has approved with a key that was not given may be anybody', () => {
  const replaced = ({ reason, replaces, annul }) => reason === 'drawn' && replaces > 0 && !annul;
  assert.deepEqual([seen(pack(replaced)).after.outcome, seen(pack(replaced, nobody)).after.outcome], ['good', 'partly']);
  const annulled = ({ reason, replaces, annul }) => reason === 'drawn' && replaces === 0 && annul;
  assert.deepEqual(seen(pack(annulled)).after.rules, ['annul']);
});

test('behind an attempt that cannot be read, and after too many findings, nothing is ticked', () => {
  const made = pack(drawn('drand'), all, witnessed, 2);
  const sound = seen(made);
  assert.deepEqual([sound.previous.outcome, sound.form.outcome], ['good', 'good']);
  const files = new Map(made.files).set('previous/1/roster.txt', Buffer.from('no'));
  const it = look(files, kept(made));
  assert.deepEqual([it.form.outcome, it.digests.outcome, it.result.outcome, it.previous.outcome], ['bad', 'unreached', 'unreached', 'unreached']);
  const { report } = sound;
  const finding = { code: 'policy-weight', check: 'policy', file: 'roster.txt', line: 4, why: null, zh: '', en: '' };
  const steps = stepsOf([...made.files].map(([name, bytes]) => ({ name, bytes })), { ...report, verified: false, findings: [finding], findings_left: 1 }, true);
  assert.deepEqual([...new Set(steps.filter(({ name }) => name !== 'policy').map(({ outcome }) => outcome))], ['unreached']);
});
