// oracle_rules.mjs -- invariants 5, 9, 10 and 12: the tree, the transitions of
// every object, what takes two persons, numbers.
import { createHash } from 'node:crypto';
import { canonical, sha256 } from '../api/keys.mjs';

const hash = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

// The roots of the tree at those sizes, from one walk over its leaves.
export function rootsAt(leaves, sizes) {
  const wanted = new Set(sizes);
  const roots = new Map();
  const edge = []; // whole subtrees, widest first
  leaves.forEach((leaf, i) => {
    edge.push(leaf);
    for (let n = i + 1; n % 2 === 0; n /= 2) {
      const right = edge.pop();
      edge.push(hash(Buffer.from([1]), edge.pop(), right));
    }
    if (wanted.has(i + 1))
      roots.set(i + 1, edge.reduceRight((right, left) => hash(Buffer.from([1]), left, right)));
  });
  return roots;
}

export function judgeTree(log, { checkpoints }, fault) {
  const { log_key } = log.entries[0].data;
  if (!log.signed.verifiedBy(log_key))
    fault(5, `the checkpoint of ${log.size} is not signed by the key of entry 0`);
  if (log.entries.length !== log.size)
    fault(5, `${log.entries.length} entries of ${log.size}`);
  const roots = rootsAt(log.entries.map((entry) => entry.hash), checkpoints.keys());
  for (const [size, text] of checkpoints) {
    const root = text.split('\n')[2];
    if (size > log.size)
      fault(5, `a checkpoint of ${size} was shown, the log has ${log.size}`);
    else if (roots.get(size)?.toString('base64') !== root)
      fault(5, `the checkpoint of ${size} says ${root}, its entries give another root`);
  }
  for (const [digest, { whole }] of log.texts)
    if (!whole)
      fault(5, `the text ${digest} is another`);
}

// --- transitions ------------------------------------------------------------

