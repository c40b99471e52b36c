// Registrations: anybody may, all defects at once, in time, by one version.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import * as shared from './client.mjs';
import { assertProblem, call, daemon, must, people, person, region, sql } from './client.mjs';
import { anOffer } from './builders.mjs';
import { newUscc, sha256, usccFrom } from './keys.mjs';
import { digestOf, registering } from './registering.mjs';

const { keeper, body, begin, act, submitted, entered } = registering(shared);
const shown = async (of) => must(await call('GET', `/v1/registrations/${of.id}`), 200);
const whole = async (of, key) => must(await call('GET', `/v1/registrations/${of.id}/whole`, { key: key ?? of }), 200);
const complaints = (reply) => reply.body.errors.map(({ pointer, code }) => [pointer, code]);
const register = (sent, options) => call('POST', '/v1/registrations', { idempotency: null, body: sent, ...options });
const anyKey = () => sha256(randomBytes(32).toString('hex'));

test('domain 1: an institution registers, is told all defects at once, and anybody follows it', async () => {
  const draft = await begin();
  assert.equal(draft.state, 'draft');
  assert.deepEqual((({ state, held_by, round }) => [state, held_by, round])(await shown(draft)), ['draft', 'applicant', 0]);
  must(await act(draft, draft, 'submission'), 200);
  const waiting = await shown(draft);
  assert.deepEqual([waiting.state, waiting.held_by, waiting.round], ['submitted', 'keeper', 1]);
  assert.ok(waiting.due_at > waiting.submitted_at);
  const defects = [{ field: '/address', code: 'unclear', words: '请填写门牌号' }, { field: '/licence', code: 'unreadable', words: '营业执照扫描件不清晰' }];
  must(await act(await keeper(), draft, 'return', { defects }), 200);
  assert.deepEqual((({ state, held_by, defect_count }) => [state, held_by, defect_count])(await shown(draft)), ['returned', 'applicant', 2]);
  assert.deepEqual((await whole(draft)).defects, defects);
  must(await act(draft, draft, 'amendment', { ...draft.body, address: '示例县中山路 1 号 2 栋' }), 200);
  must(await act(draft, draft, 'submission'), 200);
  assert.equal((await whole(draft)).defects, null);
  must(await act(await keeper(), draft, 'pass'), 200);
  const end = await shown(draft);
  assert.deepEqual([end.state, end.held_by, end.due_at, end.deemed], ['entered', null, null, false]);
  const { state, name } = must(await call('GET', `/v1/institutions/${draft.uscc}`), 200);
  assert.deepEqual([state, name], ['active', draft.body.name]);
  const profile = must(await call('GET', `/v1/institutions/${draft.uscc}/profile`), 200);
  assert.deepEqual([profile.registration, profile.address, profile.deemed], [draft.id, '示例县中山路 1 号 2 栋', false]);
});

test('domain 1: whatever is missing is told at once, not one after another', async () => {
  const { uscc, name, region: where } = await body();
  const draft = await begin({ ...Object.fromEntries(Object.keys(await body()).map((key) => [key, null])), uscc, name, region: where });
  const reply = await act(draft, draft, 'submission');
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(complaints(reply), ['/kind', '/legal_representative', '/address', '/presence', '/contact_name',
    '/contact_phone', '/licence', '/pledge', '/affiliations'].map((pointer) => [pointer, 'missing']));
});

// Rows and members of many kinds of wrong, in an order that is not the body's.
const wrongs = () => ({
  affiliations: [{ kind: 'director', person_name: '甲' }, { kind: 'emperor', person_name: '乙', person_number: '1234', valid_from: '2020-02-30' }, 7,
    { kind: 'shareholder', person_name: '丙', person_number: '1234', share_bp: -1, more: 1 }],
  qualifications: [{ kind: '', scopes: {}, number: '1', issuer: '某', valid_from: '2020-13-01', valid_until: '2020-01-01', evidence: 'abc' },
    { kind: '工程咨询', scopes: [], issuer: '某', valid_from: '2020-01-01', valid_until: '2090-01-01', evidence: digestOf('a file nobody stored'), replaces: 'x' }],
  counter: '', founded: '2099-01-01', region: 'nowhere', pledge: sha256('别的承诺'), licence: null });
