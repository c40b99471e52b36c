// oracle_draws.mjs -- invariants 3, 4, 7 and 8: draws, from the entries of the
// log alone. protocol §2, §3.
import { revealText, sha256 } from '../api/keys.mjs';
import { verifies } from '../api/merkle.mjs';

const SEATS_LOST = new Set(['draw.dropped', 'draw.annulled']);
const APPROVERS_MIN = 2;

const textOf = (kind, ...lines) => `klero/1 ${kind}\n${lines.map((line) => `${line}\n`).join('')}`;
const linesOf = (text, word) => text.split('\n').filter((line) => line.startsWith(`${word} `))
  .map((line) => line.split(' ').slice(1));
const memberOf = (text, word) => linesOf(text, word)[0]?.join(' ');

// result.txt from a seed and a roster.
function rank(seed, roster, selected, alternates) {
  const ticket = (entry, unit) => sha256(`klero/1 ticket\nseed ${seed}\nentry ${entry}\nunit ${unit}\n`);
  const tickets = linesOf(roster, 'entry').map(([entry, weight]) =>
    [Array.from({ length: Number(weight) }, (_, i) => ticket(entry, i + 1)).sort()[0], entry]);
  const role = (place) => place < selected ? 'selected'
    : place < selected + alternates ? `alternate-${place - selected + 1}` : 'not-selected';
  const order = tickets.map((pair) => pair.join(' ')).sort();
  return textOf('result', `seed ${seed}`, ...order.map((pair, i) => `rank ${i + 1} ${pair} ${role(i)}`));
}

// What the log tells of one draw: the first event of each kind, and all.
class Draw {
  all = {};
  constructor(id) {
    this.id = id;
    this.notice = `ZJ${id.slice(1, id.lastIndexOf('-'))}`;
  }
  add(event) {
    const name = event.kind.slice('draw.'.length);
    this[name] ??= event;
    (this.all[name] ??= []).push(event);
  }
  of(name) {
    return this.all[name] ?? [];
  }
}

// --- 3: one attempt, one result -----------------------------------------------

function judgeProjects(log, projects, fault) {
  const holders = new Map(); // project → the draw that holds it
  const last = new Map();    // project → its last attempt, closed
  for (const event of log.entries.filter(({ kind }) => kind.startsWith('draw.'))) {
    const { kind, subject, index } = event;
    const project = projects.get(subject);
    if (kind === 'draw.drafted') {
      if (holders.has(project))
        fault(3, `entry ${index}: ${subject} is drafted while ${holders.get(project)} holds ${project}`);
      holders.set(project, subject);
    }
    const text = log.text(event);
    if (kind === 'draw.declared') {
      const { attempt, close } = last.get(project) ?? { attempt: 0, close: '-' };
      if (Number(memberOf(text, 'attempt')) !== attempt + 1 || memberOf(text, 'previous') !== close)
        fault(3, `entry ${index}: attempt ${memberOf(text, 'attempt')} of ${project} after ${attempt}`);
      last.set(project, { attempt: attempt + 1, close: null });
    }
    if (kind === 'draw.closed')
      last.set(project, { ...last.get(project), close: sha256(text) });
    if (SEATS_LOST.has(kind) || kind === 'draw.closed' && memberOf(text, 'outcome') !== 'result')
      holders.delete(project);
  }
}

// --- 7: the roster ------------------------------------------------------------

// Of each notice: who signed up, was judged, and how.
function entrantsOf({ events }) {
  const notices = new Map();
  for (const { kind, data } of events.filter((event) => event.kind.startsWith('signup.'))) {
    const entrants = notices.get(data.notice) ?? new Map();
    const before = entrants.get(data.institution) ?? {};
    entrants.set(data.institution, { ...before, name: data.name, state: kind.slice('signup.'.length), reason: data.reason,
      evidence: data.evidence });
    notices.set(data.notice, entrants);
  }
  return notices;
}

function judgeOpenedNotices({ events }, notices, fault) {
  for (const { subject } of events.filter(({ kind }) => kind === 'notice.opened'))
    for (const [institution, { state }] of notices.get(subject) ?? [])
      if (state === 'made')
        fault(7, `${institution} signed up for ${subject} and was not judged`);
}