// kind: [by whom, from, to]; `-` is none yet, no `to`: it stays.
const DRAW_OPEN = 'declared locked sealed beacon seeded drawn';
const PEOPLE = 'owner institution reviewer authority operator supervisor auditor';
const TRANSITIONS = {
  'log.opened': ['service', '-', 'open'],
  'organisation.enrolled': ['admin', '-', 'active'],
  'account.created': ['admin operator service', '-', 'active'],
  'account.assigned': ['service', 'active', ''],
  'account.revoked': ['admin operator service', 'active', 'revoked'],
  'region.entered': ['admin', '-', 'active'],
  'region.expiring': ['service', 'active', ''],
  'calendar.adopted': ['supervisor auditor', '-', 'adopted'],
  'credential.invited': ['service admin operator', '- invited', 'invited'],
  'credential.set': ['anyone', 'invited', 'active'],
  'credential.password_changed': [PEOPLE, 'active', ''],
  'credential.totp_changed': [PEOPLE, 'active', ''],
  'credential.recovery_made': [PEOPLE, 'active', ''],
  'credential.reset': ['operator supervisor auditor', 'active invited', 'invited'],
  'delegation.offered': ['owner institution reviewer authority', '-', 'offered'],
  'delegation.accepted': ['owner institution reviewer authority', 'offered', 'accepted'],
  'delegation.revoked': ['owner institution reviewer authority', 'offered accepted', 'revoked'],
  'delegation.expired': ['service', 'offered accepted', 'expired'],
  'policy.adopted': ['supervisor auditor', '-', 'adopted'],
  'proposal.made': ['owner operator reviewer supervisor auditor', '-', 'proposed'],
  'proposal.approved': ['supervisor auditor', 'proposed', 'approved'],
  'proposal.rejected': ['operator supervisor auditor', 'proposed', 'rejected'],
  'proposal.withdrawn': ['owner operator reviewer supervisor auditor', 'proposed', 'withdrawn'],
  'proposal.lapsed': ['service', 'proposed', 'lapsed'],
  'party.enrolled': ['auditor', '-', 'enrolled'],
  'party.retired': ['auditor', 'enrolled', 'retired'],
  'approval_item.published': ['operator', '-', 'active'],
  'approval_item.revised': ['operator', 'active', ''],
  'approval_item.retired': ['operator', 'active', 'retired'],
  'category.published': ['operator', '-', 'active'],
  'category.revised': ['operator', 'active', ''],
  'category.retired': ['operator', 'active', 'retired'],
  'institution.admitted': ['operator', '-', 'active'],
  'institution.entered': ['service', '- removed withdrawn', 'active'],
  'institution.suspended': ['supervisor auditor service', 'active', 'suspended'],
  'institution.restored': ['supervisor auditor service', 'suspended', 'active'],
  'institution.removed': ['service', 'active suspended', 'removed'],
  'institution.withdrawn': ['institution', 'active', 'withdrawn'],
  'institution.grouped': ['service', 'active suspended removed withdrawn', ''],
  'institution.renamed': ['operator reviewer', 'active suspended', ''],
  'registration.made': ['anyone', '-', 'draft'],
  'registration.amended': ['institution', 'draft returned', ''],
  'registration.submitted': ['institution', 'draft returned', 'submitted'],
  'registration.returned': ['operator reviewer', 'submitted', 'returned'],
  'registration.passed': ['operator reviewer', 'submitted', 'publicity'],
  'registration.deemed': ['service', 'submitted', 'publicity'],
  'registration.overdue': ['service', 'submitted', ''],
  'registration.entered': ['service', 'publicity', 'entered'],
  'registration.rejected': ['operator reviewer service', 'draft submitted returned publicity', 'rejected'],
  'registration.withdrawn': ['institution', 'draft submitted returned publicity', 'withdrawn'],
  'registration.lapsed': ['service', 'draft returned', 'lapsed'],
  'profile.entered': ['service', '- kept', 'kept'],
  'profile.changed': ['institution', 'kept', ''],
  'profile.corrected': ['operator reviewer', 'kept', ''],
  'qualification.declared': ['institution', '-', 'declared'],
  'qualification.confirmed': ['operator reviewer service', '- declared', 'active'],
  'qualification.dropped': ['operator reviewer institution', 'declared', 'dropped'],
  'qualification.reminded': ['service', 'active', ''],
  'qualification.paused': ['operator reviewer service', 'active', 'paused'],
  'qualification.resumed': ['operator reviewer', 'paused', 'active'],
  'qualification.replaced': ['service', 'active paused', 'replaced'],
  'qualification.revoked': ['operator reviewer', 'active paused', 'revoked'],
  'affiliation.declared': ['institution service', '-', 'declared'],
  'affiliation.confirmed': ['operator reviewer service', '- declared', 'confirmed'],
  'affiliation.dropped': ['operator reviewer institution', 'declared', 'dropped'],
  'affiliation.ended': ['operator reviewer', 'confirmed', 'ended'],
  'authority_category.entered': ['operator', '- ended', 'approves'],
  'authority_category.ended': ['operator', 'approves', 'ended'],
  'sanction.imposed': ['supervisor auditor', '-', 'imposed'],
  'sanction.expired': ['service', 'imposed', 'expired'],
  'sanction.repair_asked': ['institution', 'imposed', ''],
  'sanction.repaired': ['supervisor auditor', 'imposed', 'repaired'],
  'staff_member.employed': ['institution', '-', 'employed'],
  'staff_member.insured': ['institution', 'employed', ''],
  'staff_member.left': ['institution operator reviewer', 'employed', 'left'],
  'listing.drafted': ['institution', '- draft', 'draft'],
  'listing.submitted': ['institution', 'draft', 'check'],
  'listing.returned': ['operator', 'check', 'draft'],
  'listing.published': ['operator', '- check', 'published'],
  'listing.revised': ['institution operator', 'published paused', ''],
  'listing.paused': ['institution operator', 'published', 'paused'],
  'listing.resumed': ['institution operator', 'paused', 'published'],
  'listing.withdrawn': ['institution operator service', 'draft check published paused', 'withdrawn'],
  'file.stored': ['institution reviewer operator', '-', 'stored'],
  'import.staged': ['operator', '-', 'staged'],
  'import.applied': ['operator', 'staged', 'applied'],
  'notice.published': ['owner', '-', 'open'],
  'notice.closed': ['service', 'open', 'closed'],
  'notice.opened': ['service', 'closed', 'judged'],
  'notice.failed': ['service', 'judged', 'failed'],
  'signup.made': ['institution', '- withdrawn', 'signed'],
  'signup.withdrawn': ['institution', 'signed', 'withdrawn'],
  'signup.included': ['service', 'signed', 'included'],
  'signup.excluded': ['service', 'signed', 'excluded'],
  'opened': ['service', '-', ''],
  'draw.drafted': ['service owner operator', '-', 'drafted'],
  'draw.roster': ['service', 'drafted', ''],
  'draw.names': ['service', 'drafted', ''],
  'draw.excluded': ['service', 'drafted', ''],
  'draw.declared': ['service', 'drafted', 'declared'],
  'draw.committed': ['anyone', 'declared', ''],
  'draw.locked': ['service', 'declared', 'locked'],
  'draw.revealed': ['anyone', 'locked', ''],
  'draw.sealed': ['service', 'locked', 'sealed'],
  'draw.beacon': ['anyone', 'sealed', 'beacon'],
  'draw.seeded': ['service', 'sealed beacon', 'seeded'],
  'draw.result': ['service', 'seeded', 'drawn'],
  'draw.closed': ['service supervisor auditor', DRAW_OPEN, 'closed'],
  'draw.dropped': ['service supervisor auditor', 'drafted', 'dropped'],
  'draw.replaced': ['anyone', 'closed', ''],
  'draw.annulled': ['anyone', 'closed', 'annulled'],
  'draw.struck': ['supervisor auditor', 'drafted', ''],
  'draw.disputed': ['anyone', 'closed annulled', ''],
  'objection.made': ['institution', '-', 'made'],
  'objection.answered': ['owner operator', 'made', 'answered'],
  'due.resumed': ['admin', '- resumed', 'resumed'],
  'sealed': [null, '-', ''],
};