const inRows = [['/qualifications/0/kind', 'bounds'], ['/qualifications/0/scopes', 'form'], ['/qualifications/0/valid_from', 'form'],
  ['/qualifications/0/valid_until', 'expired'], ['/qualifications/0/evidence', 'form'], ['/qualifications/1/number', 'missing']];
const inTies = [['/affiliations/0/person_number', 'missing'], ['/affiliations/1/kind', 'form'], ['/affiliations/1/valid_from', 'form'],
  ['/affiliations/2', 'form'], ['/affiliations/3', 'unknown-member'], ['/affiliations/3/share_bp', 'bounds']];

test('domain 1: one answer tells all, whatever its kind, in the order of the body', async () => {
  await keeper();
  const sent = { key_hash: 'abc', ...wrongs(), ...(({ name, kind, presence }) => ({ name, kind, presence }))(await body()),
    uscc: usccFrom('360700', 'MA12B45C').toLowerCase(), legal_representative: null, address: '', capital_fen: 1.5, more: true };
  const early = [['', 'unknown-member'], ['/uscc', 'form'], ['/region', 'unknown']];
  const late = [['/capital_fen', 'bounds'], ['/counter', 'bounds']];
  const rows = [...inRows, ['/qualifications/1/replaces', 'unknown']];
  const reply = await register(sent);
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(complaints(reply), [...early, ['/address', 'bounds'], ['/founded', 'bounds'], ...late, ['/pledge', 'unknown'],
    ...rows, ...inTies, ['/key_hash', 'form']]);
  // About to be submitted it hears of what is missing, too.
  const about = await register({ ...sent, for_submission: true });
  assertProblem(about, 422, 'invalid');
  assert.deepEqual(complaints(about), [...early, ['/legal_representative', 'missing'], ['/address', 'bounds'], ['/founded', 'bounds'], ...late,
    ['/contact_name', 'missing'], ['/contact_phone', 'missing'], ['/licence', 'missing'], ['/pledge', 'unknown'],
    ...rows, ['/affiliations', 'missing'], ...inTies, ['/key_hash', 'form']]);
});

test('domain 1: an amendment is told all at once, and of files that are not stored', async () => {
  const draft = await begin();
  const sent = { ...draft.body, ...wrongs(), uscc: newUscc(), licence: digestOf('another that nobody stored') };
  const told = [['/uscc', 'constant'], ['/region', 'unknown'], ['/founded', 'bounds'], ['/counter', 'bounds']];
  const last = ['/qualifications/1/replaces', 'unknown'];
  const reply = await act(draft, draft, 'amendment', sent);
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(complaints(reply), [...told, ['/pledge', 'unknown'], ...inRows, last, ...inTies]);
  const about = await act(draft, draft, 'amendment', { ...sent, for_submission: true });
  assertProblem(about, 422, 'invalid');
  assert.deepEqual(complaints(about), [...told, ['/licence', 'no-file'], ['/pledge', 'unknown'], ...inRows,
    ['/qualifications/1/evidence', 'no-file'], last, ['/affiliations', 'missing'], ...inTies]);
  assertProblem(await act(draft, draft, 'amendment', { ...draft.body, for_submission: 1 }), 422, 'invalid');
  const { state, round, name } = must(await act(draft, draft, 'amendment', { ...draft.body, name: '改了名', for_submission: true }), 200);
  assert.deepEqual([state, round, name], ['draft', 0, '改了名']); // it is not submitted by that
  must(await act(draft, draft, 'submission'), 200);
});

