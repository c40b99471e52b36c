// Files of evidence: stored whole, of what they say they are, seen by whom they concern.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { before, test } from 'node:test';
import * as shared from './client.mjs';
import { adminCall, assertProblem, call, daemon, institution, must, people, person, sql, until } from './client.mjs';
import { digestOf, jpeg, ofd, pdf, png, uploading, zip } from './evidences.mjs';
import { sha256 } from './keys.mjs';
import { byCookie, persons } from './persons.mjs';
import { registering } from './registering.mjs';

const MIB = 1 << 20;
const { upload } = uploading(shared);
const { keeper, begin, act, submitted, entered } = registering(shared);
let one, other;
before(async () => {
  await people();
  [one, other] = [await institution(), await institution()];
});

const stored = async (who, bytes = pdf(String(Math.random())), options) => must(await upload(who, bytes, options));
const content = (key, { id }, options) => call('GET', `/v1/files/${id}/content`, { key, ...options });
const qualification = (changes = {}) => ({ kind: '工程咨询单位资信', level: '甲级', scopes: ['水利水电'], number: '甲132021010101',
  issuer: '示例协会', valid_from: '2020-01-01', valid_until: '2090-12-31', evidence: digestOf('a certificate'), ...changes });

for (const [what, size] of [['one byte less than a part', MIB - 1], ['just a part', MIB], ['one byte more', MIB + 1],
  ['three parts and something', 3 * MIB + 7], ['the largest', 50 * MIB]])
  test(`what is stored comes back: ${what}`, async () => {
    const frame = pdf('').length;
    const bytes = pdf('', size - frame);
    const file = await stored(one, bytes);
    assert.deepEqual([file.size, file.sha256, file.type, file.state, file.organisation],
      [size, sha256(bytes), 'application/pdf', 'stored', one.uscc]);
    const back = await content(one, file);
    assert.equal(back.status, 200, back.text.slice(0, 300));
    assert.ok(back.bytes.equals(bytes));
  });

for (const [type, make, suffix] of [['application/pdf', () => pdf('x'), 'pdf'], ['image/png', png, 'png'], ['image/jpeg', jpeg, 'jpg'], ['application/ofd', ofd, 'ofd']])
  test(`is taken: ${type}; downloaded as an attachment that runs nothing`, async () => {
    const file = await stored(one, make(), { type, name: encodeURIComponent(`营业执照 "正本".${suffix}`.replaceAll('"', '')) });
    const { headers } = await content(one, file);
    assert.equal(headers.get('content-type'), type);
    assert.equal(headers.get('content-disposition'),
      `attachment; filename="____ __.${suffix}"; filename*=UTF-8''${encodeURIComponent(`营业执照 正本.${suffix}`)}`);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('content-security-policy'), /(^|; )sandbox$/);
    assert.match(headers.get('cache-control'), /no-store/);
  });