// A sealed entry that is not opened yet tells nothing; its seq is a gap.
function judgeTransition(states, event, fault) {
  const { kind, subject, seq, by, index, data } = event;
  const [who, from, to] = TRANSITIONS[kind] ?? [];
  if (who === undefined)
    return fault(9, `entry ${index} is of an unknown kind, ${kind}`);
  if (who === null)
    return undefined;
  const name = kind === 'opened' ? `opened ${subject}` : `${kind.split('.')[0]} ${subject}`;
  const before = states.get(name) ?? { state: '-', seq: 0 };
  if (!from.split(' ').includes(before.state))
    fault(9, `entry ${index}: ${kind} of ${subject}, which is ${before.state}`);
  if (!who.split(' ').includes(by.role))
    fault(9, `entry ${index}: ${kind} by ${by.role}`);
  if (seq !== before.seq + 1)
    fault(9, `entry ${index}: ${kind} is event ${seq} of ${subject}, after ${before.seq}`);
  if (data.state !== undefined && to && data.state !== to)
    fault(9, `entry ${index}: ${kind} leaves ${subject} ${data.state}`);
  return states.set(name, { state: to || before.state, seq });
}

function judgeTransitions({ events, entries }, fault) {
  const states = new Map();
  for (const event of events)
    judgeTransition(states, event, fault);
  for (let i = 1; i < entries.length; i++)
    if (entries[i].at < entries[i - 1].at)
      fault(9, `entry ${i} is of ${entries[i].at}, before the one before it`);
  for (const { index, kind, seq, v } of entries)
    if (v !== 1 || !(kind === 'sealed' ? seq === 0 : seq > 0))
      fault(9, `entry ${index} has version ${v}, event ${seq}`);
}

// --- two persons ------------------------------------------------------------

// act: [proposers, approvers, what it does, its name from the proposal]
const PRIVILEGED = {
  'calendar.adopt': ['operator supervisor', 'supervisor auditor', ['calendar.adopted']],
  'policy.adopt': ['operator supervisor', 'supervisor auditor', ['policy.adopted']],
  'party.enrol': ['operator supervisor owner', 'auditor', ['party.enrolled']],
  'party.retire': ['operator supervisor owner', 'auditor', ['party.retired']],
  'institution.suspend': ['operator supervisor', 'supervisor auditor', ['institution.suspended']],
  'institution.restore': ['operator supervisor', 'supervisor auditor', ['institution.restored']],
  'sanction.impose': ['operator reviewer supervisor', 'supervisor auditor', ['sanction.imposed']],
  'sanction.repair': ['operator reviewer supervisor', 'supervisor auditor', ['sanction.repaired']],
  'draw.exclude': ['owner operator supervisor', 'supervisor auditor', ['draw.struck']],
  'draw.cancel': ['owner operator supervisor', 'supervisor auditor', ['draw.closed', 'draw.dropped']],
  'draw.void': ['owner operator supervisor', 'supervisor auditor', ['draw.closed']],
};
const EFFECTS = new Set(Object.values(PRIVILEGED).flatMap(([, , effects]) => effects));

