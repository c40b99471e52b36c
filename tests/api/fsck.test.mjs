// klero fsck: a county's whole history is clean; then one row of it is changed
// behind the log's back, and named by table, key and member, and nothing else.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { anOffer } from './builders.mjs';
import { daemon, must, program } from './client.mjs';
import { approve, evidence } from './evidence.mjs';
import { digestOf } from './evidences.mjs';
import { sha256 } from './keys.mjs';
import { registering } from './registering.mjs';

const hours = (n) => ({ n, unit: 'hour' });
const BOTH = ['operator', 'supervisor'];
const EVIDENCE = digestOf('a register');
const NOBODY = '913607000000000000';

// How rows are named: the columns of their key, joined by `/`.
const KEYS = {
  import_file: 'import', file_part: 'file',
  log_head: 'id', log_entry: 'idx', log_tile: 'level, idx', log_checkpoint: 'size',
  event_private: 'event_index, part', idempotency: 'LOWER(HEX(event_id))', due: 'kind, subject, seq',
  signup_group: 'notice, affiliation_group', draw_text: 'draw, file', draw_entrant: 'draw, entry',
  draw_party: 'draw, position', log_cosignature: 'size, LOWER(HEX(witness))', draw_rank: 'draw, place', draw_replacement: 'draw, number',
  schema_migration: 'version', log_text: 'LOWER(HEX(sha256))',
};
const keyOf = (table) => `CONCAT_WS('/', ${KEYS[table] ?? 'id'})`;

const POLICY = { draw: { objection: hours(2), commit: hours(2), reveal: hours(2), delay_min_s: 60, delay_s: 3600,
  withheld: 'continue' } };
const FROM = '2026-01-05T00:30:00Z';
const DAY_S = 86_400;
const DICE = '4162533615246134526163255';

let it;

// --- a history of everything, in a time that stands still until it is moved ------

const post = async (path, key, body = {}, status = 201) => must(await it.call('POST', path, { key, body }), status);
const shown = async (draw) => must(await it.call('GET', `/v1/draws/${draw.id}`), 200);

// A notice, who signs up for it, and its draw to come.
async function begin(institutions, members = {}) {
  const notice = await it.aNotice({ signup_s: DAY_S, ...members });
  for (const who of institutions)
    await post(`/v1/notices/${notice.id}/signups`, who);
  return it.drawOf(notice, institutions, (await it.people()).parties);
}

async function all(draws, what) {
  for (const draw of draws)
    for (const name of BOTH)
      must(await draw[what](name));
}

async function moveOn(draw, member, state) {
  await it.moveTo((await shown(draw))[member]);
  draw.shown = await it.waitFor(draw, state);
}

async function replaceFirst(draw) {
  const out = draw.shown.ranking[0].entry;
  const { statement } = must(await it.call('GET', `/v1/draws/${draw.id}/replacements/next?out=${out}&reason=refused`), 200);
  await post(`/v1/draws/${draw.id}/replacements`, null,
    { out, reason: 'refused', approvals: approve(draw.parties, BOTH, statement) });
}

async function annul(draw) {
  const close = sha256(await draw.text('close.txt'));
  const statement = `klero/1 annul\nclose ${close}\nreason forged-papers\nevidence ${EVIDENCE}\n`;
  await post(`/v1/draws/${draw.id}/annulment`, null, { reason: 'forged-papers', evidence: EVIDENCE,
    approvals: approve(draw.parties, BOTH, statement) });
  await it.waitFor(draw, 'annulled');
}

// Objected to, and one is struck off.
async function dispute(draw) {
  const { operator, supervisor } = await it.people();
  const [one, two] = draw.institutions;
  const { id } = await post(`/v1/draws/${draw.id}/objections`, one, { reason: 'affiliated', grounds: '与业主有关联关系' });
  await post(`/v1/draws/${draw.id}/objections`, two, { reason: 'late', grounds: '无' });
  await post(`/v1/objections/${id}/answer`, operator, { upheld: 'yes', answer: '属实' }, 200);
  await it.twoPersons(operator, supervisor, 'draw.exclude', draw.id,
    { entry: one.uscc, reason: 'affiliated', evidence: EVIDENCE });
}

