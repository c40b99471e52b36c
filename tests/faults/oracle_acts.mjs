// oracle_acts.mjs -- invariants 1, 2 and 11: each act that was acknowledged has
// its effect, once; what was refused has none; nothing comes after a close.
import { createHash } from 'node:crypto';
import { canonical, sha256 } from '../api/keys.mjs';
import { verifies } from '../api/merkle.mjs';
import { actsOf } from './history.mjs';

const PROVES_ITSELF = /^\/v1\/draws\/[^/]+\/(commitments|reveals|beacon|replacements|annulment)$/;
const SEALS = /^\/v1\/(notices\/[^/]+\/signups|signups\/[^/]+\/withdrawal)$/;
const DERIVED_MAX = 4; // events of one act, of those that people do
const ID_HEX = 32;
const ADMIN = 'admin'; // who calls over the admin socket
const SUCCESS_MAX = 299;

const succeeded = ({ reply }) => reply !== null && reply.status <= SUCCESS_MAX;

// The ids of an act's events follow from whose key it was.
const firstId = ({ account, idempotency }) =>
  sha256(`klero act\n${account ?? ADMIN}\n${idempotency}\n`).slice(0, ID_HEX);
function laterId(first, n) {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(n);
  return createHash('sha256').update('klero event\n').update(Buffer.from(first, 'hex')).update(number)
    .digest('hex').slice(0, ID_HEX);
}
const hasKnownId = ({ path, account, admin }) => !SEALS.test(path) && !PROVES_ITSELF.test(path) && (admin || account !== null);

function receiptOf({ text }) {
  const [, event, index, leaf, by] = text.match(/^event (.*)\nindex (\d+)\nleaf (.*)\nby (.*)$/m);
  return { event, index: Number(index), leaf, by };
}

// The receipt is signed by the log's receipt key and kept.
function judgeReceipt(log, { path, reply }, fault) {
  const { receipt } = reply.body;
  const { event, index, leaf } = receiptOf(receipt);
  const entry = log.entries[index];
  if (!verifies(log.entries[0].data.receipt_key, receipt.text, Buffer.from(receipt.signature, 'hex')))
    fault(1, `the receipt of ${path} is not signed`);
  if (!entry || entry.id !== event || entry.hash.toString('hex') !== leaf)
    fault(1, `${path}: entry ${index} is not the one of the receipt`);
  else if (receipt.event !== undefined &&
      entry.data.digest !== sha256(Buffer.concat([Buffer.from(receipt.salt, 'hex'), Buffer.from(receipt.event)])))
    fault(1, `${path}: entry ${index} does not seal what the receipt says`);
  return index;
}

// Where the effect of an acknowledged act stands.
function effectOf(log, places, record, fault) {
  const { path, reply } = record;
  if (reply.body?.receipt)
    return judgeReceipt(log, record, fault);
  const { id, seq, event_index } = reply.body ?? {};
  const found = places.get(firstId(record)) ?? [];
  if (hasKnownId(record) && found.length !== 1)
    fault(1, `${path} ${record.idempotency} was acknowledged and is ${found.length} times in the log`);
  if (event_index === undefined)
    return found[0];
  const entry = log.entries[event_index];
  if (!entry || entry.subject !== id || entry.seq !== seq)
    fault(1, `${path}: entry ${event_index} is not event ${seq} of ${id}`);
  return event_index;
}

// The acts, with those that prove themselves joined by what they say.
function joined(records) {
  const proving = new Map();
  const others = [];
  for (const record of records)
    if (PROVES_ITSELF.test(record.path) && record.body !== undefined) {
      const name = `${record.path} ${canonical(JSON.parse(record.body))}`;
      proving.set(name, [...proving.get(name) ?? [], record]);
    } else {
      others.push(record);
    }
  return [...actsOf(others), ...proving.values()];
}

function judgeAct(log, places, act, fault) {
  const [first] = act;
  const good = act.filter(succeeded);
  const texts = new Set(good.map(({ reply }) => reply.text));
  if (texts.size > 1)
    fault(2, `${first.path} ${first.idempotency} was answered in ${texts.size} ways:\n${[...texts].join('\n')}`);
  if (good.length > 0)
    return effectOf(log, places, good[0], fault);
  const decided = act.every(({ reply }) => reply !== null);
  if (decided && hasKnownId(first) && places.has(firstId(first)))
    fault(1, `${first.path} ${first.idempotency} was refused (${act.map(({ tries }) => tries.join()).join('; ')}) and is in the log`);
  return undefined;
}