function judgeApproval(approved, made, groups, fault) {
  const { data, by, index } = approved;
  const [proposers, approvers] = PRIVILEGED[data.act] ?? ['', ''];
  const group = (org) => groups.get(org) || org;
  if (!made || made.data.digest !== data.digest || canonical(made.data.payload) !== canonical(data.payload))
    fault(10, `entry ${index} approves what was not proposed`);
  else if (data.digest !== sha256(canonical({ act: data.act, payload: data.payload, subject: data.subject })))
    fault(10, `entry ${index}: the digest is of another content`);
  if (by.org !== data.approver || made?.by.org !== data.organisation || group(by.org) === group(data.organisation))
    fault(10, `entry ${index}: proposed by ${made?.by.org}, approved by ${by.org}`);
  if (!proposers.split(' ').includes(made?.by.role) || !approvers.split(' ').includes(by.role))
    fault(10, `entry ${index}: ${data.act} proposed by ${made?.by.role}, approved by ${by.role}`);
  if (made && !(approved.at < made.data.lapses_at))
    fault(10, `entry ${index}: approved at ${approved.at}, lapsed at ${made.data.lapses_at}`);
}

// An effect stands right behind its approval; no effect has none, none two.
function judgeTwoPersons({ entries }, fault) {
  const made = new Map();
  const groups = new Map();
  for (const entry of entries) {
    const { kind, subject, data, by } = entry;
    if (kind === 'organisation.enrolled' || kind === 'institution.admitted')
      groups.set(subject, data.affiliation_group);
    if (kind === 'proposal.made')
      made.set(subject, entry);
    if (kind === 'proposal.approved') {
      judgeApproval(entry, made.get(subject), groups, fault);
      const next = entries[entry.index + 1];
      if (next && !PRIVILEGED[data.act]?.[2].includes(next.kind))
        fault(10, `entry ${entry.index}: ${data.act} was approved, ${next.kind} followed`);
    }
    if (!EFFECTS.has(kind) || by.role === 'service')
      continue;
    const before = entries[entry.index - 1];
    if (before?.kind !== 'proposal.approved' || before.by.org !== by.org || before.at !== entry.at ||
        !PRIVILEGED[before.data.act]?.[2].includes(kind))
      fault(10, `entry ${entry.index}: ${kind} of ${subject} without an approval`);
    else if (kind.startsWith('draw.') && before.data.subject !== subject)
      fault(10, `entry ${entry.index}: ${kind} of ${subject}, approved for ${before.data.subject}`);
  }
}

// --- numbers ----------------------------------------------------------------

function judgeNumber(index, name, value, fault) {
  if (typeof value === 'number' && (!Number.isSafeInteger(value) || value < 0))
    fault(12, `entry ${index}: ${name} is ${value}`);
  if (/_fen$/.test(name) && value !== null && typeof value !== 'number')
    fault(12, `entry ${index}: ${name} is ${JSON.stringify(value)}`);
  if (value !== null && typeof value === 'object')
    for (const [inner, part] of Object.entries(value))
      judgeNumber(index, inner, part, fault);
}

function judgeNumbers({ events }, fault) {
  const judged = new Map(); // of a notice: signed, included, excluded
  for (const { index, kind, subject, data } of events) {
    judgeNumber(index, kind, data, fault);
    if (kind.startsWith('listing.') && data.fee_min_fen > data.fee_max_fen)
      fault(12, `entry ${index}: a fee from ${data.fee_min_fen} to ${data.fee_max_fen}`);
    if (kind === 'signup.included' || kind === 'signup.excluded') {
      const counts = judged.get(data.notice) ?? { included: 0, excluded: 0 };
      counts[kind.slice('signup.'.length)]++;
      judged.set(data.notice, counts);
    }
    if (kind === 'notice.opened') {
      const { included, excluded } = judged.get(subject) ?? { included: 0, excluded: 0 };
      const { signup_count, included_count, excluded_count } = data;
      if (included_count !== included || excluded_count !== excluded || signup_count !== included + excluded)
        fault(12, `entry ${index}: ${signup_count} signed up, ${included_count} and ${excluded_count}; it was ${included} and ${excluded}`);
    }
  }
}

export function judgeRules(log, fault) {
  judgeTransitions(log, fault);
  judgeTwoPersons(log, fault);
  judgeNumbers(log, fault);
}