function judgeRoster(log, draw, entrants, struck, fault) {
  const included = (without) => [...entrants].filter(([institution, { state }]) =>
    state === 'included' && !without.has(institution)).map(([institution]) => institution).sort();
  const roster = (names) => textOf('roster', `draw ${draw.id}`, `entries ${names.length}`, ...names.map((name) => `entry ${name} 1`));
  const before = new Map([...struck].filter(([, { index }]) => index < draw.drafted.index));
  if (log.text(draw.drafted) !== roster(included(before)))
    fault(7, `the draft of ${draw.id} is not who signed up, less who withdrew, less who was excluded`);
  if (!draw.roster)
    return;
  const out = new Map([...struck].filter(([, { index }]) => index < draw.roster.index));
  const names = included(out);
  if (log.text(draw.roster) !== roster(names))
    fault(7, `the roster of ${draw.id} is not its draft less who was excluded`);
  if (draw.names && log.text(draw.names) !== names.map((name) => `${name} ${entrants.get(name).name}\n`).join(''))
    fault(7, `the names of ${draw.id} are others`);
  const excluded = [...entrants].filter(([institution, { state }]) => state === 'excluded' || out.has(institution))
    .map(([institution, { reason, evidence }]) => [institution, out.get(institution) ?? { reason, evidence }])
    .sort(([left], [right]) => left < right ? -1 : 1);
  if (draw.excluded && log.text(draw.excluded) !== textOf('excluded', `draw ${draw.id}`, `entries ${excluded.length}`,
    ...excluded.map(([institution, { reason, evidence }]) => `exclude ${institution} ${reason} ${evidence ?? '-'}`)))
    fault(7, `those excluded from ${draw.id} are others`);
}

// --- 8: order and times -------------------------------------------------------

const wordsOf = (text) => linesOf(text, 'party').map(([party, key]) => ({ party, key }));

function judgeTimes(draw, declare, fault) {
  const commit_by = memberOf(declare, 'commit-by');
  const reveal_by = memberOf(declare, 'reveal-by');
  const wrong = (what, event) => fault(8, `${draw.id}: ${what}, entry ${event.index} of ${event.at}`);
  for (const event of draw.of('committed'))
    if (event.index < draw.declared.index || !(event.at < commit_by) || event.index > draw.locked?.index)
      wrong('a commitment out of time', event);
  for (const event of draw.of('revealed'))
    if (!draw.locked || event.index < draw.locked.index || !(event.at < reveal_by) || event.index > draw.sealed?.index)
      wrong('a reveal before the lock or out of time', event);
  if (draw.locked?.at < commit_by)
    wrong('a lock before its time', draw.locked);
  if (draw.sealed && draw.of('revealed').length < linesOf(declare, 'party').length && draw.sealed.at < reveal_by &&
      draw.of('revealed').length < draw.of('committed').length)
    wrong('a seal before its time', draw.sealed);
  const [kind, , time] = memberOf(declare, 'beacon').split(' ');
  if (draw.beacon && (kind === 'none' || draw.beacon.index < draw.sealed?.index || draw.beacon.at < time))
    wrong('a value before its time', draw.beacon);
}

// --- 4: what the texts must be --------------------------------------------------

function judgeParties(draw, declare, D, fault) {
  const keys = new Map(wordsOf(declare).map(({ party, key }) => [party, key]));
  for (const kind of ['committed', 'revealed']) {
    const parties = draw.of(kind).map(({ data }) => data.party);
    if (new Set(parties).size !== parties.length || parties.some((party) => !keys.has(party)))
      fault(4, `${draw.id}: ${kind} by ${parties.join()}`);
  }
  for (const { data: { party, commit, signature } } of draw.of('committed')) {
    const statement = `klero/1 commitment\ndeclare ${D}\nparty ${party}\ncommit ${commit}\n`;
    if (!verifies(keys.get(party), statement, Buffer.from(signature, 'hex')))
      fault(4, `${draw.id}: the commitment of ${party} is not signed`);
  }
  for (const { data: { party, text } } of draw.of('revealed')) {
    const mine = draw.of('committed').find(({ data }) => data.party === party);
    if (sha256(text) !== mine?.data.commit || text !== revealText(D, party, memberOf(text, 'secret')))
      fault(4, `${draw.id}: the reveal of ${party} is not what it committed to`);
  }
}

