// The log of a running klerod as strangers see it: Sigstore's verifier accepts
// its checkpoint and its proofs, klero log check finds its copy good, and names
// each byte of the copy that somebody altered.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { daemon, must, program, until } from '../api/client.mjs';
import { lie } from '../api/liar.mjs';
import { checkpointOf, entriesOf, tilePath } from '../api/merkle.mjs';
import { sigstore } from './sigstore.mjs';

const WIDTH = 256;
const HASH = 32;
const ENTRANTS = 3; // enough for a draw
const SIGNUP_S = 20; // enough for them on a machine that stands still now and then

let it, copy, log, vkey;
const receipts = [];

// Sign up and keep the answer, which holds the receipt.
async function signUp(notice, institution) {
  const reply = await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: institution, body: {} });
  must(reply);
  const file = join(it.home, `receipt-${receipts.length}.json`);
  writeFileSync(file, reply.text);
  receipts.push(file);
  return Number(reply.headers.get('klero-log-size'));
}

const read = (path) => readFileSync(join(copy, path));
const write = (path, bytes) => {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), bytes);
};

// Every file of a log of so many entries, below /log/.
function pathsOf(size) {
  const paths = [];
  const add = (level, count) => {
    for (let index = 0; index * WIDTH < count; index++)
      paths.push(tilePath(level, index, Math.min(WIDTH, count - index * WIDTH)));
  };
  add('entries', size);
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / WIDTH))
    add(level, count);
  return paths;
}

// What anybody can do with curl: the checkpoint, then what it covers.
async function fetchLog() {
  const note = must(await it.call('GET', '/log/checkpoint'), 200, 'text');
  const { size } = checkpointOf(note);
  for (const path of pathsOf(size))
    write(path, must(await it.call('GET', `/log/${path}`), 200, 'bytes'));
  write('checkpoint', note);
  return { note, size, entries: pathsOf(size).filter((path) => path.startsWith('tile/entries')).flatMap((path) => entriesOf(read(path))) };
}

before(async () => {
  it = await daemon();
  copy = join(it.home, 'copy');
  await it.people();
  const institutions = [];
  for (let i = 0; i <= ENTRANTS; i++)
    institutions.push(await it.institution());
  const opened = await it.aNotice({ signup_s: SIGNUP_S });
  await Promise.all(institutions.slice(0, ENTRANTS).map((institution) => signUp(opened, institution)));
  await Promise.all(Array.from({ length: WIDTH }, (_, i) =>
    it.adminCall('POST', '/v1/organisations', { body: { id: `served-${i}`, name: '公开日志' } }).then((reply) => must(reply))));
  await it.waitFor(it.drawOf(opened, [], {}), 'drafted');
  const size = await signUp(await it.aNotice({ signup_s: 3600 }), institutions[ENTRANTS]); // stays sealed
  await until(async () => checkpointOf((await it.call('GET', '/log/checkpoint')).text).size >= size, 'the checkpoint');
  log = await fetchLog();
  vkey = program('klero', ['keygen', '--show', '--log', it.origin, join(it.home, 'keys/log.key')]).stdout.trim();
  writeFileSync(join(it.home, 'trust.txt'), `log ${vkey}\nquorum none\n`);
});
after(() => it.stop());

const check = (from, ...options) =>
  program('klero', ['log', 'check', from, '--json', '--trust', join(it.home, 'trust.txt'), ...options]);

test('Sigstore accepts the checkpoint and every proof of it', async () => {
  const { verify } = sigstore(vkey);
  for (let index = 0; index < log.size; index += 7) {
    const text = must(await it.call('GET', `/v1/log/proof?index=${index}`), 200, 'text');
    const end = text.indexOf('\n\n');
    const hashes = text.slice(0, end).split('\n').slice(2).map((line) => Buffer.from(line, 'base64'));
    const envelope = text.slice(end + 2);
    verify(log.entries[index], index, hashes, envelope);
    assert.throws(() => verify(log.entries[index ^ 1], index, hashes, envelope));
    assert.throws(() => verify(log.entries[index], index, hashes, envelope.replace(/\n\d+\n/, (n) => `\n${Number(n) + 1}\n`)));
  }
});