async function cancel(draw) {
  const { operator, supervisor } = await it.people();
  must(await draw.reveal('operator'));
  await it.twoPersons(operator, supervisor, 'draw.cancel', draw.id, { explanation: '项目取消' });
}

async function giveValue(draw) {
  const body = await evidence(it).attestation(draw, DICE, BOTH);
  await post(`/v1/draws/${draw.id}/beacon`, null, body);
}

// A result that is annulled and drawn again; one cancelled; one with a beacon;
// one nobody commits to; one with too few; and one that is only drafted.
async function draws() {
  const some = [];
  for (let i = 0; i < 5; i++)
    some.push(await it.institution({ group: i < 2 ? 'g1' : undefined }));
  const free = [...some.slice(1), await it.institution()]; // one of each group
  const first = await begin(free, { select: 2, alternates: 2, project_code: 'P-1' });
  const second = await begin(some.concat(free[4]));
  const third = await begin(free, { beacon: 'public', template: 'dice25' });
  const idle = await begin(free);
  await begin([]);
  const late = await begin(free, { signup_s: 3 * DAY_S });
  await it.moveTo(first.notice.signup_close);
  await dispute(second);
  await moveOn(idle, 'draft_until', 'declared');
  for (const draw of [first, second, third])
    await it.waitFor(draw, 'declared');
  await all([first, second, third], 'commit');
  await moveOn(first, 'commit_by', 'locked');
  await all([first, third], 'reveal');
  await cancel(second);
  first.shown = await it.waitFor(first, 'closed');
  await replaceFirst(first);
  await annul(first);
  await moveOn(third, 'beacon_time', 'sealed');
  await giveValue(third);
  await post(`/v1/notices/${first.notice.id}/draws`, (await it.people()).owner);
  const again = it.drawOf(first.notice, free, first.parties, 2);
  await it.waitFor(again, 'drafted');
  await moveOn(again, 'draft_until', 'declared');
  await all([again], 'commit');
  await moveOn(again, 'commit_by', 'locked');
  await all([again], 'reveal');
  await it.waitFor(again, 'closed');
  await it.moveTo(late.notice.signup_close);
  await it.waitFor(late, 'drafted');
  return free;
}

// Signed up for and withdrawn from what stays open.
async function open([one, two]) {
  const notice = await it.aNotice({ signup_s: 90 * DAY_S });
  for (const who of [one, two]) {
    const { id } = await post(`/v1/notices/${notice.id}/signups`, who);
    await post(`/v1/signups/${id}/withdrawal`, who, {}, 200);
  }
  await post(`/v1/notices/${notice.id}/signups`, one);
}

async function roll() {
  const { operator, supervisor, auditor } = await it.people();
  const gone = await it.person('reviewer');
  must(await it.adminCall('POST', `/v1/accounts/${gone.account}/revocation`, { body: {} }), 200);
  const { uscc } = await it.institution();
  await it.twoPersons(operator, supervisor, 'institution.suspend', uscc, { reason: '失信' });
  await it.twoPersons(supervisor, auditor, 'institution.restore', uscc, { reason: '修复' });
  const { items: [listing] } = must(await it.call('GET', `/v1/listings?institution=${uscc}`), 200);
  await post(`/v1/listings/${listing.id}/withdrawal`, operator, {}, 200);
  const { id } = must(await it.call('POST', '/v1/imports/approval_items/files', { key: operator, headers: { 'content-type': 'text/csv' },
    body: 'code,name,authority_name,basis\nP1,审批,局,法\n' }));
  const { plan_digest } = must(await it.call('GET', `/v1/imports/${id}`, { key: operator }), 200);
  await post(`/v1/imports/${id}/application`, operator, { digest: plan_digest }, 200);
  await post('/v1/categories', operator, { code: 'R1', service: '旧名', approval_items: ['P1'] });
  await post('/v1/categories/R1/revision', operator, { service: '新名', approval_items: ['P1'] }, 200);
  const author = await it.institution({ categories: [] });
  const drafted = await post('/v1/listings', author, anOffer({ category: 'R1' }));
  await post(`/v1/listings/${drafted.id}/submission`, author, {}, 200);
  await post(`/v1/listings/${drafted.id}/publication`, operator, {}, 200);
  await post(`/v1/listings/${drafted.id}/revision`, author, anOffer({ fee_fen: [1, 2] }), 200);
  await post(`/v1/listings/${drafted.id}/pause`, author, {}, 200);
  const propose = () => post('/v1/proposals', operator,
    { act: 'institution.suspend', subject: uscc, payload: { reason: '再次' } });
  await post(`/v1/proposals/${(await propose()).id}/withdrawal`, operator, {}, 200);
  await post(`/v1/proposals/${(await propose()).id}/rejection`, (await it.people()).supervisor, { reason: '依据不足' }, 200);
  await propose();
  for (let i = 100; i < 170; i++) // more than one tile of entries
    await post('/v1/categories', operator, { code: `B${i}`, service: `服务${i}` });
}

