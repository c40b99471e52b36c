// klero log check: a good log passes, and each way of spoiling one is named
// with the file and the entry.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  ORIGIN, HASH, root, program, at, klero, done, check, canonical, vkey, otherVkey, timeOf, idOf, START,
  event, opening, seal, published, closed, judged, signUp, eventsOf, checkpointOf, cosignedAt,
  trustWitness, logOf, receiptOf, alter, assertFault,
} from './logs.mjs';

// --- good logs --------------------------------------------------------------------

test('logs of every shape are good', () => {
  for (const size of [1, 2, 255, 256, 257, 600]) {
    const said = check(logOf('good', eventsOf(size)), '--json');
    assert.equal(said.status, 0, said.stdout + said.stderr);
    const { good, origin, size: told, anchored } = JSON.parse(said.stdout);
    assert.deepEqual({ good, origin, told, anchored }, { good: true, origin: ORIGIN, told: size, anchored: false });
  }
});

test('two levels of full tiles are good, and an entry in them is found', () => {
  const folder = logOf('deep', eventsOf(65537));
  assert.ok(existsSync(join(folder, 'tile/2/000.p/1')));
  assert.equal(check(folder).status, 0);
  alter(folder, 'tile/2/000.p/1', (bytes) => { bytes[5] ^= 1; });
  assertFault(folder, 'tile-hash', { path: 'tile/2/000.p/1', index: 65535 });
});

test('a partial tile may have given way to the full one', () => {
  const folder = logOf('grown', eventsOf(300));
  const checkpoint = checkpointOf(eventsOf(200).map((one) => Buffer.from(canonical(one))));
  writeFileSync(join(folder, 'checkpoint'), checkpoint);
  const said = check(folder, '--json');
  assert.equal(said.status, 0, said.stdout + said.stderr);
  assert.equal(JSON.parse(said.stdout).size, 200);
});