// What stands in the log was asked for by somebody.
function judgeUnasked(log, records, fault) {
  const asked = new Set();
  for (const record of records.filter(hasKnownId)) {
    const first = firstId(record);
    asked.add(first);
    for (let n = 1; n < DERIVED_MAX; n++)
      asked.add(laterId(first, n));
  }
  for (const { index, kind, by, id, subject } of log.entries)
    if (by.role && !['service', 'anyone'].includes(by.role) && !asked.has(id))
      fault(1, `nobody asked for entry ${index}, ${kind} of ${subject}`);
  const sealing = joined(records.filter(({ path }) => SEALS.test(path)));
  const known = sealing.filter((act) => act.some(succeeded)).length;
  const open = sealing.filter((act) => !act.some(succeeded) && act.some(({ reply }) => reply === null)).length;
  if (log.sealed.size < known || log.sealed.size > known + open)
    fault(1, `${log.sealed.size} entries are sealed, ${known} were acknowledged, ${open} never answered`);
}

export function judgeActs(log, { records }, fault, everything) {
  const places = new Map();
  for (const { id, index } of log.events)
    places.set(id, [...places.get(id) ?? [], index]);
  for (const [id, indexes] of places)
    if (indexes.length > 1)
      fault(2, `event ${id} is ${indexes.length} times in the log`);
  const effects = new Map();
  for (const act of joined(records.filter(({ method }) => method === 'POST'))) {
    const index = judgeAct(log, places, act, fault);
    if (index === undefined)
      continue;
    if (effects.has(index))
      fault(1, `entry ${index} is the effect of two acts: ${act[0].path} and ${effects.get(index)}`);
    effects.set(index, act[0].path);
  }
  judgeOpened(log, records, fault);
  if (everything)
    judgeUnasked(log, records, fault);
}


// What was sealed for a notice is opened with it.
function judgeOpened(log, records, fault) {
  const opened = new Set(log.entries.filter(({ kind }) => kind === 'notice.opened').map(({ subject }) => subject));
  for (const { path, reply } of records.filter(succeeded)) {
    const { receipt, notice } = reply.body ?? {};
    if (!receipt?.event || !opened.has(notice))
      continue;
    const { index } = receiptOf(receipt);
    if (log.sealed.get(index) === null)
      fault(1, `${path}: entry ${index} was not opened with its notice`);
    else if (log.events[index]?.id !== JSON.parse(receipt.event).id)
      fault(1, `${path}: entry ${index} was opened as something else`);
  }
}

// 11: by the order of the log and by its times.
export function judgeCloses(log, fault) {
  const notices = new Map();
  for (const event of log.entries)
    if (event.kind === 'notice.published')
      notices.set(event.subject, { close: event.data.signup_close });
    else if (event.kind === 'notice.closed')
      Object.assign(notices.get(event.subject), { closed: event.index, at: event.at });
  for (const { close, at } of notices.values())
    if (at !== undefined && at < close)
      fault(11, `a notice was closed at ${at}, before ${close}`);
  for (const { opened, index, at, data, kind } of log.events.filter((event) => event.opened !== undefined)) {
    const { close, closed } = notices.get(data.notice) ?? {};
    if (closed === undefined || index >= closed)
      fault(11, `${kind} at ${index} is after the close at ${closed}`);
    if (!(at < close))
      fault(11, `${kind} at ${index} is of ${at}, the close of ${close}`);
    if (opened <= closed)
      fault(11, `entry ${index} was opened at ${opened}, before the close at ${closed}`);
  }
  for (const { index, data } of log.entries.filter(({ kind }) => kind === 'opened')) {
    const sealed = log.entries[Number(log.entries[index].subject)];
    const bytes = Buffer.concat([Buffer.from(data.salt, 'hex'), Buffer.from(data.event)]);
    if (sealed?.kind !== 'sealed' || sealed.data.digest !== sha256(bytes))
      fault(11, `entry ${index} opens what was not sealed`);
  }
}
