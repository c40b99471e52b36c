// The oracle finds what is wrong: a log with whole draws is clean, and each
// thing that is changed in it is named by its invariant.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { daemon, must } from '../api/client.mjs';
import { approve } from '../api/evidence.mjs';
import { sha256 } from '../api/keys.mjs';
import { History } from './history.mjs';
import { readLog } from './log.mjs';
import { judge, judgeLog } from './oracle.mjs';

const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: { objection: s(2), commit: s(2), reveal: s(2) } };
let it, history, log;

// A draw with an exclusion, replaced; a sign-up withdrawn; and one not opened.
async function play(them) {
  const { operator, supervisor, parties } = await them.people();
  const draw = await them.aDraw({ entrants: 5, policy: POLICY, until: 'drafted' });
  await them.twoPersons(operator, supervisor, 'draw.exclude', draw.id,
    { entry: draw.institutions[0].uscc, reason: 'gone', evidence: sha256('why') });
  await them.waitFor(draw, 'declared');
  for (const name of Object.keys(parties))
    must(await draw.commit(name));
  await them.waitFor(draw, 'locked');
  for (const name of Object.keys(parties))
    must(await draw.reveal(name));
  const { ranking } = await them.waitFor(draw, 'closed');
  const { statement } = must(await them.call('GET',
    `/v1/draws/${draw.id}/replacements/next?out=${ranking[0].entry}&reason=refused`), 200);
  must(await them.call('POST', `/v1/draws/${draw.id}/replacements`,
    { body: { out: ranking[0].entry, reason: 'refused', approvals: approve(parties, Object.keys(parties), statement) } }));
  const [who] = draw.institutions;
  const notice = await them.aNotice({ signup_s: 3600 });
  const made = must(await them.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
  must(await them.call('POST', `/v1/signups/${made.id}/withdrawal`, { key: who, body: {} }), 200);
}

before(async () => {
  it = await daemon();
  history = new History();
  await play(history.people(it));
  log = await readLog(it.call, Math.max(...history.records.map(({ reply }) => reply.log_size)));
});
after(() => it.stop());

test('of a service that works it has nothing to say', async () => {
  assert.deepEqual(await judge(it, history, { everything: true }), []);
});

// Each takes a copy of the log and of what clients know, and spoils one thing.
const find = (log, kind, nth = 0) => log.events.filter((event) => event.kind === kind)[nth];
const both = (log, index, change) => {
  Object.assign(log.entries[index], change);
  Object.assign(log.events[index], change);
};
const text = (log, kind, change) => {
  const { index, data } = find(log, kind);
  both(log, index, { data: { ...data, text: change(data.text) } });
};
const record = (known, path) => known.records.find((one) => path.test(one.path) && one.reply.status < 300);
const SPOILED = [
  ['an act is not there', 1, (log, known) => { both(log, find(log, 'category.published').index, { id: '0'.repeat(32) }); }],
  ['an act is there that was refused', 1, (log, known) => { record(known, /categories$/).reply.status = 409; }],
  ['an act nobody asked for', 1, (log, known) => { known.records = known.records.filter(({ path }) => !/categories$/.test(path)); }],
  ['a sealed act nobody asked for', 1, (log, known) => { known.records = known.records.filter(({ path }) => !/withdrawal$/.test(path)); }],
  ['another leaf than promised', 1, (log, known) => {
    const { receipt } = record(known, /signups$/).reply.body;
    receipt.text = receipt.text.replace(/^leaf .*$/m, `leaf ${'0'.repeat(64)}`);
  }],
  ['an entry promised twice', 1, (log, known) => { known.records.push({ ...record(known, /signups$/), idempotency: 'other' }); }],
  ['two answers to one key', 2, (log, known) => {
    const one = record(known, /categories$/);
    known.records.push({ ...one, reply: { ...one.reply, text: 'other' } });
  }],
  ['one event twice', 2, (log) => { both(log, 5, { id: log.entries[4].id }); }],
  ['a second draft while one is open', 3, (log) => {
    both(log, find(log, 'draw.roster').index, { kind: 'draw.drafted' });
  }],
  ['another attempt than the next', 3, (log) => { text(log, 'draw.declared', (was) => was.replace('attempt 1', 'attempt 2')); }],
  ['another ranking', 4, (log) => { text(log, 'draw.result', (was) => was.replace(/^rank 1 (.*) selected$/m, 'rank 1 $1 alternate-1')); }],
  ['another secret in the seal', 4, (log) => { text(log, 'draw.sealed', (was) => was.replace(/^secret operator .*$/m, `secret operator ${'1'.repeat(64)}`)); }],
  ['a commitment by somebody else', 4, (log) => {
    const { index, data } = find(log, 'draw.committed');
    both(log, index, { data: { ...data, signature: '1'.repeat(128) } });
  }],
  ['another root', 5, (log) => { log.entries[3].hash = log.entries[4].hash; }],
  ['a checkpoint of another history', 5, (log, known) => {
    known.checkpoints = new Map([[3, log.note.split('\n').map((line, i) => i === 1 ? '3' : line).join('\n')]]);
  }],
  ['one drawn who was excluded', 7, (log) => {
    const { index } = find(log, 'draw.struck');
    both(log, index, { index: 1e9 });
  }],
  ['one left out of the draft', 7, (log) => { text(log, 'draw.drafted', (was) => was.replace(/^entry .* 1\n/m, '')); }],
  ['one who is not judged', 7, (log) => {
    const { index } = find(log, 'signup.included');
    both(log, index, { kind: 'opened', data: { event: '{}', salt: '' } });
  }],
  ['a reveal before the lock', 8, (log) => { both(log, find(log, 'draw.revealed').index, { index: 1 }); }],
  ['a commitment too late', 8, (log) => { both(log, find(log, 'draw.committed').index, { at: '2999-01-01T00:00:00Z' }); }],
  ['a transition there is not', 9, (log) => { both(log, find(log, 'notice.opened').index, { kind: 'notice.published' }); }],
  ['somebody else\'s act', 9, (log) => { both(log, find(log, 'notice.closed').index, { by: { org: 'x', role: 'owner' } }); }],
  ['a version left out', 9, (log) => { both(log, find(log, 'draw.closed').index, { seq: 99 }); }],
  ['time that goes back', 9, (log) => { both(log, 7, { at: '2000-01-01T00:00:00Z' }); }],
  ['one person alone', 10, (log) => {
    const approved = find(log, 'proposal.approved');
    both(log, approved.index, { by: { ...approved.by, org: approved.data.organisation },
      data: { ...approved.data, approver: approved.data.organisation } });
  }],
  ['an effect without approval', 10, (log) => {
    const { index } = find(log, 'draw.struck');
    both(log, index - 1, { kind: 'proposal.withdrawn' });
  }],
  ['a replacement signed by one', 10, (log) => { text(log, 'draw.replaced', (was) => was.replace(/^approve supervisor .*\n/m, '')); }],
  ['a sign-up after the close', 11, (log) => { both(log, find(log, 'notice.closed').index, { index: 1 }); }],
  ['a sign-up stamped after the close', 11, (log) => { log.events[find(log, 'signup.made').index].at = '2999-01-01T00:00:00Z'; }],
  ['another event than was sealed', 11, (log) => {
    const { index, data } = find(log, 'opened');
    both(log, index, { data: { ...data, salt: '0'.repeat(64) } });
  }],
  ['money in parts', 12, (log) => { find(log, 'listing.published').data.fee_min_fen = 1.5; }],
  ['counts that do not add up', 12, (log) => { find(log, 'notice.opened').data.signup_count++; }],
];

for (const [what, number, spoil] of SPOILED)
  test(`it finds ${what}`, () => {
    const copy = { ...log, entries: log.entries.map((entry) => structuredClone({ ...entry, hash: undefined })) };
    copy.entries.forEach((entry, i) => { entry.hash = log.entries[i].hash; });
    copy.events = log.events.map((event, i) => event.opened === undefined ? copy.entries[i] : structuredClone({ ...event, hash: undefined }));
    const known = { records: structuredClone(history.records), checkpoints: new Map(history.checkpoints) };
    spoil(copy, known);
    const faults = judgeLog(copy, known, true);
    assert.ok(faults.some((fault) => fault.startsWith(`${number} `)), faults.join('\n') || 'nothing');
  });