// The texts after the declaration, from what the parties brought.
function reckon(log, draw, declare, D) {
  const parties = wordsOf(declare).map(({ party }) => party);
  const by = (kind, party) => draw.of(kind).find(({ data }) => data.party === party)?.data;
  const locked = parties.map((party) => [party, by('committed', party)]);
  const lock = textOf('lock', `declare ${D}`, ...locked.map(([party, mine]) =>
    `commit ${party} ${mine ? `${mine.commit} ${mine.signature}` : 'absent -'}`));
  const secret = (party, mine) => !mine ? 'absent' : memberOf(by('revealed', party)?.text ?? '', 'secret') ?? 'withheld';
  const seal = textOf('seal', `declare ${D}`, `lock ${sha256(lock)}`,
    ...locked.map(([party, mine]) => `secret ${party} ${secret(party, mine)}`));
  const value = draw.beacon && linesOf(log.text(draw.beacon), 'public')[0]?.[1];
  const seed = textOf('seed', `seal ${sha256(seal)}`, value ? `beacon public ${value}` : 'beacon none');
  const [selected, alternates] = memberOf(declare, 'select').split(' ').map(Number);
  const result = draw.roster ? rank(sha256(seed), log.text(draw.roster), selected, alternates) : '';
  return { locked: lock, sealed: seal, seeded: seed, result };
}

function judgeClose(log, draw, D, result, fault) {
  const close = log.text(draw.closed);
  const [outcome, detail] = [memberOf(close, 'outcome'), memberOf(close, 'detail')];
  if (memberOf(close, 'declare') !== D)
    fault(4, `${draw.id} closes another declaration`);
  if ((outcome === 'result') !== (draw.result !== undefined) || outcome === 'result' && detail !== sha256(result))
    fault(4, `${draw.id} is closed with ${outcome}, detail ${detail}`);
}

// Replacements and annulment: signed by two or more of those declared.
function judgeApprovals(log, draw, declare, fault) {
  const keys = new Map(wordsOf(declare).map(({ party, key }) => [party, key]));
  for (const event of [...draw.of('replaced'), ...draw.of('annulled')]) {
    const text = log.text(event);
    const approvals = linesOf(text, 'approve');
    for (const [party, signature] of approvals)
      if (!keys.has(party) || !verifies(keys.get(party), text.slice(0, text.indexOf(`approve ${party} `)), Buffer.from(signature, 'hex')))
        fault(10, `${draw.id}: entry ${event.index} is not signed by ${party}`);
    if (new Set(approvals.map(([party]) => party)).size < APPROVERS_MIN)
      fault(10, `${draw.id}: entry ${event.index} has ${approvals.length} approvals`);
    if (memberOf(text, 'close') !== sha256(log.text(draw.closed)))
      fault(4, `${draw.id}: entry ${event.index} is of another close`);
  }
}

function judgeTexts(log, draw, fault) {
  const declare = log.text(draw.declared);
  const D = sha256(declare);
  for (const [word, name] of [['roster', 'roster'], ['names', 'names'], ['excluded', 'excluded']])
    if (memberOf(declare, word) !== sha256(log.text(draw[name])))
      fault(4, `${draw.id} declares another ${name}`);
  judgeTimes(draw, declare, fault);
  judgeParties(draw, declare, D, fault);
  const wanted = reckon(log, draw, declare, D);
  for (const [name, text] of Object.entries(wanted))
    if (draw[name] && log.text(draw[name]) !== text)
      fault(4, `${draw.id}: ${name} is\n${log.text(draw[name])}and should be\n${text}`);
  if (draw.closed)
    judgeClose(log, draw, D, wanted.result, fault);
  judgeApprovals(log, draw, declare, fault);
}

export function judgeDraws(log, fault) {
  const draws = new Map();
  const notices = new Map(); // by number
  for (const event of log.entries) {
    if (event.kind === 'notice.published')
      notices.set(event.data.number, { id: event.subject, project: event.data.project_code ?? event.data.number });
    if (!event.kind.startsWith('draw.'))
      continue;
    if (!draws.has(event.subject))
      draws.set(event.subject, new Draw(event.subject));
    draws.get(event.subject).add(event);
  }
  judgeProjects(log, new Map([...draws].map(([id, { notice }]) => [id, notices.get(notice).project])), fault);
  const entrants = entrantsOf(log);
  judgeOpenedNotices(log, entrants, fault);
  const struck = new Map(); // of each notice, over its drafts
  for (const draw of draws.values()) {
    const { id } = notices.get(draw.notice);
    const out = struck.get(id) ?? new Map();
    for (const { index, data } of draw.of('struck'))
      out.set(data.entry, { ...data, index });
    struck.set(id, out);
    judgeRoster(log, draw, entrants.get(id) ?? new Map(), out, fault);
    if (draw.declared)
      judgeTexts(log, draw, fault);
  }
}
