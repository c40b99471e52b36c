// klero witness over HTTP: the golden exchanges, and whatever becomes of its
// process, its file, its clock and its clients, it never cosigns two trees of
// one size.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../api/client.mjs';
import { root } from '../api/installation.mjs';
import { leafHash } from '../api/merkle.mjs';
import { cosignatures, cosignedBy, seedOf, SignedLog, Witness } from '../api/witness.mjs';
import { fakeClock } from '../faults/faked.mjs';

const REFUSED = 78; // a person must look
const BODY_MAX = 1 << 16;
const BODY_S = 20;
const SLACK_MS = 10_000;
const RIVALS = 12; // submissions at a time, half of them of another tree

const golden = JSON.parse(readFileSync(join(root, 'tests/vectors/tlog/golden/golden_witness.json'), 'utf8'));
const homes = mkdtempSync(join(tmpdir(), 'klero-witness-'));
const running = [];
after(async () => {
  await Promise.all(running.map((witness) => witness.stop()));
  rmSync(homes, { recursive: true });
});

let made = 0;
function aWitness(options = {}) {
  const witness = new Witness(join(homes, String(++made)), { name: 'witness.example/one', logs: [log.vkey], ...options });
  assert.equal(witness.init().status, 0);
  running.push(witness);
  return witness;
}

const log = new SignedLog('log.example/witnessed', seedOf('a log'));
const leaves = (size, first = 'first') => Array.from({ length: size }, (_, i) => leafHash(Buffer.from(i === 0 ? first : `leaf ${i}`)));
const textOf = (note) => note.slice(0, note.lastIndexOf('\n\n') + 1);

// Time that stands at this second, on the witness alone.
function standAt(witness, seconds) {
  const it = { home: witness.home, build: process.env.KLERO_BUILD ?? join(root, 'build/asan') };
  fakeClock(it);
  witness.before = it.before;
  witness.env = { TZ: 'UTC' };
  const set = (time) => writeFileSync(join(witness.home, 'clock'), `${new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ')}\n`);
  set(seconds);
  return set;
}

// --- the exchanges ------------------------------------------------------------------

test('the golden exchanges, byte for byte, across restarts', async () => {
  const { name, seed_hex: seed, vkey } = golden.witness;
  const witness = aWitness({ name, seed, logs: [golden.log.vkey] });
  assert.equal(witness.vkey, vkey);
  standAt(witness, golden.time);
  await witness.start();
  for (const [i, step] of golden.steps.entries()) {
    const { status, type, text } = await witness.add(step.request);
    assert.equal(status, step.status, `${step.desc}: ${text}`);
    if (step.response !== undefined)
      assert.equal(text, step.response, step.desc);
    if (step.content_type)
      assert.equal(type, step.content_type);
    if (i % 5 === 4) { // and in between it is another process
      await (i % 2 ? witness.stop() : witness.kill());
      await witness.start();
    }
  }
  const { status, type, text } = await witness.latest(golden.log.name);
  assert.deepEqual([status, type], [200, 'text/plain; charset=utf-8']);
  const [, last] = golden.steps.at(-3).request.match(/\n\n([^]*)$/);
  assert.equal(text, last + golden.steps.at(-3).response);
  assert.match(witness.text(), /"event":"witness_fork".*"size":257/, 'the proof of a fork is told');
});

test('what it cosigned can be looked at, below its prefix', async () => {
  const witness = await aWitness({ prefix: '/some/where' }).start();
  assert.equal((await witness.latest(log.origin)).status, 404);
  const { status, text } = await witness.add(log.request(0, leaves(3)));
  assert.equal(status, 200, text);
  assert.ok(cosignedBy(witness.vkey, textOf(log.note(leaves(3))), text));
  assert.equal((await witness.latest(log.origin)).text, log.note(leaves(3)) + text);
  const shown = await witness.latest(log.origin, 'HEAD');
  assert.deepEqual([shown.status, shown.text], [200, '']);
  const statusOf = async (method, path, headers) => (await fetch(witness.url + path, { method, headers })).status;
  assert.equal(await statusOf('GET', '/healthz'), 200);
  for (const path of ['/', '/add-checkpoint', '/some/where', '/some/where/add-checkpoint/', '/some/where/00/checkpoint',
    `/some/where/${'A'.repeat(64)}/checkpoint`, `/some/where/${'0'.repeat(64)}/checkpoints`])
    assert.equal(await statusOf('GET', path), 404, path);
  const wrong = await fetch(`${witness.url}/some/where/add-checkpoint`);
  assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'POST']);
});