test('what is about to be submitted is told what a draft is not', async () => {
  await keeper();
  const { uscc, name, region: where } = await body();
  const few = { uscc, name, region: where, key_hash: anyKey() };
  const reply = await register({ ...few, for_submission: true });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(complaints(reply), ['/kind', '/legal_representative', '/address', '/presence', '/contact_name',
    '/contact_phone', '/licence', '/pledge', '/affiliations'].map((pointer) => [pointer, 'missing']));
  must(await register({ ...few, for_submission: false }));
  // What it names is stored by whom it makes: that it is missing is told by the submission.
  const whole = { ...await body({ licence: digestOf('not stored yet') }), for_submission: true };
  const token = randomBytes(32).toString('hex');
  const made = must(await register({ ...whole, key_hash: sha256(token) }));
  const submission = await act({ token }, made, 'submission');
  assertProblem(submission, 422, 'invalid');
  assert.deepEqual(complaints(submission), [['/licence', 'no-file']]);
});

test('whoever will act for it has a key or a code, not both; told with the rest', async () => {
  await keeper();
  for (const [holder, told] of [[{}, '/setup_hash'], [{ key_hash: anyKey(), setup_hash: anyKey() }, '/setup_hash'],
    [{ key_hash: 'abc' }, '/key_hash'], [{ setup_hash: 'abc' }, '/setup_hash']]) {
    const reply = await register({ ...await body({ founded: '2099-01-01' }), ...holder });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(complaints(reply), [['/founded', 'bounds'], [told, 'form']]);
  }
});

test('every wrong qualification of fifty is told', async () => {
  const wrong = Array.from({ length: 50 }, () => ({ kind: '工程咨询', scopes: [], number: '1', issuer: '某',
    valid_from: '2020-01-01', valid_until: '2020-02-01', evidence: digestOf('a') }));
  const reply = await register({ ...await body({ qualifications: wrong }), key_hash: anyKey() });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(complaints(reply), wrong.map((_, i) => [`/qualifications/${i}/valid_until`, 'expired']));
  assertProblem(await register({ ...await body({ qualifications: [...wrong, wrong[0]] }), key_hash: anyKey() }), 422, 'invalid');
});

test('a hundred wrongs are told, and of one more that there is more', async () => {
  await keeper();
  const fifty = (row) => Array.from({ length: 50 }, () => row);
  const wrong = await body({
    qualifications: fifty({ kind: '工程咨询', scopes: [], number: '1', issuer: '某', valid_from: '2020-01-01', valid_until: '2020-02-01', evidence: digestOf('a') }),
    affiliations: fifty({ kind: 'shareholder', share_bp: -1, person_name: '丙', person_number: '12345678' }) });
  const rows = [...wrong.qualifications.map((_, i) => [`/qualifications/${i}/valid_until`, 'expired']),
    ...wrong.affiliations.map((_, i) => [`/affiliations/${i}/share_bp`, 'bounds'])];
  const all = await register({ ...wrong, key_hash: anyKey() });
  assertProblem(all, 422, 'invalid');
  assert.deepEqual(complaints(all), rows);
  const sent = { ...wrong, founded: '2099-01-01', key_hash: anyKey() };
  for (const [language, words] of [['zh', /还有其他错误/], ['en', /there is more/]]) {
    const more = await register(sent, { headers: { 'accept-language': language } });
    assertProblem(more, 422, 'invalid');
    assert.deepEqual(complaints(more), [['/founded', 'bounds'], ...rows.slice(0, 99), ['', 'more']]);
    assert.match(more.body.errors.at(-1).detail, words);
  }
  const { status } = await register({ ...await body(), key_hash: anyKey() });
  assert.equal(status, 201);
});

test('domain 3: from any region, at any time, as many as there are, for nothing', async () => {
  const there = await region(`far${randomBytes(3).toString('hex')}`);
  const { owner } = await people();
  const all = [await entered({ region: there }), await entered(), await entered({ presence: 'online', counter: null })];
  const category = await shared.category();
  const { operator } = await people();
  for (const { uscc } of all)
    must(await call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category }) }));
  const notice = await shared.aNotice({ owner, signup_s: 60 });
  for (const who of all)
    must(await call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
  const { routes } = must(await call('GET', '/v1'), 200);
  assert.deepEqual(routes.find(({ method, path }) => method === 'POST' && path === '/v1/registrations').roles, []);
  assert.ok(!Object.keys(must(await call('GET', `/v1/registrations/${all[0].id}`), 200)).some((name) => /fee|deposit|quota/.test(name)));
});