for (const [what, bytes, type] of [
  ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'application/pdf'],
  ['a picture that is none', png(), 'image/jpeg'], ['a document that is a picture', png(), 'application/pdf'],
  ['a program', Buffer.concat([Buffer.from('7f454c46020101', 'hex'), Buffer.alloc(99)]), 'image/png'],
  ['a ZIP that is no OFD', zip('OFD.xml.exe', 'word/document.xml'), 'application/ofd'],
  ['half of a name in a ZIP', zip('OFD.xml').subarray(0, 33), 'application/ofd'],
  ['a drawing that can run', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png']])
  test(`is not taken: ${what}`, async () => assertProblem(await upload(one, bytes, { type }), 415, 'media-type'));

test('no other type is taken, whatever is in it', async () => {
  for (const type of ['application/zip', 'text/html', 'image/svg+xml', 'application/msword', 'application/json'])
    assertProblem(await upload(one, pdf('x'), { type }), 415, 'media-type');
});

const NAME_MAX = 120;
for (const [what, name] of [['a path', 'a/b.pdf'], ['a path of Windows', 'a\\b.pdf'], ['a stream', 'a.pdf:b'], ['above', '..'],
  ['hidden', '.pdf'], ['a device', 'CON.pdf'], ['a device of a number', 'com1'], ['a dot at its end', 'a.pdf.'], ['a blank before', ' a.pdf'],
  ['a direction that turns', 'a\u202efdp.exe'], ['no width', 'a\u200b.pdf'], ['quotes', 'a".pdf'], ['one character too many', 'a'.repeat(NAME_MAX + 1)],
  ['nothing', '']])
  test(`a name is refused: ${what}`, async () =>
    assertProblem(await upload(one, pdf('x'), { name: encodeURIComponent(name) }), 422, 'invalid'));

test('a name is refused that breaks its form, or is not there', async () => {
  for (const name of ['%', '%zz', '%ff', 'a%00b', 'a%0ab', null])
    assertProblem(await upload(one, pdf('x'), { name }), 422, 'invalid');
  const { body } = await upload(one, pdf('x'), { name: null });
  assert.deepEqual([body.errors[0].pointer, body.errors[0].code], ['/name', 'missing']);
});

test('a name may have as many characters as it may', async () => {
  const name = '证'.repeat(NAME_MAX - 4) + '.pdf';
  assert.match((await content(one, await stored(one, undefined, { name: encodeURIComponent(name) }))).headers.get('content-disposition'), /%E8%AF%81/);
});

test('what is empty is refused, and what is too large before it is sent', async () => {
  const empty = await upload(one, Buffer.alloc(0));
  assertProblem(empty, 422, 'invalid');
  assert.equal(empty.body.errors[0].code, 'empty');
  const started = Date.now();
  const late = await firstAnswer({ length: 50 * MIB + 1, key: one.token });
  assert.match(late, /^HTTP\/1\.1 413 /);
  assert.ok(Date.now() - started < 10_000);
});

// Only the head is sent, and perhaps some bytes: what is answered until the end.
function firstAnswer({ length, key, bytes = Buffer.alloc(0), ends = false, name = 'a.pdf', asks = false }) {
  const { hostname, port } = new URL(process.env.KLERO_URL);
  return new Promise((resolve, reject) => {
    const parts = [];
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/pdf\r\nIdempotency-Key: ${Math.random()}\r\n` +
        `Klero-File-Name: ${name}\r\n${key ? `Authorization: Bearer ${key}\r\n` : ''}Content-Length: ${length}\r\n${asks ? 'Expect: 100-continue\r\nConnection: close\r\n' : ''}\r\n`);
      if (!asks)
        socket.write(bytes);
      if (ends)
        socket.end();
    });
    socket.on('data', (part) => {
      parts.push(part);
      if (asks && /^HTTP\/1\.1 100 .*\r\n\r\n$/s.test(Buffer.concat(parts).toString()))
        socket.write(bytes);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts).toString()));
  });
}

test('nobody who may not store a file makes us read it', async () => {
  assert.match(await firstAnswer({ length: 40 * MIB, key: '0'.repeat(64) }), /^HTTP\/1\.1 401 /);
  const { token } = await person('supervisor');
  assert.match(await firstAnswer({ length: 40 * MIB, key: token }), /^HTTP\/1\.1 403 /);
});

test('who asks whether to go on is told so, or is refused before', async () => {
  const bytes = pdf('asked', 2 * MIB);
  assert.match(await firstAnswer({ length: bytes.length, key: one.token, bytes, asks: true }), /^HTTP\/1\.1 100 .*\r\n\r\nHTTP\/1\.1 201 /s);
  assert.match(await firstAnswer({ length: bytes.length, key: '0'.repeat(64), bytes, asks: true }), /^HTTP\/1\.1 401 /);
});

test('half of a file is none: 400, and no file', async () => {
  const count = () => sql(`SELECT COUNT(*) FROM file WHERE organisation = '${one.uscc}'`);
  const had = await count();
  const half = pdf('half', 2 * MIB);
  assert.match(await firstAnswer({ length: half.length + 1000, key: one.token, bytes: half, ends: true }), /^HTTP\/1\.1 400 /);
  assert.deepEqual(await count(), had);
});

test('the same again is the same file, and another under the same key is refused', async () => {
  const bytes = pdf('again');
  const idempotency = `again-${Math.random()}`;
  const first = await stored(one, bytes, { idempotency });
  assert.equal((await stored(one, bytes, { idempotency })).id, first.id);
  for (const [changed, options] of [[pdf('other')], [bytes, { name: 'other.pdf' }]])
    assertProblem(await upload(one, changed, { idempotency, ...options }), 422, 'idempotency-key-reused');
  assertProblem(await upload(one, bytes, { idempotency: null }), 428, 'precondition-required');
});

test('foreign is as absent, byte by byte; the keeper of the roll sees it whole', async () => {
  const file = await stored(one);
  for (const path of ['', '/content']) {
    const absent = await call('GET', `/v1/files/absent${path}`, { key: other });
    for (const key of [other, undefined, await person('owner'), await person('authority')]) {
      const reply = await call('GET', `/v1/files/${file.id}${path}`, { key });
      assertProblem(reply, 404, 'not-found');
      assert.equal(reply.text, absent.text);
    }
  }
  for (const role of ['reviewer', 'operator', 'supervisor', 'auditor'])
    assert.equal(must(await call('GET', `/v1/files/${file.id}`, { key: await person(role) }), 200).name, '证书.pdf');
  const own = must(await call('GET', '/v1/files', { key: one }), 200).items;
  assert.ok(own.some(({ id }) => id === file.id));
  assert.ok(!must(await call('GET', '/v1/files', { key: other }), 200).items.some(({ id }) => id === file.id));
});

test('who keeps the roll has the files of one whom he checks, with their names; who has none is as absent', async () => {
  const file = await stored(one);
  const path = `/v1/organisations/${one.uscc}/files`;
  const items = must(await call('GET', path, { key: await keeper() }), 200).items;
  assert.deepEqual(items.find(({ id }) => id === file.id), must(await call('GET', `/v1/files/${file.id}`, { key: one }), 200));
  assert.ok(items.every(({ organisation }) => organisation === one.uscc));
  assertProblem(await call('GET', path, { key: one }), 403, 'forbidden');
  assertProblem(await call('GET', path), 401, 'unauthenticated');
  const { uscc } = await institution();
  assertProblem(await call('GET', `/v1/organisations/${uscc}/files`, { key: await keeper() }), 404, 'not-found');
  assertProblem(await call('GET', '/v1/organisations/nobody/files', { key: await keeper() }), 404, 'not-found');
});

test('the log has its digest, size and type, and of its name a digest', async () => {
  const { id, sha256: digest } = await stored(one, undefined, { name: encodeURIComponent('张三丰身份证.pdf') });
  const [bytes] = await sql(`SELECT bytes FROM log_entry WHERE kind = 'file.stored' AND subject = '${id}'`);
  const { data } = JSON.parse(bytes);
  assert.deepEqual([data.sha256, data.type, data.organisation, data.name], [digest, 'application/pdf', one.uscc, undefined]);
  assert.ok(!bytes.includes('张三丰'));
  assert.match(data.private, /^[0-9a-f]{64}$/);
});

test('evidence that no file of one\'s own has is refused; foreign as absent', async () => {
  const who = await entered();
  const { sha256: digest } = await stored(other);
  const said = [];
  for (const evidence of [digest, sha256('nowhere')]) {
    const reply = await call('POST', '/v1/qualifications', { key: who, body: qualification({ evidence }) });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/evidence', 'no-file']]);
    said.push(reply.text);
  }
  assert.equal(said[0], said[1]);
  const file = await stored(who);
  must(await call('POST', '/v1/qualifications', { key: who, body: qualification({ evidence: file.sha256 }) }));
});

test('a registration is submitted with the files that it names, and told which are missing', async () => {
  const missing = sha256('nowhere');
  const draft = await begin({ licence: missing, qualifications: [qualification(), qualification({ evidence: missing })] });
  const reply = await act(draft, draft, 'submission');
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]).sort(),
    [['/licence', 'no-file'], ['/qualifications/1/evidence', 'no-file']]);
  const { sha256: digest } = await stored(draft);
  must(await act(draft, draft, 'amendment', { ...draft.body, licence: digest, qualifications: [qualification()] }), 200);
  must(await act(draft, draft, 'submission'), 200);
});

test('what is public names a file: then anybody may have it, under a name of ours; and not before', async () => {
  const draft = await submitted({ qualifications: [qualification({ evidence: digestOf('of the public') })] });
  const files = must(await call('GET', '/v1/files', { key: draft }), 200).items;
  const certificate = files.find((one) => one.sha256 === digestOf('of the public'));
  const licence = files.find((one) => one.sha256 === draft.body.licence);
  const more = await stored(draft);
  for (const file of [certificate, licence, more])
    assertProblem(await content(undefined, file), 404, 'not-found');
  must(await act(await keeper(), draft, 'pass'), 200);
  for (const file of [certificate, licence]) {
    const reply = await content(undefined, file);
    assert.equal(reply.status, 200);
    assert.equal(sha256(reply.bytes), file.sha256);
    assert.equal(reply.headers.get('content-disposition'), `attachment; filename="${file.sha256.slice(0, 16)}.pdf"`);
    assert.equal(must(await call('GET', `/v1/files/${file.id}`), 200).name, undefined);
  }
  assertProblem(await content(undefined, more), 404, 'not-found');
  assert.equal((await content(draft, more)).status, 200); // the account is of the institution now
});

test('what was declared and not looked at is not public', async () => {
  const who = await entered();
  const { id, sha256: digest } = await stored(who);
  const declared = must(await call('POST', '/v1/qualifications', { key: who, body: qualification({ evidence: digest }) }));
  assertProblem(await content(undefined, { id }), 404, 'not-found');
  must(await act(await keeper(), { path: `/v1/qualifications/${declared.id}` }, 'confirmation'), 200);
  assert.equal((await content(undefined, { id })).status, 200);
});

test('a browser has it by its cookie; one whose session has ended is nobody', async () => {
  const { invited, setUp, login } = persons({ call, adminCall });
  const who = await login(await setUp(await invited('institution', one.uscc)));
  const file = await stored(one);
  assert.equal((await content(undefined, file, byCookie(who))).status, 200);
  must(await call('POST', '/v1/sessions/current/end', { key: who, body: {} }), 200);
  assertProblem(await content(undefined, file, byCookie(who)), 404, 'not-found');
  assertProblem(await content(who, file), 401, 'unauthenticated');
});

test('a key that is for other things neither stores nor reads', async () => {
  const token = 'ab'.repeat(32);
  must(await adminCall('POST', '/v1/accounts', { body: { organisation: other.uscc, role: 'institution', key_hash: sha256(token), scopes: 'signup' } }));
  const file = await stored(other);
  assertProblem(await upload({ token }, pdf('x')), 403, 'scope');
  assertProblem(await content({ token }, file), 403, 'scope');
});

test('settings: the largest file, what one may have, what is sent at a time; each at its limit and past it', async () => {
  const it = await daemon({ upload_mb: 2, upload_mb_each: 5, download_mb: 50 });
  try {
    const mine = uploading(it);
    const who = await it.institution();
    const sized = (size) => pdf('', size - pdf('').length);
    assertProblem(await mine.upload(who, sized(2 * MIB + 1)), 413, 'too-large');
    must(await mine.upload(who, sized(2 * MIB)));
    must(await mine.upload(who, sized(2 * MIB)));
    assertProblem(await mine.upload(who, sized(MIB + 1)), 409, 'conflict');
    must(await mine.upload(who, sized(MIB)));
    assertProblem(await mine.upload(who, sized(100)), 409, 'conflict');
    must(await mine.upload(await it.institution(), sized(MIB)));
  } finally {
    await it.stop();
  }
});

test('what one may have is held exactly: of eight at a time those that fit are stored, and one that was stored is answered again', async () => {
  const it = await daemon({ upload_mb_each: 1 });
  try {
    const { upload: send } = uploading(it);
    const who = await it.institution();
    const quarter = (name) => pdf(name, MIB / 4 - pdf(name).length);
    const files = Array.from({ length: 8 }, (_, i) => [quarter(String(i)), { idempotency: `race-${i}` }]);
    const replies = await Promise.all(files.map(([bytes, options]) => send(who, bytes, options)));
    const taken = replies.flatMap(({ status }, i) => status === 201 ? [i] : []);
    assert.equal(taken.length, 4, replies.map(({ status }) => status).join());
    for (const reply of replies.filter((_, i) => !taken.includes(i)))
      assertProblem(reply, 409, 'conflict');
    assert.deepEqual(await it.sql('SELECT COUNT(*), SUM(size) FROM file'), [`4\t${MIB}`]);
    for (const i of taken)
      assert.equal(must(await send(who, ...files[i])).id, replies[i].body.id);
    assertProblem(await send(who, pdf('one more')), 409, 'conflict');
  } finally {
    await it.stop();
  }
});

test('killed between the parts and the act, there is no file, and the parts are swept after their hours', async () => {
  const it = await daemon({ sweep_s: 1, orphan_hours: 2 });
  const parts = () => it.sql('SELECT file, COUNT(*) FROM file_part GROUP BY file');
  try {
    const mine = uploading(it);
    const who = await it.institution();
    const kept = must(await mine.upload(who, pdf('kept', 2 * MIB)));
    const cut = it.call('POST', '/v1/files', { key: who, body: pdf('lost', 40 * MIB),
      headers: { 'content-type': 'application/pdf', 'klero-file-name': 'a.pdf' } }).catch(() => null);
    await until(async () => (await parts()).length > 1, 'a part of what is lost');
    await it.kill();
    await cut;
    await it.start();
    assert.equal((await it.sql('SELECT id FROM file')).length, 1);
    assert.equal((await parts()).length, 2); // too young
    assert.deepEqual((await it.fsck()).findings, []);
    await it.sql('UPDATE file_part SET made_at = made_at - INTERVAL 6900 SECOND');
    await it.sql("INSERT INTO totp_use VALUES ('x', 1)");
    await until(async () => (await it.sql('SELECT * FROM totp_use')).length === 0, 'a whole sweeping');
    assert.equal((await parts()).length, 2); // still
    await it.sql('UPDATE file_part SET made_at = made_at - INTERVAL 300 SECOND');
    await until(async () => (await parts()).length === 1, 'the sweeping');
    const back = await it.call('GET', `/v1/files/${kept.id}/content`, { key: who });
    assert.equal(sha256(back.bytes), kept.sha256);
    assert.deepEqual((await it.fsck()).findings, []);
  } finally {
    await it.stop();
  }
});

test('sessions and codes that are long over are swept, and those that are not are kept', async () => {
  const it = await daemon({ sweep_s: 1, session_s: 3600, session_days: 1 });
  try {
    const who = await persons(it).loggedIn('owner');
    const old = await persons(it).loggedIn('owner');
    const sessions = () => it.sql('SELECT id FROM session');
    await it.sql(`UPDATE session SET made_at = UTC_TIMESTAMP(6) - INTERVAL 86400 + 3600 - 300 SECOND WHERE id = '${old.session}'`);
    await it.sql("INSERT INTO totp_use VALUES ('x', FLOOR(UNIX_TIMESTAMP() / 30) - 121), ('x', FLOOR(UNIX_TIMESTAMP() / 30) - 60)");
    await until(async () => (await it.sql("SELECT * FROM totp_use WHERE account = 'x'")).length === 1, 'an old code to go');
    assert.equal((await sessions()).length, 2);
    await it.sql(`UPDATE session SET made_at = made_at - INTERVAL 310 SECOND WHERE id = '${old.session}'`);
    await until(async () => (await sessions()).length === 1, 'an old session to go');
    assert.deepEqual(await sessions(), [who.session]);
  } finally {
    await it.stop();
  }
});