test('it is asked by its name only, and for no more than its limit', async () => {
  const witness = await aWitness().start();
  const send = async (bytes) => {
    const socket = connect(witness.port, '127.0.0.1');
    socket.setEncoding('latin1').write(bytes);
    const parts = [];
    socket.on('data', (part) => parts.push(part));
    await once(socket, 'close');
    return parts.join('').slice(0, 12);
  };
  const post = (host, size) => `POST /add-checkpoint HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`;
  assert.equal(await send(post('localhost', 5)), 'HTTP/1.1 400');
  assert.equal(await send(post('elsewhere.example', 5)), 'HTTP/1.1 421');
  assert.equal(await send(post('localhost', BODY_MAX)), 'HTTP/1.1 400');
  assert.equal(await send(post('localhost', BODY_MAX + 1)), 'HTTP/1.1 413');
});

test('who drips a body is told, and keeps nobody else waiting', async () => {
  const witness = await aWitness().start();
  const socket = connect(witness.port, '127.0.0.1').setEncoding('latin1');
  const from = Date.now();
  let answer = '';
  socket.on('data', (part) => { answer += part; }).on('error', () => {});
  socket.write('POST /add-checkpoint HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nold 0');
  const drip = setInterval(() => socket.write('\n'), 250);
  assert.equal((await witness.add(log.request(0, leaves(2)))).status, 200);
  await once(socket, 'close');
  clearInterval(drip);
  assert.ok(Date.now() - from < BODY_S * 1000 + SLACK_MS, 'its time was over long ago');
  assert.match(answer, /^HTTP\/1\.1 408 /);
});

// --- never two trees of one size ------------------------------------------------------

test('of rival trees of one size one is cosigned', async () => {
  const logs = Array.from({ length: 4 }, (_, i) => new SignedLog(`log.example/${i}`, seedOf(`log ${i}`)));
  const witness = await aWitness({ logs: logs.map(({ vkey }) => vkey) }).start();
  const trees = ['one', 'other'].map((first) => leaves(5, first));
  await Promise.all(logs.map(async (each) => {
    const replies = await Promise.all(Array.from({ length: RIVALS }, async (_, i) =>
      ({ tree: i % 2, ...await witness.add(each.request(0, trees[i % 2])) })));
    const cosigned = replies.filter(({ status }) => status === 200);
    assert.equal(cosigned.length, 1); // to the others 0 is not what it knows
    assert.ok(replies.every(({ status, text }) => status === 200 || (status === 409 && text === '5\n')));
    const [{ tree }] = cosigned;
    assert.equal((await witness.add(each.request(5, trees[1 - tree]))).status, 422);
    assert.equal((await witness.add(each.request(5, trees[tree]))).status, 200);
    const grown = await Promise.all([0, 1].map((i) => witness.add(each.request(5, [...trees[i], ...leaves(9)]))));
    assert.equal(grown[tree].status, 200);
    assert.ok([409, 422].includes(grown[1 - tree].status));
  }));
  await witness.stop();
  await witness.start();
  for (const each of logs)
    assert.match((await witness.latest(each.origin)).text, new RegExp(`^${each.origin}\n14\n`));
});

test('killed between its file and its answer, it remembers', async () => {
  const witness = aWitness();
  // Its first answer is the first thing it sends at all.
  witness.before = ['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-o', join(witness.home, 'strace'),
    '-e', 'trace=sendto,sendmsg,writev', '-e', 'inject=sendto,sendmsg,writev:signal=KILL:when=1'];
  await witness.start();
  const { ended } = witness.process;
  await assert.rejects(witness.add(log.request(0, leaves(4))), 'it was answered');
  await ended;
  witness.before = [];
  await witness.start();
  assert.match((await witness.latest(log.origin)).text, /^log.example\/witnessed\n4\n/);
  const again = await witness.add(log.request(0, leaves(4)));
  assert.deepEqual([again.status, again.type, again.text], [409, 'text/x.tlog.size', '4\n']);
  assert.equal((await witness.add(log.request(4, leaves(4, 'another')))).status, 422);
  assert.equal((await witness.add(log.request(4, leaves(4)))).status, 200);
});