test('domain 4: it pledges itself to the text that is shown, and to no other', async () => {
  const { text, digest } = must(await call('GET', '/v1/pledge'), 200);
  assert.equal(digest, sha256(text));
  const reply = await register({ ...await body({ pledge: sha256('别的承诺') }), key_hash: anyKey() });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(complaints(reply), [['/pledge', 'unknown']]);
  const registration = await entered();
  const [data] = await sql(`SELECT JSON_VALUE(CONVERT(bytes USING utf8mb4), '$.data.pledge') FROM log_entry
    WHERE subject = '${registration.id}' AND kind = 'registration.submitted'`);
  assert.equal(data, digest);
});

test('domain 9: at a counter, online, or both; the counter is said', async () => {
  for (const [presence, counter, code] of [['window', null, 'missing'], ['both', null, 'missing'], ['online', '12 号', 'form']]) {
    const reply = await register({ ...await body({ presence, counter }), key_hash: anyKey() });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(complaints(reply), [['/counter', code]]);
  }
  const registration = await entered({ presence: 'window', counter: '一楼 3 号' });
  const { items } = must(await call('GET', '/v1/profiles?presence=window&limit=200'), 200);
  assert.ok(items.some(({ id, counter }) => id === registration.uscc && counter === '一楼 3 号'));
  const change = { address: '别处', presence: 'online', contact_name: '王五', contact_phone: '07971234567' };
  const path = `/v1/institutions/${registration.uscc}/profile`;
  assertProblem(await call('POST', path, { key: registration, body: { ...change, counter: '3' } }), 422, 'invalid');
  assertProblem(await call('POST', path, { key: registration, body: change, headers: { 'if-match': '"7"' } }), 412, 'precondition-failed');
  must(await call('POST', path, { key: registration, body: change }), 200);
  assert.equal(must(await call('GET', path), 200).presence, 'online');
  const other = await entered();
  assertProblem(await call('POST', path, { key: other, body: change }), 404, 'not-found');
});

test('what a new licence says a keeper enters, and nothing else is checked again', async () => {
  const { uscc, ...who } = await entered();
  const path = `/v1/institutions/${uscc}`;
  const licence = digestOf('a new licence');
  const sent = { name: '更名后的公司', legal_representative: '周八', capital_fen: 5, licence };
  const correct = async (key, change, options) => {
    const { seq } = must(await call('GET', `${path}/profile`), 200);
    return call('POST', `${path}/particulars`, { key, body: { ...sent, ...change }, headers: { 'if-match': `"${seq}"` }, ...options });
  };
  assertProblem(await correct(who), 403, 'forbidden');
  assertProblem(await correct(await keeper(), { name: '名'.repeat(86) }), 422, 'invalid');
  assertProblem(await correct(await keeper(), { address: '别处' }), 422, 'invalid');
  assertProblem(await correct(await keeper(), {}, { headers: { 'if-match': '"9"' } }), 412, 'precondition-failed');
  assertProblem(await correct(await keeper(), {}, { headers: {} }), 428, 'precondition-required');
  for (let twice = 0; twice < 2; twice++)
    must(await correct(await keeper()), 200);
  const profile = must(await call('GET', `${path}/profile`), 200);
  assert.deepEqual([profile.legal_representative, profile.capital_fen, profile.licence, profile.address],
    ['周八', 5, licence, who.body.address]);
  assert.equal(must(await call('GET', path), 200).name, '更名后的公司');
  assert.deepEqual(await sql(`SELECT kind FROM log_entry WHERE subject = '${uscc}' AND kind LIKE 'institution.%' ORDER BY idx`),
    ['institution.entered', 'institution.renamed']);
});