// One that registers, with all that an institution has.
async function register() {
  const { operator, supervisor } = await it.people();
  const its = registering(it);
  const dates = { valid_from: '2020-01-01', valid_until: '2030-12-31' };
  const who = await its.entered({ qualifications: [{ kind: '工程咨询', level: '甲级', scopes: ['建筑'], number: '1', issuer: '某协会',
    evidence: EVIDENCE, ...dates }] });
  await its.begin();
  await post('/v1/affiliations', await its.keeper(), { held: who.uscc, holder: 'operator-of-it', kind: 'parent' }, 422);
  await post('/v1/affiliations', await its.keeper(), { held: who.uscc, holder: operator.organisation, kind: 'parent', ...dates });
  await post('/v1/authority_categories', operator, { category: 'A01', authority: supervisor.organisation, basis: '某事项' });
  await post('/v1/staff', who, { kind: '咨询工程师', insured_months: 6, evidence: EVIDENCE, person_name: '钱七',
    person_number: '360700198001011234', registration_number: 'Z12345678' });
  await it.twoPersons(operator, supervisor, 'sanction.impose', who.uscc, { measure: 'suspend', months: 1, basis: '某办法', reason: '某事',
    evidence: EVIDENCE, notified: '2026-01-02', hearing: 'waived' });
}

async function aHistory() {
  await it.people();
  await it.policy(POLICY);
  await it.category();
  await register();
  await roll(); // and one proposal of it lapses
  await open(await draws());
  const { operator } = await it.people();
  const { items } = must(await it.call('GET', '/v1/institutions'), 200);
  const { id } = items.find(({ state }) => state === 'active');
  await post('/v1/proposals', operator, { act: 'institution.suspend', subject: id, payload: { reason: '再次' } });
}

// --- one row changed -------------------------------------------------------------

// Each table as it was; triggers are in the way of whoever means it.
async function keepRows() {
  const triggers = await it.sql("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'klero'");
  await it.sql(triggers.map((name) => `DROP TRIGGER ${name};`).join(''));
  const tables = await it.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'klero' AND table_type = 'BASE TABLE'");
  it.columns = {};
  for (const line of await it.sql(`SELECT table_name, GROUP_CONCAT('\`', column_name, '\`' ORDER BY ordinal_position)
      FROM information_schema.columns WHERE table_schema = 'klero' AND extra NOT LIKE '%GENERATED%' AND extra <> 'auto_increment' GROUP BY table_name`)) {
    const [table, columns] = line.split('\t');
    it.columns[table] = columns;
  }
  await it.sql(`CREATE DATABASE kept; ${tables.map((table) =>
    `CREATE TABLE kept.${table} LIKE klero.${table}; INSERT INTO kept.${table} (${it.columns[table]})
     SELECT ${it.columns[table]} FROM klero.${table};`).join('')}`);
}

const restore = (table) => `DELETE FROM ${table}; INSERT INTO ${table} (${it.columns[table]})
  SELECT ${it.columns[table]} FROM kept.${table};`;
const LOOSE = 'SET check_constraint_checks = 0;';