test('what is not on the disk is not cosigned', async () => {
  const witness = aWitness();
  for (const [call, nth] of [['fsync', 1], ['fsync', 2], ['rename', 1]]) {
    witness.before = ['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-o', join(witness.home, 'strace'),
      '-e', `trace=${call}`, '-e', `inject=${call}:error=EIO:when=${nth}`];
    await witness.start();
    const before = Number((await witness.latest(log.origin)).text.split('\n')[1] ?? 0) || 0;
    const failed = await witness.add(log.request(before, leaves(before + 1)));
    assert.equal(failed.status, 503, `${call} ${nth}`);
    assert.equal(failed.headers.get('retry-after'), '1');
    assert.match(witness.text(), /"event":"witness_state".*"reason":"Input\/output error"/);
    assert.equal(Number((await witness.latest(log.origin)).text.split('\n')[1] ?? 0) || 0, before);
    assert.equal((await witness.add(log.request(before, leaves(before + 1)))).status, 200);
    await witness.kill();
  }
});

test('its time never goes back', async () => {
  const witness = aWitness();
  const set = standAt(witness, 1_800_000_000);
  await witness.start();
  const add = async (old, size) => {
    const { status, text } = await witness.add(log.request(old, leaves(size)));
    return status === 200 ? cosignatures(text)[0].time : status;
  };
  assert.equal(await add(0, 1), 1_800_000_000);
  set(1_799_999_999);
  assert.equal(await add(1, 2), 503);
  assert.equal(await add(1, 1), 503);
  assert.match(witness.text(), /"event":"witness_clock"/);
  set(1_800_000_000);
  assert.equal(await add(1, 2), 1_800_000_000);
  await witness.stop();
  set(1_799_999_999);
  assert.equal(await witness.refuses(), REFUSED);
  set(1_800_000_007);
  await witness.start();
  assert.equal(await add(2, 2), 1_800_000_007);
});

// --- its file ---------------------------------------------------------------------------

test('without its file, or with another, it does not begin', async () => {
  const witness = aWitness();
  assert.equal(witness.init().status, 1, 'one is there');
  await witness.start();
  assert.equal((await witness.add(log.request(0, leaves(6)))).status, 200);
  const beside = new Witness(join(homes, 'beside'), { name: witness.name, logs: [log.vkey] });
  beside.state = witness.state;
  assert.equal(await beside.refuses(), 1, 'in use');
  await witness.stop();
  const bytes = readFileSync(witness.state);
  const spoilt = [Buffer.alloc(0), bytes.subarray(0, -1), bytes.subarray(1), Buffer.concat([bytes, Buffer.from('\n')])];
  for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 8))
    spoilt.push(Buffer.from(bytes.map((byte, i) => i === at ? byte ^ 1 : byte)));
  for (const each of spoilt) {
    writeFileSync(witness.state, each);
    assert.equal(await witness.refuses(), REFUSED);
  }
  assert.match(witness.text(), /"reason":"it is damaged"/);
  rmSync(witness.state);
  assert.equal(await witness.refuses(), REFUSED);
  writeFileSync(witness.state, bytes);
  const other = new Witness(join(homes, 'other'), { name: 'witness.example/two', logs: [log.vkey] });
  other.state = witness.state;
  assert.equal(await other.refuses(), REFUSED);
  assert.match(other.text(), /that of another witness/);
  await witness.start();
  assert.equal((await witness.add(log.request(6, leaves(7)))).status, 200);
});

test('a log that is trusted no more is not forgotten', async () => {
  const other = new SignedLog('log.example/other', seedOf('another log'));
  const witness = aWitness({ logs: [log.vkey, other.vkey] });
  await witness.start();
  assert.equal((await witness.add(log.request(0, leaves(6)))).status, 200);
  await witness.stop();
  witness.trust([other.vkey]);
  await witness.start();
  assert.equal((await witness.add(log.request(6, leaves(7)))).status, 404);
  assert.equal((await witness.add(other.request(0, leaves(7)))).status, 200);
  await witness.stop();
  witness.trust([other.vkey, log.vkey]);
  await witness.start();
  assert.equal((await witness.add(log.request(0, leaves(6)))).text, '6\n');
});

test('it wants logs to witness, of which it is none', async () => {
  const witness = aWitness({ logs: [] });
  assert.equal(await witness.refuses(), REFUSED);
  const seed = seedOf(witness.name);
  witness.trust([new SignedLog('log.example/own', seed).vkey]);
  assert.equal(await witness.refuses(), REFUSED);
  assert.match(witness.text(), /our key is that of a log/);
});

test('it stops when it is told to, with every answer given', async () => {
  const witness = await aWitness().start();
  assert.equal((await witness.add(log.request(0, leaves(1)))).status, 200);
  await witness.stop();
  await until(() => /"event":"stopped"/.test(witness.text()), 'the end');
});