test('domain 89: who asks after it sees nothing of a person; contacts are masked', async () => {
  const registration = await submitted({ legal_representative: '欧阳修', contact_name: '司马光', contact_phone: '13900001234' });
  const secrets = ['欧阳修', '司马光', '13900001234', '张三丰', registration.body.affiliations[0].person_number];
  const hidden = (text) => secrets.forEach((secret) => assert.ok(!text.includes(secret), secret));
  hidden((await call('GET', `/v1/registrations/${registration.id}`)).text);
  const { supervisor } = await people();
  hidden((await call('GET', `/v1/registrations?uscc=${registration.uscc}`, { key: supervisor })).text);
  const all = await whole(registration, await keeper());
  assert.deepEqual([all.contact_name, all.affiliations[0].person_name], ['司马光', '张三丰']);
  must(await act(await keeper(), registration, 'pass'), 200);
  const page = await call('GET', `/v1/institutions/${registration.uscc}/profile`);
  assert.deepEqual((({ contact_name, contact_phone, legal_representative }) => [contact_name, contact_phone, legal_representative])(page.body),
    ['司*', '*******1234', '欧阳修']); // who represents a body is in the public register
  assert.ok(!page.text.includes('司马光'));
  assert.equal(must(await call('GET', `/v1/institutions/${registration.uscc}/profile/whole`, { key: registration }), 200).contact_name, '司马光');
  const behind = await call('GET', `/v1/affiliations?held=${registration.uscc}`);
  hidden(behind.text);
  assert.match(behind.body.items[0].holder, /^p:[0-9a-f]{32}$/);
  assert.equal(behind.body.items[0].holder_name, '张*');
  const logged = await sql(`SELECT CONVERT(bytes USING utf8mb4) FROM log_entry WHERE subject IN ('${registration.id}', '${registration.uscc}')`);
  for (const secret of secrets.slice(1))
    assert.ok(!logged.join().includes(secret), secret);
});

test('what is another\'s is as if it were not there, byte for byte', async () => {
  const mine = await submitted();
  const other = await begin();
  const nowhere = randomBytes(16).toString('hex');
  const plain = (reply) => [reply.status, reply.text];
  for (const name of ['submission', 'amendment', 'withdrawal']) {
    const sent = name === 'amendment' ? mine.body : {};
    const of = (id) => call('POST', `/v1/registrations/${id}/${name}`, { key: other, body: sent, headers: { 'if-match': '"1"' } });
    assert.deepEqual(plain(await of(mine.id)), plain(await of(nowhere)));
    assertProblem(await of(mine.id), 404, 'not-found');
  }
  const read = (id) => call('GET', `/v1/registrations/${id}/whole`, { key: other });
  assert.deepEqual(plain(await read(mine.id)), plain(await read(nowhere)));
  for (const path of [`/v1/institutions/${newUscc()}/profile/whole`, `/v1/institutions/${(await entered()).uscc}/profile/whole`])
    assertProblem(await call('GET', path, { key: other }), 404, 'not-found');
});

test('until it is entered its account reaches nothing else', async () => {
  const draft = await begin();
  assertProblem(await call('POST', '/v1/qualifications', { key: draft, body: { kind: '工程咨询', scopes: [], number: '1', issuer: '某',
    valid_from: '2020-01-01', valid_until: '2090-01-01', evidence: digestOf('a') } }), 403, 'forbidden');
  assertProblem(await call('POST', `/v1/institutions/${draft.uscc}/withdrawal`, { key: draft, body: {} }), 404, 'not-found');
  for (const name of ['pass', 'return', 'rejection'])
    assertProblem(await act(draft, draft, name, { reason: '无', defects: [] }), 403, 'forbidden');
});

test('of two reviewers at once the second is told that it was changed', async () => {
  const registration = await submitted();
  const { seq } = await shown(registration);
  const one = await keeper();
  const two = (await people()).operator;
  const defects = [{ field: '/address', code: 'unclear', words: '请填写门牌号' }];
  const replies = await shared.queued(() => act(one, registration, 'pass', {}, { seq }),
    () => act(two, registration, 'return', { defects }, { seq }));
  assert.equal(replies[0].status, 200, replies[0].text);
  assertProblem(replies[1], 412, 'precondition-failed');
  assertProblem(await call('POST', `/v1/registrations/${registration.id}/pass`, { key: one, body: {} }), 428, 'precondition-required');
  assertProblem(await act(one, registration, 'pass', {}, { headers: { 'if-match': 'seven' } }), 400, 'bad-request');
  assertProblem(await act(one, registration, 'pass'), 409, 'wrong-state');
});