test('served and as a copy it is good, and keeps its promises', () => {
  for (const from of [`${it.url}/log`, copy]) {
    const { status, stdout, stderr } = check(from, ...receipts.flatMap((file) => ['--receipt', file]));
    assert.equal(status, 0, stdout + stderr);
    const said = JSON.parse(stdout);
    assert.deepEqual([said.good, said.anchored, said.opened, said.sealed], [true, true, ENTRANTS, 1]);
    assert.deepEqual(Object.values(said.receipts), Array(ENTRANTS + 1).fill(true));
    assert.ok(said.size >= log.size);
  }
});

// One bit of one byte of a copied file, put right again afterwards.
function withAltered(path, at, look) {
  const good = read(path);
  const bad = Buffer.from(good);
  bad[at] ^= 1;
  write(path, bad);
  try {
    return look(JSON.parse(check(copy).stdout).fault ?? {});
  } finally {
    write(path, good);
  }
}

test('each byte of the checkpoint counts', () => {
  for (let at = 0; at < read('checkpoint').length; at++)
    withAltered('checkpoint', at, ({ code, path }) => {
      assert.ok(['checkpoint-form', 'signature', 'untrusted'].includes(code), `byte ${at}: ${code}`);
      assert.equal(path, 'checkpoint');
    });
});

test('an altered hash is named, in every tile', () => {
  const tiles = pathsOf(log.size).filter((path) => !path.startsWith('tile/entries'));
  assert.ok(tiles.some((path) => path.startsWith('tile/1/')));
  for (const tile of tiles) {
    const [, level, index] = tile.match(/^tile\/(\d)\/(\d{3})/).map(Number);
    const span = WIDTH ** level; // entries below one hash
    for (const at of [0, HASH - 1, HASH * Math.floor(read(tile).length / HASH / 2), read(tile).length - 1])
      if (at < read(tile).length)
        withAltered(tile, at, (fault) => assert.deepEqual([fault.code, fault.path, fault.index],
          [level ? 'tile-hash' : 'leaf-hash', tile, ((index * WIDTH + Math.floor(at / HASH)) + 1) * span - 1], `${tile} ${at}`));
  }
});

test('an altered byte of an entry is named, wherever it stands', () => {
  for (const bundle of pathsOf(log.size).filter((path) => path.startsWith('tile/entries'))) {
    const first = Number(bundle.match(/(\d{3})/)[1]) * WIDTH;
    const entries = entriesOf(read(bundle));
    let start = 0;
    for (const [i, entry] of entries.entries()) {
      if ([0, 1, entries.length >> 1, entries.length - 1].includes(i)) {
        // Its size, which shifts all that follows.
        for (const at of [start, start + 1])
          withAltered(bundle, at, ({ code, path, index }) => {
            assert.ok(code === 'bundle' || code === 'leaf-hash', code);
            assert.ok(path === bundle || path.startsWith('tile/0/'), path);
            assert.ok(index === undefined || index >= first + i, `${index}`);
          });
        for (const at of [0, entry.length >> 1, entry.length - 1])
          withAltered(bundle, start + 2 + at, ({ code, path, index }) =>
            assert.deepEqual([code, path, index], ['leaf-hash', bundle.replace('entries', '0'), first + i]));
      }
      start += 2 + entry.length;
    }
  }
});

test('what is missing or cut short is named', () => {
  for (const path of pathsOf(log.size)) {
    const good = read(path);
    write(path, good.subarray(0, -1));
    assert.equal(JSON.parse(check(copy).stdout).fault.path, path);
    write(path, Buffer.concat([good, good.subarray(0, 1)]));
    assert.equal(JSON.parse(check(copy).stdout).fault.path, path);
    write(path, good);
  }
  assert.equal(check(copy).status, 0);
});

test('who is told that the log is busy asks again', async () => {
  const klero = join(process.env.KLERO_BUILD ?? 'build/asan', 'klero');
  const liar = await lie(() => it.url);
  let left = 2;
  liar.answer = ({ path }) => path.includes('/tile/') && left-- > 0 && { status: 503, body: '' };
  const { stdout } = await promisify(execFile)(klero, ['log', 'check', `${liar.url}/log`]);
  assert.ok(left < 0 && stdout.length > 0);
  await liar.close();
});
