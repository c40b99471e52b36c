// klero log check beside what others have kept of a log: receipts, proofs, and what
// witnesses have cosigned last.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  ORIGIN, program, at, klero, done, check, sha256, canonical, vkey, timeOf, idOf, START, event, opening,
  published, signUp, eventsOf, checkpointOf, cosignedAt, trustWitness, logOf, receiptOf, assertFault,
} from './logs.mjs';

// --- receipts ------------------------------------------------------------------------------

test('what was promised is there', () => {
  const signup = signUp(2);
  const events = [opening(), published(1, 'n', 5), signup.sealed];
  const { salt, event: text } = signup.opened(3, 2).data;
  const folder = logOf('receipts', events);
  const kept = receiptOf('kept.json', signup.sealed, 2, { more: { salt, event: text } });
  const bare = receiptOf('bare.json', events[1], 1);
  const said = JSON.parse(check(folder, '--json', '--receipt', kept, '--receipt', bare).stdout);
  assert.deepEqual([said.good, said.receipts], [true, { [kept]: true, [bare]: true }]);

  const bundle = 'tile/entries/000.p/3';
  const other = receiptOf('other.json', signUp(2, 'v').sealed, 2);
  assertFault(folder, 'receipt', { index: 2, path: bundle, against: other }, '--receipt', kept, '--receipt', other);
  const moved = receiptOf('moved.json', events[1], 2);
  assertFault(folder, 'receipt', { index: 2, path: bundle, against: moved }, '--receipt', moved);
  for (const more of [{ salt: 'ab'.repeat(32), event: text }, { salt, event: `${text} ` }]) {
    const told = receiptOf('told.json', signup.sealed, 2, { more });
    assertFault(folder, 'receipt', { index: 2, path: bundle, against: told }, '--receipt', told);
  }
});

test('what was promised for a time is there by then', () => {
  const folder = logOf('promises', eventsOf(3));
  const broken = receiptOf('broken.json', eventsOf(9)[5], 5);
  assertFault(folder, 'receipt-broken', { index: 5, against: broken }, '--receipt', broken);
  const waits = receiptOf('waits.json', eventsOf(9)[5], 5, { by: 30 * 365 * 86400 });
  const said = check(folder, '--receipt', waits);
  assert.equal(said.status, 0, said.stdout);
  assert.match(said.stdout, /receipt .*waits\.json: not due yet/);
});

test('what is no receipt of this log accuses nobody', () => {
  const folder = logOf('strangers', eventsOf(3));
  const [one] = eventsOf(1);
  const wrong = {
    'another origin': receiptOf('a.json', one, 0, { origin: 'log.example/other' }),
    'another key': receiptOf('b.json', one, 0, { key: generateKeyPairSync('ed25519').privateKey }),
    'a salt alone': receiptOf('c.json', one, 0, { more: { salt: 'ab'.repeat(32) } }),
    'a bad salt': receiptOf('d.json', one, 0, { more: { salt: 'ab', event: '{}' } }),
  };
  for (const [name, text] of Object.entries({ 'no JSON': 'x', nothing: '', 'no receipt': '{}', 'a list': '[]' })) {
    wrong[name] = at(`${name}.json`);
    writeFileSync(wrong[name], text);
  }
  for (const [what, file] of Object.entries({ ...wrong, absent: at('absent.json') }))
    assert.equal(check(folder, '--receipt', file).status, 2, what);
});

// --- proofs --------------------------------------------------------------------------------

function proofOf(name, events, index) {
  const note = join(logOf(`${name}-log`, events), 'checkpoint');
  const file = at(`${name}.tlog-proof`);
  writeFileSync(file, done(['merkle', 'prove', String(index), '--note', note], events.map((one) => `${canonical(one)}\n`).join('')));
  return file;
}

test('a proof of an entry is a receipt, and the checkpoint in it is known', () => {
  const events = eventsOf(300);
  const proof = proofOf('entry', events.slice(0, 5), 2);
  const folder = logOf('proven', events);
  const trust = at('trust.txt');
  writeFileSync(trust, `log ${vkey}\nquorum none\n`);
  const said = JSON.parse(check(folder, '--json', '--receipt', proof, '--trust', trust).stdout);
  assert.deepEqual([said.good, said.receipts], [true, { [proof]: true }]);
  assert.equal(check(folder, '--known', proof).status, 0);

  // Another entry in its place, or in that of one before: the log has another past.
  for (const place of [0, 2, 4]) {
    const other = [...events];
    other[place] = { ...other[place], id: idOf(1000) };
    for (const option of ['--receipt', '--known'])
      assertFault(logOf('disproven', other), 'forked', { entries: [0, 4], against: proof }, option, proof);
  }
  assertFault(logOf('disproven', events.slice(0, 4)), 'rolled-back', { path: 'checkpoint', against: proof }, '--receipt', proof);
});

test('a proof that proves nothing of this log accuses nobody', () => {
  const events = eventsOf(5);
  const folder = logOf('unproven', events);
  const proof = readFileSync(proofOf('unproven-entry', events, 2), 'utf8');
  const refused = (text, ...options) => {
    writeFileSync(at('bad.tlog-proof'), text);
    const { status, stderr } = check(folder, ...options, at('bad.tlog-proof'));
    assert.deepEqual([status, stderr.includes('bad.tlog-proof')], [2, true], stderr);
  };
  refused(proof.replace('index 2', 'index 3'), '--receipt');
  refused(proof.replace('index 2', 'index 5'), '--receipt');
  refused(proof.replace(/\n[^\n]{44}\n/, '\n'), '--receipt');
  for (const option of ['--receipt', '--known']) {
    refused(proof.split('\n', 1)[0] + '\n', option);
    refused(proof.replace('index', 'place'), option);
    refused(proof.replace(/log.example\/klero\n/, 'log.example/other\n'), option);
    writeFileSync(at('trust.txt'), `log ${vkey}\nquorum none\n`);
    refused(proof.replace(/(— \S+ \S{10})./, '$1A').replace(/(— \S+ \S{12})./, '$1B'), '--trust', at('trust.txt'), option);
  }
});