test('a wrong version is refused to the applicant, too', async () => {
  const draft = await begin();
  assertProblem(await act(draft, draft, 'submission', {}, { seq: 9 }), 412, 'precondition-failed');
  must(await act(draft, draft, 'submission'), 200);
  assertProblem(await act(draft, draft, 'submission'), 409, 'wrong-state');
  assertProblem(await act(draft, draft, 'amendment', draft.body), 409, 'wrong-state');
});

test('a return names what is wrong: one to a hundred defects', async () => {
  const one = await keeper();
  const defect = (i) => ({ field: `/${i}`, code: 'wrong', words: '有误' });
  const many = (n) => ({ defects: Array.from({ length: n }, (_, i) => defect(i)) });
  const registration = await submitted();
  for (const sent of [many(0), many(101), { defects: {} }, { defects: [{ ...defect(1), words: '' }] }, { defects: [7] },
    { defects: [{ ...defect(1), by: 'me' }] }, {}])
    assertProblem(await act(one, registration, 'return', sent), 422, 'invalid');
  must(await act(one, registration, 'return', many(100)), 200);
  assert.equal((await shown(registration)).defect_count, 100);
});

test('a rejection frees the code, and ends the account', async () => {
  const registration = await submitted();
  assertProblem(await act(await keeper(), registration, 'rejection', { reason: '' }), 422, 'invalid');
  must(await act(await keeper(), registration, 'rejection', { reason: '不是本机构的申请' }), 200);
  const { state, reason } = await shown(registration);
  assert.deepEqual([state, reason], ['rejected', '不是本机构的申请']);
  assertProblem(await act(registration, registration, 'submission'), 401, 'unauthenticated');
  const again = await entered({ ...registration.body });
  assert.equal(again.uscc, registration.uscc);
  assert.equal(must(await call('GET', '/v1/accounts/me', { key: again }), 200).organisation, again.uscc);
});

test('whoever registers in another\'s name keeps nobody out and acts for nobody', async () => {
  const rightful = await body();
  const squatter = await submitted({ uscc: rightful.uscc });
  const real = await entered(rightful);
  assertProblem(await act(await keeper(), squatter, 'pass'), 409, 'exists');
  assert.equal(must(await call('GET', '/v1/accounts/me', { key: squatter }), 200).organisation, squatter.id);
  assert.equal(must(await call('GET', `/v1/institutions/${real.uscc}`), 200).name, real.body.name);
  const late = await begin({ uscc: rightful.uscc });
  assertProblem(await act(late, late, 'submission'), 409, 'exists');
});

test('one that left registers again, and only its new account acts for it', async () => {
  const first = await entered();
  must(await call('POST', `/v1/institutions/${first.uscc}/withdrawal`, { key: first, body: {} }), 200);
  assertProblem(await call('POST', `/v1/institutions/${first.uscc}/withdrawal`, { key: first, body: {} }), 409, 'wrong-state');
  const second = await entered({ ...first.body, name: '换了名称的公司' });
  assertProblem(await call('GET', '/v1/accounts/me', { key: first }), 401, 'unauthenticated');
  const { state, name } = must(await call('GET', `/v1/institutions/${second.uscc}`), 200);
  assert.deepEqual([state, name], ['active', '换了名称的公司']);
});

test('who keeps the roll does so where he is, and below', async () => {
  const there = await region(`r${randomBytes(3).toString('hex')}`);
  const id = `reviewer-${randomBytes(3).toString('hex')}`;
  must(await shared.adminCall('POST', '/v1/organisations', { body: { id, name: '某局', region: there } }));
  const local = await person('reviewer', id);
  const here = await submitted();
  assertProblem(await act(local, here, 'pass'), 403, 'forbidden');
  const below = await submitted({ region: there });
  must(await act(local, below, 'pass'), 200);
});

