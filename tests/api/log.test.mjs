// The log over HTTP: tiles that give the signed root, proofs, names, limits.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { adminCall, assertProblem, call, must, sql, until } from './client.mjs';
import { sha256 } from './keys.mjs';
import { checkpointOf, consistencyOf, entriesOf, leafHash, rootFromProof, rootOf, tilePath } from './merkle.mjs';

const TILE = 256;
const enrol = (id = `log-${randomUUID().slice(0, 8)}`) =>
  adminCall('POST', '/v1/organisations', { body: { id, name: `日志测试 ${id}` } });

async function checkpoint() {
  const reply = await call('GET', '/log/checkpoint');
  assert.equal(reply.status, 200);
  return { ...checkpointOf(reply.text), note: reply.text, headers: reply.headers };
}

// A checkpoint that covers `size` entries.
const covering = (size) => until(async () => {
  const now = await checkpoint();
  return now.size >= size && now;
}, `a checkpoint of ${size}`);

const tile = (...path) => call('GET', `/log/${tilePath(...path)}`);

// Every entry below `size`, from the bundles.
async function allEntries(size) {
  const entries = [];
  for (let n = 0; n * TILE < size; n++) {
    const reply = await tile('entries', n, Math.min(TILE, size - n * TILE));
    assert.equal(reply.status, 200, reply.text);
    entries.push(...entriesOf(reply.bytes));
  }
  return entries;
}

let log_key;
before(async () => {
  // More than one full tile, so that there is something to get wrong.
  const { size } = await checkpoint();
  const replies = await Promise.all(Array.from({ length: Math.max(0, TILE + 20 - size) }, () => enrol()));
  const last = Math.max(size, ...replies.map((reply) => Number(reply.headers.get('klero-log-size'))));
  await covering(last);
  const first = JSON.parse((await allEntries(1))[0]);
  assert.equal(first.kind, 'log.opened');
  ({ log_key } = first.data);
});

test('entries and tiles give the root that the log key signed', async () => {
  const signed = await checkpoint();
  assert.ok(signed.verifiedBy(log_key));
  assert.equal(signed.extension, '');
  const leaves = (await allEntries(signed.size)).map(leafHash);
  assert.equal(leaves.length, signed.size);
  assert.deepEqual(rootOf(leaves), signed.root);
  for (let n = 0; n * TILE < signed.size; n++) {
    const width = Math.min(TILE, signed.size - n * TILE);
    const { bytes } = await tile(0, n, width);
    assert.deepEqual(bytes, Buffer.concat(leaves.slice(n * TILE, n * TILE + width)));
  }
  const above = Math.floor(signed.size / TILE);
  const { bytes } = await tile(1, 0, above);
  assert.deepEqual(bytes,
    Buffer.concat(Array.from({ length: above }, (_, n) => rootOf(leaves.slice(n * TILE, (n + 1) * TILE)))));
});