test('an address is read like a folder', async () => {
  const folder = logOf('served', eventsOf(300));
  const server = createServer((request, response) => {
    const file = join(folder, request.url.replace('/log', ''));
    if (request.url.startsWith('/log/') && existsSync(file))
      response.end(readFileSync(file));
    else
      response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const ask = async (path) => {
    const child = spawn(program, ['log', 'check', `http://127.0.0.1:${port}${path}`]);
    const [status] = await once(child, 'close');
    return status;
  };
  assert.equal(await ask('/log/'), 0);
  rmSync(join(folder, 'tile/0/001.p/44'));
  assert.equal(await ask('/log'), 1);
  assert.equal(await ask('/elsewhere'), 2);
  server.close();
  assert.equal(await ask('/log'), 2);
});

// --- the checkpoint ----------------------------------------------------------------

test('a checkpoint of another form is refused', () => {
  const folder = logOf('form', eventsOf(3), { more: 'more\n' });
  assertFault(folder, 'checkpoint-form', { path: 'checkpoint' });
  alter(folder, 'checkpoint', () => 'nothing\n');
  assertFault(folder, 'checkpoint-form', { path: 'checkpoint' });
  rmSync(join(folder, 'checkpoint'));
  assert.equal(check(folder).status, 2);
});

test('only whom we trust may sign it', () => {
  const folder = logOf('trust', eventsOf(3));
  const trust = at('trust.txt');
  writeFileSync(trust, `log ${vkey}\nquorum none\n`);
  assert.equal(JSON.parse(check(folder, '--json', '--trust', trust).stdout).anchored, true);
  writeFileSync(trust, `log ${otherVkey}\nquorum none\n`);
  assertFault(folder, 'signature', { path: 'checkpoint' }, '--trust', trust);
  writeFileSync(trust, 'quorum none\n');
  assertFault(folder, 'untrusted', { path: 'checkpoint' }, '--trust', trust);
  writeFileSync(trust, 'quorum\n');
  assert.equal(check(folder, '--trust', trust).status, 2);
  assert.equal(check(folder, '--trust', at('absent')).status, 2);
});

test('without trust the key is that of entry 0, which must fit', () => {
  assertFault(logOf('key', eventsOf(3), { key: 'other.key' }), 'signature', { path: 'checkpoint' });
  assertFault(logOf('origin', eventsOf(3), { origin: 'log.example/other' }), 'origin', { index: 0 });
  const trust = at('trust.txt');
  writeFileSync(trust, `log ${otherVkey}\nquorum none\n`);
  assertFault(logOf('key', eventsOf(3), { key: 'other.key' }), 'log-key', { index: 0 }, '--trust', trust);
});

test('witnesses are counted, and their times looked at', () => {
  const folder = logOf('witness', eventsOf(3));
  const note = readFileSync(join(folder, 'checkpoint'), 'utf8');
  const cosign = (time) => writeFileSync(join(folder, 'checkpoint'), cosignedAt(note, time));
  const trust = trustWitness();
  assertFault(folder, 'witnesses', { path: 'checkpoint' }, '--trust', trust);
  cosign(timeOf(START + 2));
  assert.equal(check(folder, '--trust', trust).status, 0);
  // Its clock may be a little slower than the log's: as much as klerod takes.
  cosign(timeOf(START + 2 - 59));
  assert.equal(check(folder, '--trust', trust).status, 0);
  cosign(timeOf(START + 2 - 60));
  assertFault(folder, 'cosignature-time', { path: 'checkpoint' }, '--trust', trust);
  cosign('2999-01-01T00:00:00Z');
  assertFault(folder, 'cosignature-time', { path: 'checkpoint' }, '--trust', trust);
});

test('where witnesses are needed, it is the newest they have cosigned that is checked', () => {
  const folder = logOf('cosigned', eventsOf(300));
  const small = logOf('cosigned-small', eventsOf(290));
  for (const path of ['tile/0/001.p/34', 'tile/entries/001.p/34'])
    cpSync(join(small, path), join(folder, path));
  const note = cosignedAt(readFileSync(join(small, 'checkpoint'), 'utf8'), timeOf(START + 1000));
  const trust = trustWitness();
  const sizeOf = (...options) => {
    const { status, stdout, stderr } = check(folder, '--json', ...options);
    assert.equal(status, 0, stdout + stderr);
    return JSON.parse(stdout).size;
  };
  assertFault(folder, 'witnesses', { path: 'checkpoint' }, '--trust', trust);
  writeFileSync(join(folder, 'cosigned'), note);
  assert.equal(sizeOf('--trust', trust), 290);
  assert.equal(sizeOf(), 300);
  // Who has seen more is not told that it has shrunk.
  const state = at('cosigned.state');
  rmSync(state, { force: true });
  assert.equal(sizeOf('--state', state), 300);
  assertFault(folder, 'witnesses', { path: 'checkpoint' }, '--trust', trust, '--state', state);
  writeFileSync(join(folder, 'checkpoint'), cosignedAt(readFileSync(join(folder, 'checkpoint'), 'utf8'), timeOf(START + 1000)));
  assert.equal(sizeOf('--trust', trust, '--state', state), 300);
  assert.equal(sizeOf('--trust', trust), 290);
  writeFileSync(join(folder, 'cosigned'), note.replace(/^290$/m, '289'));
  assertFault(folder, 'signature', { path: 'cosigned' }, '--trust', trust);
});

// --- the tree -----------------------------------------------------------------------

test('a file that is missing, short, long or altered is named', () => {
  const fresh = () => logOf('tree', eventsOf(300));
  const cases = [
    ['missing', { path: 'tile/0/000' }, (folder) => rmSync(join(folder, 'tile/0/000'))],
    ['missing', { path: 'tile/entries/001.p/44' }, (folder) => rmSync(join(folder, 'tile/entries/001.p/44'))],
    ['size', { path: 'tile/0/001.p/44' }, (folder) => alter(folder, 'tile/0/001.p/44', (bytes) => bytes.subarray(1))],
    ['size', { path: 'tile/0/001.p/44' }, (folder) => alter(folder, 'tile/0/001.p/44', (bytes) => Buffer.concat([bytes, bytes]))],
    ['size', { path: 'tile/0/000' }, (folder) => alter(folder, 'tile/0/000', (bytes) => Buffer.concat([bytes, bytes]))],
    ['bundle', { path: 'tile/entries/001.p/44', index: 299 }, (folder) => alter(folder, 'tile/entries/001.p/44', (bytes) => bytes.subarray(0, -1))],
    ['bundle', { path: 'tile/entries/001.p/44' }, (folder) => alter(folder, 'tile/entries/001.p/44', (bytes) => Buffer.concat([bytes, Buffer.from([0])]))],
    ['leaf-hash', { path: 'tile/0/000', index: 7 }, (folder) => alter(folder, 'tile/0/000', (bytes) => { bytes[7 * HASH + 3] ^= 1; })],
    ['leaf-hash', { path: 'tile/0/000', index: 0 }, (folder) => alter(folder, 'tile/entries/000', (bytes) => { bytes[40] ^= 1; })],
    ['tile-hash', { path: 'tile/1/000.p/1', index: 255 }, (folder) => alter(folder, 'tile/1/000.p/1', (bytes) => { bytes[0] ^= 1; })],
  ];
  for (const [code, where, spoil] of cases) {
    const folder = fresh();
    spoil(folder);
    assertFault(folder, code, where);
  }
});

test('a root that the entries do not have is refused', () => {
  const folder = logOf('root', eventsOf(5));
  const entries = eventsOf(5).map((one) => Buffer.from(canonical(one)));
  entries[4] = Buffer.from('{}');
  writeFileSync(join(folder, 'checkpoint'), checkpointOf(entries));
  assertFault(folder, 'root', { path: 'checkpoint' });
});

// --- history --------------------------------------------------------------------------

test('a log may only grow from what it was', () => {
  const state = at('state');
  const kept = () => readFileSync(state, 'utf8');
  assert.equal(check(logOf('then', eventsOf(300)), '--state', state).status, 0);
  const first = kept();
  assert.equal(first, readFileSync(at('then', 'checkpoint'), 'utf8'));
  assert.equal(check(logOf('now', eventsOf(400)), '--state', state).status, 0);
  assert.notEqual(kept(), first);

  const grown = kept();
  assertFault(at('then'), 'rolled-back', { path: 'checkpoint', against: state }, '--state', state);
  const other = eventsOf(500);
  other[399].data.name = '乙';
  const forked = logOf('forked', other);
  assertFault(forked, 'forked', { entries: [0, 399], against: state }, '--state', state);
  const said = check(forked, '--state', state).stdout;
  assert.ok(said.includes(grown) && said.includes(readFileSync(join(forked, 'checkpoint'), 'utf8')));
  assert.equal(kept(), grown);
});

test('what others kept narrows a fork down', () => {
  const checkpoints = Object.fromEntries([100, 300, 400].map((size) => {
    const file = at(`known-${size}`);
    writeFileSync(file, checkpointOf(eventsOf(size).map((one) => Buffer.from(canonical(one)))));
    return [size, file];
  }));
  const all = Object.values(checkpoints).reverse().flatMap((file) => ['--known', file]);
  assert.equal(check(logOf('known', eventsOf(500)), ...all).status, 0);
  const altered = (index) => {
    const events = eventsOf(500);
    events[index].data.name = '乙';
    return logOf('known', events);
  };
  assertFault(altered(99), 'forked', { entries: [0, 99], against: checkpoints[100] }, ...all);
  assertFault(altered(100), 'forked', { entries: [100, 299], against: checkpoints[300] }, ...all);
  assertFault(altered(399), 'forked', { entries: [300, 399], against: checkpoints[400] }, ...all);
  assert.equal(check(altered(400), ...all).status, 0);
  assertFault(logOf('known', eventsOf(399)), 'rolled-back', { path: 'checkpoint', against: checkpoints[400] }, ...all);
  assert.equal(check(logOf('known', eventsOf(500)), '--known', at('nowhere')).status, 2);
});

test('a checkpoint that the log never signed accuses nobody', () => {
  const folder = logOf('signed', eventsOf(3));
  const trust = at('trust.txt'), known = at('known.note');
  writeFileSync(trust, `log ${vkey}\nquorum none\n`);
  writeFileSync(known, checkpointOf([Buffer.from('{}')], { key: 'other.key' }));
  const said = check(folder, '--trust', trust, '--known', known);
  assert.equal(said.status, 2);
  assert.match(said.stderr, /the log has not signed it/);
});

test('a state that is no checkpoint of this log is not used', () => {
  const folder = logOf('state', eventsOf(3));
  const state = at('bad-state');
  for (const bad of ['', 'x\n', checkpointOf([Buffer.from('{}')], { origin: 'log.example/other' })]) {
    writeFileSync(state, bad);
    assert.equal(check(folder, '--state', state).status, 2, bad);
  }
});

// --- entries -----------------------------------------------------------------------------

// The log of these events has this fault in its entry `index`.
function assertEntryFault(events, code, index) {
  assertFault(logOf('entry', events), code, { path: `tile/entries/000.p/${events.length}`, index });
}

test('an entry has one form', () => {
  const good = canonical(event(1, 'account.created', 's', 1));
  for (const bad of [
    good.replace('"v":1', '"v": 1'), good.replace('"v":1', '"v":2'), good.replace(',"v":1', ''),
    good.replace('"v":1', '"v":1,"w":1'), '{}', '[]', '', 'x', good.replace('"seq":1', '"seq":1.0'),
    good.replace('"kind":"account.created"', '"kind":"a b"'), good.replace(/"at":"[^"]*"/, '"at":"2026-07-01"'),
    good.replace('"subject":"s"', '"subject":"-"'), good.replace(/"by":\{[^}]*\}/, '"by":{}'),
  ])
    assertEntryFault([opening(), bad], 'entry-form', 1);
});

test('the first entry opens the log, and no other does', () => {
  assertEntryFault([event(0, 'account.created', 's', 1)], 'log-opened', 0);
  const keyless = opening();
  delete keyless.data.log_key;
  assertEntryFault([keyless], 'log-opened', 0);
  assertEntryFault([opening(), { ...opening(), id: idOf(1), seq: 2 }], 'log-opened', 1);
});

test('an event is of a kind that there is', () => {
  assertEntryFault([opening(), event(1, 'account.made', 's', 1)], 'event-unknown', 1);
  assertEntryFault([opening(), event(1, 'draw', 's', 1)], 'event-unknown', 1);
  const strange = seal(event(2, 'signup.kept', 'u', 1, { institution: 'i', notice: 'n' }));
  assertEntryFault([opening(), published(1, 'n', 5), strange.sealed, closed(5, 'n'), strange.opened(6, 2)], 'opened', 4);
});

test('of any log the tree alone may be asked about', () => {
  const folder = logOf('any', ['one', 'two', '{}', ...eventsOf(300).map(canonical)]);
  assert.equal(check(folder).status, 1);
  assert.equal(check(folder, '--tree').status, 0);
  const receipt = at('some.json');
  writeFileSync(receipt, '{}');
  assert.equal(check(folder, '--tree', '--receipt', receipt).status, 2);
  alter(folder, 'tile/entries/000', (bytes) => { bytes[3] ^= 1; });
  assertFault(folder, 'leaf-hash', { path: 'tile/0/000', index: 0 }, '--tree');
});

test('ids are unique, time does not go back, versions have no gap', () => {
  const made = event(1, 'account.created', 's', 1);
  assertEntryFault([opening(), made, { ...event(2, 'account.revoked', 's', 2), id: made.id }], 'event-id', 2);
  assertEntryFault([opening(), made, { ...event(2, 'account.revoked', 's', 2), at: timeOf(START) }], 'time', 2);
  assert.equal(check(logOf('entry', [opening(), made, { ...event(2, 'account.revoked', 's', 2), at: made.at }])).status, 0);
  assertEntryFault([opening(), made, event(2, 'account.revoked', 's', 3)], 'seq', 2);
  assertEntryFault([opening(), made, event(2, 'account.revoked', 's', 1)], 'seq', 2);
  assertEntryFault([opening(), event(1, 'account.created', 's', 0)], 'seq', 1);
  // Two kinds of things may share a name.
  assert.equal(check(logOf('entry', [opening(), made, event(2, 'listing.published', 's', 1)])).status, 0);
});

test('what was sealed is opened once, as it was', () => {
  const signup = signUp(2);
  const opened = signup.opened(6, 2);
  const before = [opening(), published(1, 'n', 5), signup.sealed, event(3, 'account.created', 'a', 1), closed(5, 'n')];
  const good = [...before, opened, event(7, 'signup.included', 'u', 2), judged(8, 'n')];
  const said = JSON.parse(check(logOf('entry', good), '--json').stdout);
  assert.deepEqual([said.good, said.sealed, said.opened], [true, 0, 1]);
  const waiting = JSON.parse(check(logOf('entry', before), '--json').stdout);
  assert.deepEqual([waiting.good, waiting.sealed, waiting.opened], [true, 1, 0]);

  const change = (data) => ({ ...opened, data: { ...opened.data, ...data } });
  const bad = [
    { ...opened, subject: '0' }, { ...opened, subject: 'u' }, { ...opened, subject: '9' },
    change({ salt: 'ab'.repeat(32) }), change({ salt: 'ab' }), change({ event: '{}' }), change({ more: 1 }),
  ];
  for (const one of bad)
    assertEntryFault([...before, one], 'opened', 5);
  assertEntryFault([...before, opened, { ...signup.opened(7, 2), seq: 2 }], 'opened', 6);

  // Sealed in the place of another event: the id or the time is not its own.
  const moved = signUp(4);
  assertEntryFault([...before.slice(0, 2), { ...moved.sealed, id: idOf(2), at: timeOf(START + 2) }, before[3], before[4],
    moved.opened(6, 2)], 'opened', 5);
  const gap = signUp(2, 'u', 'n', 2);
  assertEntryFault([...before.slice(0, 2), gap.sealed, before[3], before[4], gap.opened(6, 2)], 'seq', 5);
});

test('a sign-up is sealed until its notice closes, not longer', () => {
  const first = signUp(3), second = signUp(4, 'v', 'm');
  const before = [opening(), published(1, 'n', 5), published(2, 'm', 9), first.sealed, second.sealed];
  const done = [...before, closed(5, 'n'), first.opened(6, 3), judged(7, 'n')];
  assert.equal(check(logOf('sealed', done)).status, 0);
  const rest = [closed(9, 'm'), second.opened(10, 4), judged(11, 'm')];
  assert.equal(check(logOf('sealed', [...done, ...rest])).status, 0);

  // Left sealed: while another notice is open it may be for that one.
  const left = [...before, closed(5, 'n'), judged(7, 'n')];
  assert.equal(check(logOf('sealed', left)).status, 0);
  assertFault(logOf('sealed', [...left, ...rest]), 'unopened', { index: 3 });
  assertFault(logOf('sealed', [opening(), first.sealed]), 'unopened', { index: 1 });
  assertFault(logOf('sealed', [opening(), signUp(1).sealed, published(2, 'n', 5)]), 'unopened', { index: 1 });
  assertFault(logOf('sealed', [opening(), published(1, 'n', 5), signUp(5).sealed]), 'unopened', { index: 2 });

  assertEntryFault([...before, first.opened(5, 3)], 'opened-early', 5);
  assertEntryFault([...before, closed(5, 'n'), judged(6, 'n'), first.opened(7, 3)], 'opened-early', 7);
  assertEntryFault([...before, closed(5, 'n'), second.opened(6, 4)], 'opened-early', 6);
  const late = signUp(5), stray = signUp(3, 'u', 'nowhere');
  assertEntryFault([opening(), published(1, 'n', 5), late.sealed, closed(6, 'n'), late.opened(7, 2)], 'signup-late', 4);
  assertEntryFault([opening(), published(1, 'n', 5), stray.sealed, closed(5, 'n'), stray.opened(6, 2)], 'opened', 4);
});

const later = (seconds) => event(seconds, 'account.created', 'later', 1);
const DAY = 86400;

test('what a notice was closed with is opened soon, all of it', () => {
  const one = signUp(2), rival = signUp(3, 'v');
  const before = [opening(), published(1, 'n', 5), one.sealed, rival.sealed, closed(5, 'n'), one.opened(6, 2)];
  assert.equal(check(logOf('hidden', [...before, later(5 + 3600)])).status, 0);
  for (const [seconds, ...options] of [[5 + 3601], [30 * DAY], [16, '--overdue', '10']]) {
    const folder = logOf('hidden', [...before, later(seconds)]);
    assertFault(folder, 'notice-unopened', { index: 1 }, ...options);
    const { faults } = JSON.parse(check(folder, '--json', ...options).stdout);
    assert.deepEqual(faults.map(({ code, index }) => [code, index]), [['unopened', 3]]);
    assert.match(check(folder, ...options).stdout, /^fault notice-unopened .* at entry 1: .*\nfault unopened .* at entry 3: /);
  }
  assert.equal(check(logOf('hidden', [...before, later(15)]), '--overdue', '10').status, 0);
  assert.equal(check(logOf('hidden', [...before, later(30 * DAY)]), '--overdue', String(30 * DAY)).status, 0);
  assert.equal(check(logOf('hidden', before), '--overdue', '0').status, 2);
});

test('a log that says no more after a close is told by its witness', () => {
  const one = signUp(2);
  const folder = logOf('silent', [opening(), published(1, 'n', 5), one.sealed, closed(5, 'n')]);
  const note = readFileSync(join(folder, 'checkpoint'), 'utf8');
  const trust = trustWitness();
  for (const [seconds, status] of [[5 + 3600, 0], [5 + 3601, 1]]) {
    writeFileSync(join(folder, 'checkpoint'), cosignedAt(note, timeOf(START + seconds)));
    assert.equal(check(folder, '--trust', trust).status, status);
  }
  assertFault(folder, 'notice-unopened', { index: 1 }, '--trust', trust);
});

test('behind another notice a sign-up hides for so long only, and not from its receipt', () => {
  const YEAR = 366 * DAY;
  const one = signUp(3), rival = signUp(4, 'v');
  const before = (close) => [opening(), published(1, 'm', 1 + close), published(2, 'n', 5), one.sealed, rival.sealed,
    closed(5, 'n'), one.opened(6, 3), judged(7, 'n')];
  assertEntryFault(before(YEAR + 1), 'notice-window', 1);
  const log = [...before(60 * DAY), later(50 * DAY)];
  const said = check(logOf('behind', log), '--json');
  assert.equal(said.status, 0, said.stdout);
  const until = timeOf(START + 1 + 60 * DAY);
  assert.deepEqual(JSON.parse(said.stdout).sealed_doubt, { count: 1, first: 4, until });
  assert.ok(check(logOf('behind', log)).stdout.includes(`\nnote sealed-doubt: 1 from entry 4 on `));

  const receipt = receiptOf('rival.json', rival.sealed, 4, { more: rival.opened(9, 4).data });
  assertFault(logOf('behind', log), 'unopened', { index: 4, against: receipt }, '--receipt', receipt);
  const opened = [...log, rival.opened(50 * DAY + 1, 4)];
  assert.equal(check(logOf('behind', opened)).status, 1, 'opened late');
  const mine = receiptOf('mine.json', one.sealed, 3, { more: one.opened(9, 3).data });
  assert.equal(check(logOf('behind', log), '--receipt', mine).status, 0);

  const end = [...log, closed(1 + 60 * DAY, 'm'), judged(2 + 60 * DAY, 'm')];
  assertFault(logOf('behind', end), 'unopened', { index: 4 });
  assert.equal(JSON.parse(check(logOf('behind', end), '--json').stdout).sealed_doubt, undefined);
});

test('a receipt waits with its notice', () => {
  const one = signUp(2);
  const log = [opening(), published(1, 'n', 5), one.sealed];
  const receipt = receiptOf('waiting.json', one.sealed, 2, { more: one.opened(9, 2).data });
  const askWith = (events) => check(logOf('waiting', events), '--receipt', receipt, '--overdue', '60').status;
  assert.equal(askWith(log), 0);
  assert.equal(askWith([...log, closed(5, 'n'), later(65)]), 0);
  const said = check(logOf('waiting', [...log, closed(5, 'n'), later(66)]), '--json', '--overdue', '60', '--receipt', receipt);
  const { fault, faults } = JSON.parse(said.stdout);
  assert.deepEqual([fault, ...faults].map(({ code, index, against }) => [code, index, against]),
    [['notice-unopened', 1, undefined], ['unopened', 2, undefined], ['unopened', 2, receipt]]);
});

// --- time ----------------------------------------------------------------------------------

const ago = (seconds) => Math.floor(Date.now() / 1000) - seconds - START;

test('no entry is of a time to come, but in a rehearsal', () => {
  const far = { ...later(1), at: '2999-01-01T00:00:00Z' };
  assertEntryFault([opening(), far], 'time', 1);
  assertFault(logOf('future', [opening(), far]), 'time', { index: 1 }, '--max-age', '60');
  assertEntryFault([{ ...opening(), at: far.at }], 'time', 0);
  assertEntryFault([opening(), later(ago(-90))], 'time', 1);
  assert.equal(check(logOf('future', [opening(), later(ago(-30))])).status, 0, 'clocks differ a little');

  const rehearsal = (origin) => ({ ...opening(), data: { ...opening().data, origin, rehearsal: true } });
  const origin = `${ORIGIN}/rehearsal`;
  assert.equal(check(logOf('future', [rehearsal(origin), far], { origin })).status, 0);
  assertFault(logOf('future', [rehearsal(ORIGIN), far]), 'time', { index: 1 });
});

test('where witnesses are trusted they say how old a log is', () => {
  const folder = logOf('young', [opening(), later(ago(10))]);
  const note = readFileSync(join(folder, 'checkpoint'), 'utf8');
  const trust = trustWitness();
  assert.equal(check(folder, '--max-age', '30').status, 0, 'by its own word');
  writeFileSync(join(folder, 'checkpoint'), cosignedAt(note, timeOf(START + ago(50))));
  assert.equal(check(folder, '--trust', trust, '--max-age', '90').status, 0);
  assertFault(folder, 'stale', { path: 'checkpoint' }, '--trust', trust, '--max-age', '30');
  writeFileSync(trust, readFileSync(trust, 'utf8').replace('quorum w', 'quorum none'));
  writeFileSync(join(folder, 'checkpoint'), note);
  assert.equal(check(folder, '--trust', trust).status, 0);
  assertFault(folder, 'stale', { path: 'checkpoint' }, '--trust', trust, '--max-age', '90');
});

test('a notice closes at its time, once', () => {
  const before = [opening(), published(1, 'n', 5)];
  assertEntryFault([...before, closed(4, 'n')], 'notice-early', 2);
  assertEntryFault([...before, { ...judged(5, 'n'), seq: 2 }], 'notice', 2);
  assertEntryFault([...before, closed(5, 'n'), { ...closed(6, 'n'), seq: 3 }], 'notice', 3);
  assertEntryFault([...before, { ...published(2, 'n', 9), seq: 2 }], 'notice', 2);
  assertEntryFault([opening(), event(1, 'notice.published', 'n', 1)], 'notice', 1);
  assertEntryFault([opening(), { ...closed(5, 'n'), seq: 1 }], 'notice', 1);
  assert.equal(check(logOf('entry', [...before, event(5 + 3600, 'account.created', 'a', 1)])).status, 0);
  assertFault(logOf('entry', [...before, event(5 + 3601, 'account.created', 'a', 1)]), 'notice-overdue', { index: 1 });
});

test('a sealed entry shows a digest and nothing else', () => {
  const { sealed } = signUp(1);
  for (const bad of [
    { ...sealed, subject: 'u' }, { ...sealed, seq: 1 }, { ...sealed, by: { org: 'i', role: 'institution' } },
    { ...sealed, data: { digest: 'ab' } }, { ...sealed, data: { ...sealed.data, more: 1 } },
  ])
    assertEntryFault([opening(), bad], 'sealed', 1);
});

test('usage is told', () => {
  assert.equal(klero(['log']).status, 2);
  assert.equal(klero(['log', 'check']).status, 2);
  assert.equal(check(at('nowhere')).status, 2);
  assert.equal(check(at('a'.repeat(randomBytes(1)[0] + 4096))).status, 2);
});