const faults = {
  'full-width digits in the code': [{ uscc: '９１３６０７００ＭＡ１２Ｂ４５Ｃ０１' }, '/uscc', 'form'],
  'a code in small letters': [{ uscc: usccFrom('360700', 'MA12B45C').toLowerCase() }, '/uscc', 'form'],
  'a name that turns the direction of writing': [{ name: '示例\u202e公司' }, '/name', 'form'],
  'a name with an invisible character': [{ name: '示例\u200b公司' }, '/name', 'form'],
  'a name with a control character': [{ name: '示例\u0007公司' }, '/name', 'form'],
  'a name that ends with a wide blank': [{ name: '示例公司\u3000' }, '/name', 'form'],
  'a name of 257 bytes': [{ name: 'a'.repeat(257) }, '/name', 'bounds'],
  'a region that is not there': [{ region: 'nowhere' }, '/region', 'unknown'],
  'the nation as its region': [{ region: 'cn' }, '/region', 'unknown'],
  'a day that does not exist': [{ founded: '2001-02-29' }, '/founded', 'form'],
  'founded in the future': [{ founded: '2099-01-01' }, '/founded', 'bounds'],
  'another kind of body': [{ kind: 'government' }, '/kind', 'form'],
  'capital below nothing': [{ capital_fen: -1 }, '/capital_fen', 'bounds'],
  'a licence that is no digest': [{ licence: 'abc' }, '/licence', 'form'],
  'its own state': [{ state: 'entered' }, '', 'unknown-member'],
  'who decided': [{ decided_by: 'me' }, '', 'unknown-member'],
  'whether it is deemed': [{ deemed: true }, '', 'unknown-member'],
  'an affiliation with itself verified': [{ affiliations: [{ kind: 'parent', holder: usccFrom('360700', 'MA12B45C'), holder_name: '某', verified_by: 'me' }] }, '/affiliations/0', 'unknown-member'],
  'an affiliation with nobody': [{ affiliations: [{ kind: 'parent' }] }, '/affiliations/0/holder', 'missing'],
  'a shareholder without a share': [{ affiliations: [{ kind: 'shareholder', person_name: '甲', person_number: '1234' }] }, '/affiliations/0/kind', 'fault'],
  'a person without a name': [{ affiliations: [{ kind: 'director', person_number: '1234' }] }, '/affiliations/0/person_name', 'form'],
  'a number in full-width digits': [{ affiliations: [{ kind: 'director', person_name: '甲', person_number: '３６０７' }] }, '/affiliations/0/person_number', 'bounds'],
  'a qualification that ends before it begins': [{ qualifications: [{ kind: '甲', scopes: [], number: '1', issuer: '某',
    valid_from: '2090-01-02', valid_until: '2090-01-01', evidence: digestOf('a') }] }, '/qualifications/0/valid_until', 'bounds'],
  'scopes that are numbers': [{ qualifications: [{ kind: '甲', scopes: [7], number: '1', issuer: '某',
    valid_from: '2020-01-02', valid_until: '2090-01-01', evidence: digestOf('a') }] }, '/qualifications/0/scopes', 'form'],
  'qualifications that are no list': [{ qualifications: { kind: '甲' } }, '/qualifications', 'bounds'],
};
for (const [what, [change, pointer, code]] of Object.entries(faults))
  test(`refused: ${what}`, async () => {
    await keeper();
    const reply = await register({ ...await body(change), key_hash: anyKey() });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(complaints(reply), [[pointer, code]]);
  });

test('the same body twice is one registration', async () => {
  await keeper();
  const sent = { ...await body(), key_hash: anyKey() };
  const one = must(await register(sent));
  assert.equal(must(await register(sent)).id, one.id);
  assertProblem(await register({ ...sent, name: '另一家' }), 409, 'exists'); // a key is of one account
});