// Of rows there, one that `set` makes another: what stands in it is chance.
function changing(where, set) {
  const [, column, value] = set.match(/^(\w+) = ('[^']*'|NULL)$/) ?? [];
  return column ? `(${where}) AND NOT (${column} <=> ${value})` : where;
}

// Change, look, put back. `change` may name the row as {row}.
async function corrupt(table, where, change) {
  const [key] = await it.sql(`SELECT ${keyOf(table)} FROM ${table} WHERE ${where} LIMIT 1`);
  assert.ok(key || where === '1', `${table} has no row where ${where}`);
  await it.sql(`${LOOSE}${change}`);
  try {
    return { key, ...await it.fsck() };
  } finally {
    await it.sql(`${LOOSE}${restore(table)}`);
  }
}

async function named(table, where, change, member, code) {
  const { key, findings, stderr } = await corrupt(table, where, change);
  assert.deepEqual(findings.map(({ table, key, member, code }) => [table, key, member, code]),
    [[table, key, member, code]], `${change}\n${stderr}`);
}

// [table, which row, SET …, member, code]
const HEX64 = "REPEAT('ab', 32)";
const CHANGED = [
  ['log_head', '1', 'size = size - 1', 'size', 'tree'],
  ['log_head', '1', 'size = size + 1', 'size', 'tree'],
  ['log_head', '1', "root = UNHEX(REPEAT('ab', 32))", 'root', 'tree'],
  ['log_head', '1', "frontier = CONCAT('x', SUBSTR(frontier, 2))", 'frontier', 'tree'],
  ['log_entry', 'idx = 7', "leaf = UNHEX(REPEAT('ab', 32))", 'leaf', 'column'],
  ['log_entry', 'idx = (SELECT MAX(idx) - 3 FROM kept.log_entry)', "leaf = UNHEX(REPEAT('ab', 32))", 'leaf', 'column'],
  ['log_entry', 'idx = 7', "bytes = CONCAT(bytes, ' ')", 'bytes', 'leaf'],
  ['log_entry', "kind = 'draw.closed'", "bytes = REPLACE(bytes, 'T', 'U')", 'bytes', 'leaf'],
  ['log_entry', "kind = 'sealed'", "bytes = REPLACE(bytes, '20', '21')", 'bytes', 'leaf'],
  ['log_entry', "kind = 'opened'", "bytes = REPLACE(bytes, 'salt', 'malt')", 'bytes', 'leaf'],
  ['log_entry', 'idx = (SELECT MAX(idx) FROM kept.log_entry)', "bytes = '{}'", 'bytes', 'leaf'],
  ['log_entry', 'idx = 9', "event_id = UNHEX(REPEAT('cd', 16))", 'event_id', 'column'],
  ['log_entry', "kind = 'category.published'", "kind = 'category.withdrawn'", 'kind', 'column'],
  ['log_entry', "kind = 'institution.admitted'", "subject = 'another'", 'subject', 'column'],
  ['log_tile', 'level = 0 AND idx = 0', "hashes = CONCAT('xyz', SUBSTR(hashes, 4))", 'hashes', 'tree'],
  ['log_checkpoint', 'size > 1', "root = UNHEX(REPEAT('ab', 32))", 'root', 'column'],
  ['log_checkpoint', 'size > 1', "note = REPLACE(note, 'test', 'rest')", 'note', 'signature'],
  ['event_private', "part = 'event'", "event = REPLACE(event, 'seq', 'sed')", 'event', 'seal'],
  ['event_private', "part = 'event'", "salt = UNHEX(REPEAT('ab', 32))", 'event', 'seal'],
  ['organisation', '1', "name = '另一个'", 'name', 'differs'],
  ['organisation', '1', "affiliation_group = 'g9'", 'affiliation_group', 'differs'],
  ['account', "state = 'revoked'", "state = 'active'", 'state', 'differs'],
  ['account', '1', "role = 'auditor'", 'role', 'differs'],
  ['account', '1', `key_hash = ${HEX64}`, 'key_hash', 'differs'],
  ['account', '1', 'seq = seq + 1', 'seq', 'differs'],
  ['policy', '1', 'policy = REPLACE(policy, \'"min_entrants":3\', \'"min_entrants":1\')', 'policy', 'differs'],
  ['policy', '1', `digest = ${HEX64}`, 'digest', 'differs'],
  ['policy', '1', "policy = CONCAT(policy, ' ')", 'policy', 'form'],
  ['proposal', "state = 'approved'", 'approver = NULL', 'approver', 'differs'],
  ['proposal', "state = 'proposed'", "state = 'approved'", 'state', 'differs'],
  ['proposal', "state = 'rejected'", "reason = '别的'", 'reason', 'differs'],
  ['proposal', '1', "account = 'somebody'", 'account', 'differs'],
  ['proposal', '1', 'lapses_at = lapses_at + INTERVAL 1 SECOND', 'lapses_at', 'differs'],
  ['party', '1', "public_key = REPEAT('ab', 32)", 'public_key', 'differs'],
  ['party', '1', "state = 'retired'", 'state', 'differs'],
  ['category', '1', "service = '别的服务'", 'service', 'differs'],
  ['category', '1', "event_index = event_index + 1", 'event_index', 'differs'],
  ['approval_item', '1', "name = '别的'", 'name', 'differs'],
  ['category', "id = 'R1'", "service = '旧名'", 'service', 'differs'],
  ['category', "id = 'R1'", `approval_items = '["P2"]'`, 'approval_items', 'differs'],
  ['category', "id = 'R1'", `approval_items = '[ "P1" ]'`, 'approval_items', 'form'],
  ['listing', 'version = 2', 'version = 3', 'version', 'differs'],
  ['listing', 'version = 2', "state = 'published'", 'state', 'differs'],
  ['listing', 'version = 2', `fee = REPLACE(fee, '"max_fen":2', '"max_fen":3')`, 'fee', 'differs'],
  ['import', '1', 'added_count = 2', 'added_count', 'differs'],
  ['import_file', '1', "body = CONCAT(body, 'x')", 'body', 'differs'],
  ['file', '1', 'size = size + 1', 'size', 'differs'],
  ['file', '1', "name = 'another.pdf'", 'name', 'differs'],
  ['file_part', '1', "bytes = CONCAT(bytes, 'x')", 'bytes', 'differs'],
  ['institution', '1', "state = 'suspended'", 'state', 'differs'],
  ['institution', '1', "name = 'x'", 'name', 'differs'],
  ['registration', "state = 'entered'", "address = '别处'", 'address', 'differs'],
  ['registration', "state = 'entered'", "contact_phone = '0'", 'private', 'differs'],
  ['registration', "state = 'draft'", "state = 'entered'", 'state', 'differs'],
  ['profile', '1', 'deemed = 1', 'deemed', 'differs'],
  ['profile', '1', "contact_name = '别人'", 'private', 'differs'],
  ['qualification', '1', "valid_until = '2039-12-31'", 'valid_until', 'differs'],
  ['affiliation', "kind = 'parent'", "state = 'ended'", 'state', 'differs'],
  ['affiliation', "kind = 'legal-representative'", "person_number = '1234'", 'private', 'differs'],
  ['authority_category', '1', "authority = 'nobody'", 'authority', 'differs'],
  ['sanction', '1', 'ends_at = ends_at - INTERVAL 1 DAY', 'ends_at', 'differs'],
  ['staff_member', '1', "state = 'left'", 'state', 'differs'],
  ['staff_member', '1', "person = 'p:0'", 'private', 'differs'],
  ['listing', "state = 'withdrawn'", "state = 'published'", 'state', 'differs'],
  ['listing', '1', 'fee_max_fen = fee_max_fen + 1', 'fee_max_fen', 'differs'],
  ['notice', "state = 'open'", "state = 'closed'", 'state', 'differs'],
  ['notice', "state = 'judged'", 'signup_count = signup_count + 1', 'signup_count', 'differs'],
  ['notice', '1', 'signup_close = signup_close + INTERVAL 1 SECOND', 'signup_close', 'differs'],
  ['notice', '1', "contact_phone = '12345678'", 'private', 'differs'],
  ['signup', "state = 'included'", "state = 'excluded'", 'state', 'differs'],
  ['signup', "state = 'withdrawn'", "state = 'signed'", 'state', 'differs'],
  ['signup', "state = 'signed'", "signed_at = signed_at - INTERVAL 1 SECOND", 'signed_at', 'differs'],
  ['signup', "state = 'excluded'", "reason = 'not-active'", 'reason', 'differs'],
  ['objection', '1', "grounds = '别的'", 'grounds', 'differs'],
  ['objection', "state = 'answered'", "upheld = 'no'", 'upheld', 'differs'],
  ['draw', "state = 'annulled'", "state = 'closed'", 'state', 'differs'],
  ['draw', "outcome = 'result'", "outcome = 'void'", 'outcome', 'differs'],
  ['draw', "state = 'annulled'", "project_lock = 'P-9'", 'project_lock', 'differs'],
  ['draw', 'result_hash IS NOT NULL', `result_hash = ${HEX64}`, 'result_hash', 'differs'],
  ['draw', "beacon = 'public'", "beacon_value = '0421'", 'beacon_value', 'differs'],
  ['draw', 'declare_hash IS NOT NULL', 'commit_by = commit_by + INTERVAL 1 SECOND', 'commit_by', 'differs'],
  ['draw', 'closed_at IS NOT NULL', 'closed_at = closed_at + INTERVAL 1 SECOND', 'closed_at', 'differs'],
  ['draw', 'attempt = 2', 'previous = NULL', 'previous', 'differs'],
  ['draw', 'attempt = 2', 'attempt = 1', 'attempt', 'differs'],
  ['draw', '1', 'entrants = entrants + 1', 'entrants', 'differs'],
  ['draw', 'replacements = 1', 'replacements = 0', 'replacements', 'differs'],
  ['draw', '1', "notice = 'elsewhere'", 'notice', 'differs'],
  ['draw_text', "file = 'result.txt'", "body = REPLACE(body, 'alternate-1', 'alternate-2')", 'body', 'differs'],
  ['draw_text', "file = 'roster.txt'", "sha256 = UNHEX(REPEAT('ab', 32))", 'sha256', 'differs'],
  ['draw_text', "file = 'lock.txt'", 'event_index = event_index + 1', 'event_index', 'differs'],
  ['draw_entrant', 'reason IS NULL', "name = 'x'", 'name', 'differs'],
  ['draw_entrant', 'reason IS NOT NULL', 'reason = NULL', 'reason', 'differs'],
  ['draw_entrant', 'evidence IS NOT NULL', `evidence = ${HEX64}`, 'evidence', 'differs'],
  ['draw_party', 'commit_hash IS NOT NULL', `commit_hash = ${HEX64}`, 'commit_hash', 'differs'],
  ['draw_party', 'reveal_index > 0', 'reveal_index = 0', 'reveal_index', 'differs'],
  ['draw_party', '1', 'required = 1 - required', 'required', 'differs'],
  ['draw_rank', 'place = 1', `entry = '${NOBODY}'`, 'entry', 'differs'],
  ['draw_rank', 'alternate = 1', 'alternate = 0', 'alternate', 'differs'],
  ['draw_replacement', '1', "reason = 'silent'", 'reason', 'differs'],
  ['draw_replacement', '1', 'in_entry = NULL', 'in_entry', 'differs'],
  ['due', "kind = 'notice.close' AND state = 'waiting'", "state = 'done'", 'state', 'differs'],
  ['due', "kind = 'notice.close' AND state = 'done'", "state = 'waiting'", 'state', 'differs'],
  ['due', "kind = 'notice.close'", 'at = at + INTERVAL 1 SECOND', 'at', 'differs'],
  ['due', "kind = 'draw.lock'", 'at = at + INTERVAL 1 SECOND', 'at', 'differs'],
  ['due', "kind = 'proposal.lapse' AND state = 'waiting'", 'failures = 2', 'failures', 'differs'],
  ['idempotency', 'sealed IS NULL', 'log_size = log_size + 1', 'log_size', 'differs'],
  ['idempotency', 'sealed IS NOT NULL', 'sealed = sealed + 1', 'sealed', 'differs'],
  ['idempotency', '1', 'at = at - INTERVAL 1 SECOND', 'at', 'differs'],
  ['idempotency', '1', 'status = 500', 'status', 'form'],
  ['idempotency', "event_id IN (SELECT event_id FROM kept.log_entry WHERE kind = 'draw.revealed')",
    "digest = UNHEX(REPEAT('ab', 32))", 'digest', 'differs'],
  ['due', "kind = 'draw.seal'", 'try_at = try_at + INTERVAL 1 SECOND', 'try_at', 'differs'],
  ['notice', '1', 'published_at = published_at + INTERVAL 1 MICROSECOND', 'published_at', 'form'],
  ['draw', '1', 'draft_until = draft_until + INTERVAL 1 MICROSECOND', 'draft_until', 'form'],
  ['signup_group', '1', `institution = '${NOBODY}'`, 'institution', 'differs'],
  ['schema_migration', 'version = 2', "sha256 = UNHEX(REPEAT('ab', 32))", 'sha256', 'differs'],
];

// A whole row less, where that is all there is to say.
const TAKEN = [
  ['log_head', '1'], ['log_entry', 'idx = 12'], ['log_entry', 'idx = (SELECT MAX(idx) FROM kept.log_entry)'],
  ['log_tile', 'level = 0 AND idx = 0'], ['log_checkpoint', 'size = 1'], ['event_private', "part = 'event'"],
  ['event_private', "part = 'members'"], ['organisation', '1'], ['account', '1'], ['category', '1'],
  ['institution', '1'], ['registration', '1'], ['profile', '1'], ['qualification', '1'], ['affiliation', '1'],
  ['authority_category', '1'], ['sanction', '1'], ['staff_member', '1'], ['listing', '1'], ['approval_item', '1'],
  ['import', '1'], ['import_file', '1'], ['file', '1'], ['file_part', '1'], ['notice', "state = 'open'"], ['signup', "state = 'withdrawn'"],
  ['objection', '1'], ['draw_text', "file = 'seal.txt'"], ['draw_entrant', '1'], ['draw_party', 'position = 1'],
  ['draw_rank', 'place = 1'], ['draw_replacement', '1'], ['due', "kind = 'draw.lock'"],
  ['due', "kind = 'notice.close'"], ['signup_group', '1'], ['idempotency', "event_id IN (SELECT event_id FROM kept.log_entry WHERE kind = 'draw.annulled')"], ['schema_migration', 'version = 3'],
];

// A row too many: [table, the row, its key, member, code].
const ADDED = [
  ['log_entry', "SELECT 1 + idx, UNHEX(REPEAT('ab', 16)), leaf, kind, subject, bytes FROM kept.log_entry ORDER BY idx DESC LIMIT 1",
    'SELECT 1 + MAX(idx) FROM kept.log_entry', '-', 'beyond'],
  ['log_tile', "SELECT 0, 9, hashes FROM kept.log_tile LIMIT 1", "SELECT '0/9'", '-', 'beyond'],
  ['log_checkpoint', 'SELECT 999999, root, note, signed_at FROM kept.log_checkpoint LIMIT 1', 'SELECT 999999', '-', 'beyond'],
  ['log_cosignature', "SELECT 999999, UNHEX(REPEAT('ab', 32)), signed_at, 'x' FROM kept.log_checkpoint LIMIT 1",
    "SELECT CONCAT('999999/', REPEAT('ab', 32))", '-', 'unknown'],
  ['log_cosignature', "SELECT size, UNHEX(REPEAT('ab', 32)), signed_at, note FROM kept.log_checkpoint WHERE size = 1",
    "SELECT CONCAT('1/', REPEAT('ab', 32))", 'line', 'signature'],
  ['event_private', "SELECT 0, 'members', salt, NULL, NULL FROM kept.event_private LIMIT 1", "SELECT '0/members'", '-', 'unknown'],
  ['organisation', "SELECT 'ghost', state, seq, event_index, name, affiliation_group, region, NULL FROM kept.organisation LIMIT 1",
    "SELECT 'ghost'", '-', 'unknown'],
  ['import_file', "SELECT 'ghost', 'x'", "SELECT 'ghost'", '-', 'unknown'],
  ['file_part', 'SELECT file, 9, made_at, bytes FROM kept.file_part ORDER BY file LIMIT 1', 'SELECT file FROM kept.file_part ORDER BY file LIMIT 1', '-', 'unknown'],
  ['draw_rank', "SELECT draw, 77, '913607000000000000', ticket, 0 FROM kept.draw_rank WHERE place = 1 ORDER BY draw LIMIT 1",
    "SELECT CONCAT(draw, '/77') FROM kept.draw_rank WHERE place = 1 ORDER BY draw LIMIT 1", '-', 'unknown'],
  ['draw_text', "SELECT 'D-ghost-1', file, sha256, event_index, body FROM kept.draw_text LIMIT 1", "SELECT 'D-ghost-1'", '-', 'unknown'],
  ['due', "SELECT 'notice.close', 'ghost', 1, at, try_at, state, failures FROM kept.due LIMIT 1",
    "SELECT 'notice.close/ghost/1'", '-', 'unknown'],
  ['idempotency', "SELECT UNHEX(REPEAT('ab', 16)), digest, at, status, content_type, location, etag, log_size, signs, NULL, reply FROM kept.idempotency WHERE sealed IS NULL LIMIT 1",
    "SELECT REPEAT('ab', 16)", '-', 'unknown'],
  ['log_text', "SELECT UNHEX(SHA2('x', 256)), 5, 'x'", "SELECT SHA2('x', 256)", 'event_index', 'differs'],
];

describe('klero fsck', () => {
  before(async () => {
    it = await daemon({}, { rehearsal: FROM });
    await aHistory();
  });
  after(() => it.stop());

  test('a history of everything is clean, while klerod runs', async () => {
    for (let round = 0; round < 2; round++) {
      const { status, findings, stderr } = await it.fsck();
      assert.deepEqual([status, findings], [0, []], stderr);
      assert.match(stderr, /^fsck: \d+ entries, 0 findings$/m);
    }
    const [size] = await it.sql('SELECT size FROM log_head');
    assert.ok(size > 300, 'enough of it');
  });

  test('it says what it was not given', async () => {
    assert.equal(program('klero', ['fsck']).status, 2);
    assert.equal(program('klero', ['fsck', '/nonexistent']).status, 2);
    assert.equal(program('klero', ['fsck', join(it.home, 'klerod.conf'), '--key', 'x']).status, 2);
    assert.equal((await it.fsck('--user', 'klero_reader')).status, 2, 'it may not see what is sealed');
  });

  test('an account that reads everything and changes nothing', async () => {
    await assert.rejects(it.sql('DELETE FROM due', 'klero_fsck'), /denied/);
    await assert.rejects(it.sql("UPDATE account SET role = 'admin'", 'klero_fsck'), /denied/);
  });

  describe('one row changed is named, and nothing else', () => {
    before(async () => {
      await it.stopDaemon();
      await keepRows();
    });

    for (const [table, where, set, member, code] of CHANGED)
      test(`${table}: ${set.split(' = ')[0]} ${code} where ${where}`, () =>
        named(table, changing(where, set), `UPDATE ${table} SET ${set} WHERE ${keyOf(table)} =
          (SELECT ${keyOf(table)} FROM kept.${table} WHERE ${changing(where, set)} LIMIT 1)`, member, code));

    for (const [table, where] of TAKEN)
      test(`${table}: a row is gone where ${where}`, () =>
        named(table, where, `DELETE FROM ${table} WHERE ${keyOf(table)} =
          (SELECT ${keyOf(table)} FROM kept.${table} WHERE ${where} LIMIT 1)`, '-', 'missing'));

    for (const [table, row, key, member, code] of ADDED)
      test(`${table}: a row is too many`, async () => {
        const [wanted] = await it.sql(key);
        const { findings } = await corrupt(table, '1', `INSERT INTO ${table} (${it.columns[table]}) ${row}`);
        assert.deepEqual(findings.map(({ table, key, member, code }) => [table, key, member, code]),
          [[table, wanted, member, code]]);
      });

    test('the high-water file', async () => {
      const file = join(it.home, 'high-water');
      const kept = readFileSync(file, 'utf8');
      const look = async (text) => {
        writeFileSync(file, text);
        const { findings } = await it.fsck();
        writeFileSync(file, kept);
        return findings.map(({ table, key, member, code }) => [table, key, member, code]);
      };
      assert.deepEqual(await look(kept.replace(/^\d+$/m, '7')), [['high-water', file, 'note', 'signature']]);
      assert.deepEqual(await look(''), [['high-water', file, 'note', 'signature']]);
      const [note] = await it.sql('SELECT TO_BASE64(note) FROM log_checkpoint WHERE size = 1');
      assert.deepEqual(await look(Buffer.from(note.replaceAll('\\n', ''), 'base64')), [], 'behind is no fault');
      chmodSync(file, 0o644);
    });

    test('and it is clean again', async () => {
      const { status, findings, stderr } = await it.fsck();
      assert.deepEqual([status, findings], [0, []], stderr);
    });
  });
});