test('an entry is canonical and says who, when, what', async () => {
  const { size } = await checkpoint();
  let at = '';
  for (const bytes of await allEntries(size)) {
    const entry = JSON.parse(bytes);
    assert.deepEqual(Object.keys(entry), ['at', 'by', 'data', 'id', 'kind', 'seq', 'subject', 'v']);
    assert.match(entry.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.ok(entry.at >= at, 'time never goes back');
    ({ at } = entry);
    if (entry.kind === 'sealed')
      assert.deepEqual([entry.by, entry.subject, Object.keys(entry.data)], [{}, '-', ['digest']]);
  }
});

test('a partial tile is the beginning of the full one, for ever', async () => {
  const full = await tile(0, 0);
  assert.equal(full.bytes.length, TILE * 32);
  for (const width of [1, 2, 100, 255])
    assert.deepEqual((await tile(0, 0, width)).bytes, full.bytes.subarray(0, width * 32));
  const bundle = entriesOf((await tile('entries', 0)).bytes);
  assert.deepEqual(entriesOf((await tile('entries', 0, 7)).bytes), bundle.slice(0, 7));
  assert.equal(full.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal(full.headers.get('content-type'), 'application/octet-stream');
});

test('what is not published, and what has another name, is not there', async () => {
  const { size } = await checkpoint();
  const far = Math.floor(size / TILE) + 2;
  const names = [
    tilePath(0, far), tilePath(0, far, 1), tilePath(1, 0), tilePath(7, 0, 1), tilePath(8, 0, 1),
    tilePath('entries', far), 'tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/01', 'tile/00/000',
    'tile/0/0', 'tile/0/0000', 'tile/0/x000/000', 'tile/0/000/', 'tile/0/000.p', 'tile/0/-01',
    'tile/entries', 'tile/64/000', 'tile/0/x001', 'tile/data/000', 'tile/0/%30%30%30',
  ];
  for (const name of names) {
    const reply = await call('GET', `/log/${name}`);
    assert.ok(reply.status === 404 || reply.status === 400, `${name}: ${reply.status}`);
    assert.equal(reply.headers.get('cache-control'), 'no-store', name);
  }
});

test('a checkpoint is fresh, and a new one follows an act at once', async () => {
  const before = await checkpoint();
  assert.equal(before.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.equal(before.headers.get('cache-control'), 'public, max-age=1');
  const reply = await enrol();
  const size = Number(reply.headers.get('klero-log-size'));
  const after = await covering(size);
  assert.ok(after.size > before.size);
  const leaves = (await allEntries(after.size)).map(leafHash);
  assert.deepEqual(rootOf(leaves.slice(0, before.size)), before.root, 'the old tree is the beginning of the new');
});

test('a proof leads from an entry to the root', async () => {
  const entries = await allEntries((await checkpoint()).size);
  for (const index of [0, 1, TILE - 1, TILE, entries.length - 1]) {
    const reply = await call('GET', `/v1/log/proof?index=${index}`);
    assert.equal(reply.headers.get('content-type'), 'text/plain; charset=utf-8');
    const [head, note] = [reply.text.slice(0, reply.text.indexOf('\n\n')), reply.text.slice(reply.text.indexOf('\n\n') + 2)];
    const [version, line, ...hashes] = head.split('\n');
    assert.deepEqual([version, line], ['c2sp.org/tlog-proof@v1', `index ${index}`]);
    const signed = checkpointOf(note);
    assert.ok(signed.verifiedBy(log_key));
    const path = hashes.map((text) => Buffer.from(text, 'base64'));
    assert.deepEqual(rootFromProof(index, signed.size, leafHash(entries[index]), path), signed.root);
    assert.notDeepEqual(rootFromProof(index, signed.size, leafHash(Buffer.from('{}')), path), signed.root);
  }
});

test('a consistency proof is that of the leaves', async () => {
  const { size } = await checkpoint();
  const leaves = (await allEntries(size)).map(leafHash);
  for (const old of [1, 2, TILE - 1, TILE, TILE + 1, size]) {
    const { body } = await call('GET', `/v1/log/consistency?old=${old}&new=${size}`);
    assert.deepEqual([body.old, body.new], [old, size]);
    assert.deepEqual(body.hashes, consistencyOf(leaves, old).map((step) => step.toString('base64')));
  }
  const { body } = await call('GET', '/v1/log/consistency?old=1');
  assert.ok(body.new >= size, 'to the published checkpoint unless said');
});

test('a proof is asked for within the published log', async () => {
  const { size } = await checkpoint();
  assert.equal((await call('GET', `/v1/log/proof?index=${size - 1}`)).status, 200);
  for (const query of ['', '?index=', '?index=-1', '?index=x', `?index=${size + 1000}`, '?index=0&size=1'])
    assertProblem(await call('GET', `/v1/log/proof${query}`), 422, 'invalid');
  for (const query of ['', '?old=0', `?old=1&new=${size + 1000}`, '?old=3&new=2', '?old=1&new=0'])
    assertProblem(await call('GET', `/v1/log/consistency${query}`), 422, 'invalid');
});

// No entry names them: what we forged goes again.
const forged = [];
after(() => sql(`DROP TRIGGER log_text_stays; DELETE FROM log_text WHERE sha256 IN (${forged.join()});
  CREATE TRIGGER log_text_stays BEFORE DELETE ON log_text FOR EACH ROW
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the log only grows'`));

test('a text stands beside the log once a checkpoint covers it', async () => {
  const text = `第一行\n${randomUUID()}\n`;
  const digest = sha256(text);
  const path = `/log/texts/${digest}`;
  assertProblem(await call('GET', path), 404, 'not-found');
  const { size } = await checkpoint();
  const store = (index) => {
    forged.push(`UNHEX('${sha256(text + index)}')`);
    return sql(`INSERT INTO log_text (sha256, event_index, bytes) VALUES (${forged.at(-1)}, ${index}, '${text}')`);
  };
  await store(size + 1000);
  assertProblem(await call('GET', `/log/texts/${sha256(text + (size + 1000))}`), 404, 'not-found');
  await store(size - 1);
  const reply = await call('GET', `/log/texts/${sha256(text + (size - 1))}`);
  assert.equal(must({ ...reply, body: reply.text }, 200), text);
  assert.equal(reply.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  for (const name of [digest.toUpperCase(), digest.slice(1), `${digest}0`, 'x'])
    assertProblem(await call('GET', `/log/texts/${name}`), 404, 'not-found');
});

test('the daemon may not change what is in the log', async () => {
  const refused = [
    ['klero_writer', "UPDATE log_entry SET kind = 'x'"], ['klero_writer', 'DELETE FROM log_entry'],
    ['klero_writer', 'UPDATE log_tile SET idx = 9'], ['klero_writer', 'DELETE FROM log_checkpoint'],
    ['klero_writer', 'DELETE FROM log_head'], ['klero_writer', "UPDATE log_text SET bytes = ''"],
    ['klero_writer', 'DELETE FROM idempotency'], ['klero_writer', 'DELETE FROM event_private'],
    ['klero_upkeep', 'DELETE FROM log_checkpoint'], ['klero_upkeep', "INSERT INTO log_entry SET idx = 9"],
    ['klero_upkeep', 'UPDATE log_head SET size = 0'], ['klero_reader', 'UPDATE log_head SET size = 0'],
    ['klero_reader', 'SELECT * FROM event_private'], ['klero_reader', 'SELECT * FROM idempotency'],
  ];
  for (const [user, text] of refused)
    await assert.rejects(sql(text, user), /denied/, `${user}: ${text}`);
});

test('not even the owner of the schema changes the log by mistake', async () => {
  for (const text of ["UPDATE log_entry SET kind = 'x' WHERE idx = 0", 'DELETE FROM log_entry WHERE idx = 0',
    'UPDATE log_checkpoint SET size = 9', 'DELETE FROM log_tile', 'DELETE FROM log_text', 'DELETE FROM log_head',
    'UPDATE log_head SET size = size - 1', 'UPDATE log_head SET fence = 0', "UPDATE log_head SET root = ''"])
    await assert.rejects(sql(text), /the log only grows|cannot be null/, text);
});