// --- what witnesses say --------------------------------------------------------------------

const BROKEN = 'it is broken';

// Serve what is under these paths, by functions or as it is.
async function serve(paths) {
  const server = createServer((request, response) => {
    const found = paths[request.url] ?? paths.otherwise?.(request.url);
    const body = typeof found === 'function' ? found() : found;
    response.writeHead(body === undefined ? 404 : body === BROKEN ? 500 : 200).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function checkBeside(...args) {
  const child = spawn(program, ['log', 'check', ...args, '--json']);
  let stdout = '';
  child.stdout.on('data', (text) => { stdout += text; });
  const [status] = await once(child, 'close');
  return { status, said: stdout ? JSON.parse(stdout) : undefined };
}

const latestPath = `/${sha256(ORIGIN).toString('hex')}/checkpoint`;
const trustAt = (url) => {
  const trust = trustWitness();
  writeFileSync(trust, readFileSync(trust, 'utf8').replace(/^(witness .*)$/m, `$1 ${url}`).replace('quorum w', 'quorum none'));
  return trust;
};
const noteOf = (events, signed) => checkpointOf(events.map((one) => Buffer.from(canonical(one))), signed);

test('what a witness has cosigned last, the log must begin with', async () => {
  const events = eventsOf(300);
  const folder = logOf('asked', events);
  const served = { [latestPath]: undefined };
  const witness = await serve(served);
  const ask = (note) => {
    served[latestPath] = note;
    return checkBeside(folder, '--trust', trustAt(witness.url), '--ask-witnesses');
  };
  const cosigned = (note) => cosignedAt(note, timeOf(START + 1000));

  for (const size of [300, 256, 1]) {
    const { status, said } = await ask(cosigned(noteOf(events.slice(0, size))));
    assert.deepEqual([status, said.witnesses], [0, [{ witness: 'w.example', size }]]);
  }
  const larger = await ask(cosigned(noteOf(eventsOf(301))));
  assert.deepEqual([larger.status, larger.said.fault.code, larger.said.fault.against], [3, 'rolled-back', 'w.example']);
  const other = eventsOf(290);
  other[7].data.name = '乙';
  const forked = await ask(cosigned(noteOf(other)));
  assert.deepEqual([forked.status, forked.said.fault.code, forked.said.fault.against], [3, 'forked', 'w.example']);
  const bare = await ask(noteOf(other));
  assert.deepEqual([bare.status, bare.said.witnesses], [3, [{ witness: 'w.example', silent: 'it has not cosigned what it shows' }]]);

  // Nobody is accused by what the log has not signed.
  for (const [note, silent] of [
    [undefined, 'it knows no such log'], [BROKEN, 'it does not say what it knows'], ['nothing', 'no checkpoint'], ['', 'no checkpoint'],
    [cosigned(noteOf(eventsOf(301), { key: 'other.key' })), 'the log has not signed it'],
    [cosigned(noteOf(eventsOf(301), { origin: 'log.example/other' })), 'of another log'],
  ]) {
    const { status, said } = await ask(note);
    assert.deepEqual([status, said.witnesses], [0, [{ witness: 'w.example', silent }]]);
  }
  witness.close();
  const gone = await ask(undefined);
  assert.equal(gone.status, 0);
  assert.match(gone.said.witnesses[0].silent, /./);
  const trust = trustAt(witness.url);
  assert.match(check(folder, '--trust', trust, '--ask-witnesses').stdout, /\nnote witness-silent: w\.example: ./);
  const nowhere = check(folder, '--json', '--trust', trustAt(''), '--ask-witnesses');
  assert.deepEqual(JSON.parse(nowhere.stdout).witnesses, [{ witness: 'w.example', silent: 'the trust file does not say where it is' }]);
  assert.equal(check(folder, '--ask-witnesses').status, 2, 'of whom?');
});

test('a log that has grown meanwhile is waited for', async () => {
  const events = eventsOf(301);
  const folder = logOf('grown-since', events);
  const small = logOf('grown-since-small', events.slice(0, 300));
  for (const path of ['tile/0/001.p/44', 'tile/entries/001.p/44'])
    cpSync(join(small, path), join(folder, path));
  let asked = 0;
  const log = await serve({
    '/checkpoint': () => readFileSync(join(asked++ < 2 ? small : folder, 'checkpoint')),
    otherwise: (path) => existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : undefined,
  });
  const witness = await serve({ [latestPath]: cosignedAt(noteOf(events), timeOf(START + 1000)) });
  const { status, said } = await checkBeside(log.url, '--trust', trustAt(witness.url), '--ask-witnesses');
  assert.deepEqual([status, said.size, said.witnesses], [0, 301, [{ witness: 'w.example', size: 301 }]]);
  assert.equal(asked, 3);
  log.close();
  witness.close();
});

test('so many files may be named, and no more', () => {
  const folder = logOf('many', eventsOf(3));
  const known = at('known.note');
  writeFileSync(known, checkpointOf([Buffer.from(canonical(opening()))]));
  const receipt = receiptOf('one.json', opening(), 0);
  for (const [option, file, most] of [['--known', known, 32], ['--receipt', receipt, 64]]) {
    const named = (count) => check(folder, ...Array(count).fill([option, file]).flat()).status;
    assert.equal(named(most), 0);
    assert.equal(named(most + 1), 2);
  }
});