describe('in time', () => {
  let it;
  let its;
  const state = async (of) => must(await it.call('GET', `/v1/registrations/${of.id}`), 200);
  before(async () => {
    it = await daemon({}, { rehearsal: '2026-01-05T02:00:00Z' }); // a Monday, ten o'clock in Shanghai
    its = registering(it);
    await its.keeper();
  });
  after(() => it.stop());

  test('domain 2: two working days, counted by the calendar; then silence passes it', async () => {
    const one = await its.submitted({ affiliations: [{ kind: 'legal-representative', person_name: '赵六', person_number: '360700197001011234' }] });
    assert.equal((await state(one)).due_at, '2026-01-07T16:00:00Z'); // Wednesday is the last day
    await it.moveTo('2026-01-07T15:59:59Z');
    assert.equal((await state(one)).state, 'submitted');
    await it.moveTo('2026-01-07T16:00:00Z');
    const { state: is, deemed } = await state(one);
    assert.deepEqual([is, deemed], ['entered', true]);
    assert.equal(must(await it.call('GET', `/v1/institutions/${one.uscc}`), 200).state, 'active');
    assert.deepEqual(await it.sql(`SELECT kind FROM log_entry WHERE subject = '${one.id}' ORDER BY idx`),
      ['made', 'submitted', 'deemed', 'entered'].map((name) => `registration.${name}`));
    // What nobody has looked at counts for nothing.
    assert.equal(must(await it.call('GET', `/v1/affiliations?held=${one.uscc}`), 200).items[0].state, 'declared');
  });

  test('between two of one body silence decides nothing', async () => {
    const one = await its.submitted();
    const two = await its.submitted({ uscc: one.uscc });
    await it.moveTo((await state(two)).due_at);
    assert.deepEqual([(await state(one)).state, (await state(two)).state], ['submitted', 'submitted']);
    assert.deepEqual(await it.sql(`SELECT COUNT(*) FROM log_entry WHERE kind = 'registration.overdue' AND subject IN ('${one.id}', '${two.id}')`), ['2']);
    must(await its.act(await its.keeper(), one, 'pass'), 200);
  });

  test('where the policy has no such silence it is overdue, and publicity lasts as long as it says', async () => {
    const { entry } = await it.policy();
    await it.policy({ entry: { ...entry, deemed_pass: false, publicity: { n: 5, unit: 'day' } } });
    const one = await its.submitted();
    await it.moveTo((await state(one)).due_at);
    assert.equal((await state(one)).state, 'submitted');
    must(await its.act(await its.keeper(), one, 'pass'), 200);
    const { state: is, held_by, due_at } = await state(one);
    assert.deepEqual([is, held_by], ['publicity', 'public']);
    assertProblem(await it.call('GET', `/v1/institutions/${one.uscc}`), 404, 'not-found');
    await it.moveTo(due_at);
    assert.equal((await state(one)).state, 'entered');
    const two = await its.submitted();
    must(await its.act(await its.keeper(), two, 'pass'), 200);
    must(await its.act(await its.keeper(), two, 'rejection', { reason: '公示期内异议成立' }), 200);
    await it.moveTo(new Date(Date.parse(due_at) + 10 * 86_400_000));
    assert.equal((await state(two)).state, 'rejected');
    await it.policy({});
  });

  test('a draft that nobody submits lapses, and one that is returned and left', async () => {
    const draft = await its.begin();
    const returned = await its.submitted();
    must(await its.act(await its.keeper(), returned, 'return', { defects: [{ field: '/name', code: 'wrong', words: '有误' }] }), 200);
    const { due_at } = await state(draft);
    await it.moveTo(new Date(Date.parse(due_at) - 1000));
    assert.equal((await state(draft)).state, 'draft');
    await it.moveTo((await state(returned)).due_at);
    assert.deepEqual([(await state(draft)).state, (await state(returned)).state], ['lapsed', 'lapsed']);
    assertProblem(await it.call('GET', '/v1/accounts/me', { key: draft }), 401, 'unauthenticated');
  });

  test('all of it is as the log tells', async () => {
    await its.entered();
    assert.deepEqual((await it.fsck()).findings, []);
  });
});
