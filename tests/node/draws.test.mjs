// klero log check on the draws of a log: each way of spoiling one is named with
// its entry, file and byte; good logs have no finding; a copy is exactly the log.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  at, alter, assertFault, bundleOf, check, event, eventsOf, klero, logOf as filesLogOf, offsetOf, program, root, seal, sha256, START,
  timeOf,
} from './logs.mjs';

const LONG = process.env.KLERO_FAULTS === 'long';
const writer = join(process.env.KLERO_BUILD ?? join(root, 'build/release'), 'tests/node/write_draws');
const vectors = join(root, 'tests/vectors/audit');

function write(...args) {
  const { status, stdout, stderr } = spawnSync(writer, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}
function folderOf(name) {
  rmSync(at(name), { recursive: true, force: true });
  mkdirSync(at(name), { recursive: true });
  return at(name);
}
function logOf(name, how, ...args) {
  const folder = folderOf(name);
  write(how, folder, ...args.map(String));
  return folder;
}
// The entries of a log of one bundle, as they are.
function entriesOf(folder) {
  const bytes = readFileSync(join(folder, bundleOf(folder, 0)));
  const entries = [];
  for (let place = 0; place < bytes.length; place += 2 + bytes.readUInt16BE(place))
    entries.push(bytes.toString('utf8', place + 2, place + 2 + bytes.readUInt16BE(place)));
  return entries;
}
const reportOf = (...args) => JSON.parse(check(...args, '--json').stdout);

// Every file below a folder, by its path.
function filesOf(folder) {
  return Object.fromEntries(readdirSync(folder, { recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile()).sort()
    .map((path) => [path, readFileSync(join(folder, path)).toString('base64')]));
}

// --- draws --------------------------------------------------------------------------

test('each spoilt draw is named by its entry, file, byte, text and line', () => {
  const cases = write('cases', folderOf('cases')).trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(cases.length >= 60, `${cases.length} cases`);
  cases.forEach(({ code, index, file, line }, number) => {
    const folder = at('cases', String(number));
    const said = check(folder, '--json');
    assert.equal(said.status, 1, `${number} ${code}: ${said.stdout}${said.stderr}`);
    const { good, fault, findings } = JSON.parse(said.stdout);
    const path = bundleOf(folder, index);
    const where = { index, path, offset: offsetOf(folder, path, index) };
    assert.equal(good, false);
    const { why, ...first } = fault;
    assert.deepEqual(first, { code, ...where }, `${number}`);
    const { draw, zh, en, why: more, ...told } = findings[0];
    assert.deepEqual(told, { code, ...where, file, line }, `${number}`);
    assert.match(draw, /^D-\d$/);
    assert.equal(en, why);
    assert.match(zh, /\p{Script=Han}/u);
    const bytes = readFileSync(join(folder, path)).subarray(where.offset, where.offset + 7);
    assert.equal(bytes.toString(), '{"at":"');
  });
});

test('no other fault hides what is wrong with a draw', () => {
  const cases = write('cases', folderOf('hidden')).trim().split('\n').map((line) => JSON.parse(line));
  for (const code of ['replace-out', 'commit-signature']) {
    const number = cases.findIndex((one) => one.code === code);
    const folder = at('hidden', String(number));
    const said = check(folder, '--json', '--max-age', '60');
    const { fault, faults, findings } = JSON.parse(said.stdout);
    assert.deepEqual([said.status, fault.code, fault.index], [1, code, cases[number].index]);
    assert.deepEqual(faults.map(({ code: other, path }) => [other, path]), [['stale', 'checkpoint']]);
    assert.deepEqual(findings, reportOf(folder).findings);
    const plain = check(folder, '--max-age', '60').stdout;
    assert.match(plain, new RegExp(`^fault ${code} .*\nfault stale in checkpoint: .*\ndraw D-\\d: ${code} `));
  }

  // Nor does one for which the rest of the log is not read.
  const folder = at('hidden', String(cases.findIndex((one) => one.code === 'commit-signature')));
  const [tile] = Object.keys(filesOf(folder)).filter((path) => path.startsWith('tile/0/'));
  alter(folder, tile, (bytes) => { bytes[bytes.length - 1] ^= 1; });
  const { fault, faults, findings } = reportOf(folder);
  assert.deepEqual([fault.code, findings[0].code, ...faults.map(({ code }) => code)],
    ['commit-signature', 'commit-signature', 'leaf-hash']);
});

test('in good logs nothing is found, whatever happened in them', () => {
  for (let seed = 1; seed <= (LONG ? 200 : 12); seed++) {
    const said = check(logOf('clean', 'clean', seed), '--json');
    assert.equal(said.status, 0, `seed ${seed}: ${said.stdout}${said.stderr}`);
    const { findings, notes, draws } = JSON.parse(said.stdout);
    assert.deepEqual([findings, notes, draws.closed], [[], [], 1 + seed % 3], `seed ${seed}`);
  }
});

test('one log has one report', () => {
  const good = logOf('golden', 'grow', 2);
  const bad = logOf('golden-bad', 'cases');
  for (const [name, folder] of [['good', good], ['spoilt', join(bad, '2')]])
    for (const [ending, ...options] of [['txt'], ['json', '--json']]) {
      const told = check(folder, ...options).stdout;
      assert.equal(told, readFileSync(join(vectors, `${name}.${ending}`), 'utf8'), `${name}.${ending}`);
      assert.equal(told, check(folder, ...options).stdout);
    }
});

// --- who signed up ------------------------------------------------------------------

const FIRST = 533700; // of the notice, counted from START: after the log was opened, before the draw
const CLOSE = 583600; // as its text has it
const names = [...Array(6).keys()].map((i) => `E0000000${i}`); // 0 is excluded, the others are the roster
const own = '01'.repeat(32); // the seed of the key that write_draws signs with

// Such a log: [who, kind] each, and whether what they have sealed is opened.
function noticedLog(name, signUps, { isOpened = () => true, judged = true, change = {}, after = [] } = {}) {
  const written = folderOf(`${name}-draw`);
  const { id, ...notice } = JSON.parse(write('notice', written));
  const [opening, policy, ...draw] = entriesOf(written);
  const versions = {};
  const sealed = signUps.map(([who, kind = 'made'], i) => seal(event(FIRST + 1 + i, `signup.${kind}`, `s-${who}`,
    versions[who] = (versions[who] ?? 0) + 1, { institution: who, name: '甲', notice: id })));
  const opened = sealed.map((one, i) => one.opened(CLOSE + 1 + i, 3 + i)).filter((_, i) => isOpened(i));
  if (!existsSync(at('own.key')))
    writeFileSync(at('own.key'), `${own}\n`, { mode: 0o400 });
  return filesLogOf(name, [
    opening, policy,
    event(FIRST, 'notice.published', id, 1, { ...notice, state: 'open', signup_count: 0, ...change }),
    ...sealed.map((one) => one.sealed),
    event(CLOSE, 'notice.closed', id, 2, { state: 'closed' }),
    ...opened,
    ...judged ? [event(CLOSE + 100, 'notice.opened', id, 3, { state: 'judged' })] : [],
    ...draw, ...after,
  ], { key: 'own.key' });
}
const findingsOf = (folder, ...options) => reportOf(folder, ...options).findings
  .map(({ code, index, file, line, signup }) => [code, index, file, line, signup]);

test('a draw is of all who have signed up, and of nobody else', () => {
  const all = names.map((who) => [who]);
  const good = noticedLog('entrants', all);
  const said = check(good, '--json');
  assert.equal(said.status, 0, said.stdout + said.stderr);
  assert.deepEqual(JSON.parse(said.stdout).draws, { declared: 1, closed: 1, drawn: 1 });
  const count = (more) => 3 + 2 * (all.length + more) + 2; // entries before the draw
  const [roster, excluded] = [1, 3];

  const rival = noticedLog('entrants', [...all, ['E00000009']]);
  assert.deepEqual(findingsOf(rival), [['entrant-left-out', count(1) + roster, 'roster.txt', 0, 3 + 7 + 1 + 6]]);
  assert.equal(check(rival).status, 1);
  assert.match(check(rival).stdout, /draw D-x-000001-1: entrant-left-out at entry \d+ .*roster\.txt, opened at entry 17: .*\p{Script=Han}/u);
  assert.deepEqual(findingsOf(noticedLog('entrants', [...all, ['E00000009'], ['E00000009', 'withdrawn']])), []);

  const [, ...rest] = all;
  assert.deepEqual(findingsOf(noticedLog('entrants', rest)), [['entrant-unknown', count(-1) + excluded, 'excluded.txt', 4, undefined]]);
  assert.deepEqual(findingsOf(noticedLog('entrants', [...all, ['E00000003', 'withdrawn']])),
    [['entrant-unknown', count(1) + roster, 'roster.txt', 6, undefined]]);
});

test('a draw is of a notice of the log, and of one that is opened', () => {
  const all = names.map((who) => [who]);
  const other = noticedLog('other-notice', all, { change: { project_code: 'P-2' } });
  assert.deepEqual(findingsOf(other).map(([code, , file, line]) => [code, file, line]), [['notice-unknown', 'declare.txt', 10]]);
  assert.equal(check(other).status, 1);
  const sealed = noticedLog('sealed-notice', all, { judged: false });
  assert.deepEqual(findingsOf(sealed).map(([code, , file, line]) => [code, file, line]),
    [['notice-sealed', '', 0], ['notice-sealed', 'declare.txt', 10]]);
  assert.equal(check(sealed).status, 1);
});

test('of a log without notices it is told that nobody signed up', () => {
  const folder = logOf('no-notice', 'grow', 1);
  assert.deepEqual(reportOf(folder).draws, { declared: 1, closed: 1, drawn: 1, unnoticed: 1 });
  assert.match(check(folder).stdout, /\ndraws of no notice: 1;/);
});

test('a text that is served apart must be there, and be the one', () => {
  const folder = logOf('apart', 'grow', 2);
  const texts = readdirSync(join(folder, 'texts'));
  assert.ok(texts.length > 0);
  assert.equal(check(folder).status, 0);
  const whole = filesOf(folder);
  for (const [code, spoil] of [
    ['text-missing', (path) => rmSync(join(folder, path))],
    ['text-differs', (path) => alter(folder, path, (bytes) => { bytes[40] ^= 1; })],
    ['text-differs', (path) => alter(folder, path, (bytes) => bytes.subarray(1))],
  ]) {
    const path = `texts/${texts[0]}`;
    spoil(path);
    const { fault } = reportOf(folder);
    const bytes = readFileSync(join(folder, fault.path)).subarray(fault.offset);
    assert.equal(fault.code, code);
    assert.ok(bytes.subarray(0, 600).includes(texts[0]), 'the entry that names it');
    writeFileSync(join(folder, path), Buffer.from(whole[path], 'base64'));
  }
});

test('what is raw in a log is spoilt and named', () => {
  const folder = logOf('raw', 'grow', 1);
  const whole = filesOf(folder);
  const [tile] = Object.keys(whole).filter((path) => path.startsWith('tile/0/'));
  const [bundle] = Object.keys(whole).filter((path) => path.startsWith('tile/entries/'));
  const flip = (path, place) => () => alter(folder, path, (bytes) => { bytes[place] ^= 1; });
  for (const [code, where, spoil] of [
    ['leaf-hash', { path: tile, index: 3 }, flip(tile, 3 * 32 + 31)],
    ['leaf-hash', { path: tile, index: 0 }, flip(bundle, 30)],
    ['size', { path: tile }, () => alter(folder, tile, (bytes) => bytes.subarray(0, -1))],
    ['missing', { path: tile }, () => rmSync(join(folder, tile))],
    ['missing', { path: bundle }, () => rmSync(join(folder, bundle))],
    ['bundle', { path: bundle }, () => alter(folder, bundle, (bytes) => Buffer.concat([bytes, Buffer.of(0)]))],
    ['signature', { path: 'checkpoint' }, () => alter(folder, 'checkpoint', (bytes) => bytes.toString().replace(/\n\d+\n/, (size) => `\n${Number(size) - 1}\n`))],
    ['checkpoint-form', { path: 'checkpoint' }, () => alter(folder, 'checkpoint', (bytes) => bytes.subarray(0, -30))],
  ]) {
    spoil();
    if (code === 'signature') // found after the tree, whose root it is not
      assert.notEqual(check(folder).status, 0);
    else
      assertFault(folder, code, where);
    for (const [path, bytes] of Object.entries(whole))
      writeFileSync(join(folder, path), Buffer.from(bytes, 'base64'));
  }
  assert.equal(check(folder).status, 0);
});

test('a draw that waits for more than a day is noted, and is no fault', () => {
  const cases = write('cases', folderOf('overdue')).trim().split('\n').map((line) => JSON.parse(line));
  const number = cases.findIndex(({ code }) => code === 'previous-order');
  const { notes } = reportOf(at('overdue', String(number)));
  assert.deepEqual(notes.map(({ word, draw }) => [word, draw]), [['draw-overdue', 'D-1']]);
});

test('a log must be as young as is asked for', () => {
  const folder = logOf('age', 'grow', 1);
  assertFault(folder, 'stale', { path: 'checkpoint' }, '--max-age', '60');
  assert.equal(check(folder, '--max-age', '999999999').status, 0);
  for (const bad of ['0', '-1', '1x', '01', '', '1000000001'])
    assert.equal(check(folder, '--max-age', bad).status, 2, bad);
});

// --- copies -------------------------------------------------------------------------

const mirror = (copy, ...rest) => klero(['log', 'mirror', copy, ...rest]);

test('a copy has exactly the files of the log, and grows with it', () => {
  const copy = at('copy');
  rmSync(copy, { recursive: true, force: true });
  for (const attempts of [1, 2, 3]) {
    const log = logOf('growing', 'grow', attempts);
    const said = mirror(copy, log);
    assert.equal(said.status, 0, said.stdout + said.stderr);
    assert.deepEqual(filesOf(copy), filesOf(log));
    assert.equal(check(copy).stdout, check(log).stdout);
    assert.equal(mirror(copy, log).status, 0, 'nothing is new');
    assert.deepEqual(filesOf(copy), filesOf(log));
  }
});

// Made with another implementation: names, and the hash of each file's bytes.
test('a copy of the golden log has the golden tiles, as it grows', () => {
  const golden = (name) => JSON.parse(readFileSync(join(root, `tests/vectors/tlog/golden/golden_${name}.json`), 'utf8'));
  const { by_size: sizes } = golden('tiles');
  const copy = at('golden-copy');
  rmSync(copy, { recursive: true, force: true });
  for (const size of [1, 2, 255, 256, 257, 512]) {
    const entries = [...Array(size).keys()].map((i) => `lottery-event-${i}`);
    const log = filesLogOf(`golden-${size}`, entries);
    const said = mirror(copy, log, '--tree');
    assert.equal(said.status, 0, said.stdout + said.stderr);
    const { checkpoint, ...files } = filesOf(copy);
    assert.ok(checkpoint);
    const found = Object.entries(files).map(([path, bytes]) => [path, sha256(Buffer.from(bytes, 'base64')).toString('hex')]);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(sizes[size].tiles.map((tile) => [tile.path, tile.sha256])), `${size}`);
    assert.equal(mirror(at('strict'), log).status, 1, 'its entries are no events');
  }
});

test('a log that shrank or forked is refused, and the copy stays', () => {
  const copy = at('kept');
  rmSync(copy, { recursive: true, force: true });
  assert.equal(mirror(copy, logOf('kept-log', 'grow', 2)).status, 0);
  const before = filesOf(copy);
  const shrunk = mirror(copy, logOf('shrunk', 'grow', 1), '--json');
  assert.equal(shrunk.status, 3);
  assert.equal(JSON.parse(shrunk.stdout).fault.code, 'rolled-back');
  assert.deepEqual(filesOf(copy), before);

  // Another past, and whole in itself.
  const other = logOf('forked', 'clean', 2);
  const size = (folder) => Number(readFileSync(join(folder, 'checkpoint'), 'utf8').split('\n')[1]);
  assert.ok(size(other) >= size(copy), 'large enough');
  const forked = mirror(copy, other, '--json');
  assert.equal(forked.status, 3, forked.stdout + forked.stderr);
  const { fault } = JSON.parse(forked.stdout);
  assert.equal(fault.code, 'forked');
  assert.equal(fault.entries[1], size(copy) - 1);
  const [ours, theirs] = [copy, other].map((folder) => readFileSync(join(folder, `tile/0/000.p/${size(folder)}`)));
  const first = [...Array(size(copy)).keys()].find((i) => ours.compare(theirs, i * 32, i * 32 + 32, i * 32, i * 32 + 32) !== 0);
  assert.equal(fault.entries[0], first, 'the first entry that is another');
  assert.deepEqual(filesOf(copy), before);
});

test('what is bad is not copied', () => {
  const copy = at('unharmed');
  rmSync(copy, { recursive: true, force: true });
  assert.equal(mirror(copy, logOf('unharmed-log', 'grow', 1)).status, 0);
  const before = filesOf(copy);
  const log = logOf('harmed', 'grow', 2);
  const [tile] = Object.keys(filesOf(log)).filter((path) => path.startsWith('tile/0/'));
  alter(log, tile, (bytes) => { bytes[bytes.length - 1] ^= 1; });
  assert.equal(mirror(copy, log).status, 1);
  assert.deepEqual(filesOf(copy), before);
  const cases = folderOf('bad-draws');
  write('cases', cases);
  const none = at('none');
  assert.equal(mirror(none, join(cases, '0')).status, 1);
  assert.deepEqual(filesOf(none), {});
});

const made = (name, count, change = () => {}) => {
  const events = eventsOf(count);
  change(events);
  return filesLogOf(name, events);
};
const copyOf = (name, log) => {
  rmSync(at(name), { recursive: true, force: true });
  const said = mirror(at(name), log);
  assert.equal(said.status, 0, said.stdout + said.stderr);
  return at(name);
};

test('a fork below full tiles is found, at its first entry', () => {
  for (const [size, forked, grown] of [[256, 7, 300], [300, 299, 600], [600, 255, 601], [512, 256, 512]]) {
    const copy = copyOf('full', made('full-log', size));
    const before = filesOf(copy);
    const other = made('full-other', grown, (events) => { events[forked].data.name = '乙'; });
    const said = mirror(copy, other, '--json');
    assert.equal(said.status, 3, said.stdout + said.stderr);
    const { fault } = JSON.parse(said.stdout);
    assert.deepEqual([fault.code, fault.entries], ['forked', [forked, size - 1]]);
    assert.deepEqual(filesOf(copy), before);
    assertFault(other, 'forked', { entries: [forked, size - 1], against: copy }, '--known', copy);
  }
});

test('a full tile of the copy is never written again, not even to mend it', () => {
  const log = made('damaged-log', 300);
  const copy = copyOf('damaged', log);
  alter(copy, 'tile/0/000', (bytes) => { bytes[70] ^= 1; });
  const before = filesOf(copy);
  const said = mirror(copy, made('damaged-grown', 400), '--json');
  assert.equal(said.status, 1);
  const { code, path, index, offset } = JSON.parse(said.stdout).fault;
  assert.deepEqual([code, path, index, offset], ['leaf-hash', 'tile/0/000', 2, 64]);
  assert.deepEqual(filesOf(copy), before);
});

test('what a crash has left beside a copy is thrown away', () => {
  const log = made('crash-log', 300);
  const copy = copyOf('crash', log);
  mkdirSync(join(copy, '.new/tile/0/001.p'), { recursive: true });
  writeFileSync(join(copy, '.new/tile/0/001.p/144'), 'half of it');
  writeFileSync(join(copy, '.new/tile/0/001'), 'half of it');
  assert.equal(mirror(copy, made('crash-grown', 400)).status, 0);
  assert.deepEqual(filesOf(copy), filesOf(at('crash-grown')));
  assert.equal(existsSync(join(copy, '.new')), false);
});

test('one run at a time makes a copy, and the others leave it alone', () => {
  const copy = copyOf('busy', made('busy-log', 300));
  mkdirSync(join(copy, '.new/tile/0'), { recursive: true });
  writeFileSync(join(copy, '.new/tile/0/001'), 'of who is making it');
  const before = filesOf(copy);
  const log = made('busy-grown', 400);
  const said = spawnSync('flock', [copy, program, 'log', 'mirror', copy, log], { encoding: 'utf8' });
  assert.deepEqual([said.status, said.stderr], [2, `log: ${copy}: it is in use\n`]);
  assert.deepEqual(filesOf(copy), before);
  assert.equal(mirror(copy, log).status, 0);
  assert.deepEqual(filesOf(copy), filesOf(log));
});

test('of a log that has grown meanwhile the copy has what was signed', () => {
  const log = made('ahead', 600);
  const small = made('ahead-small', 300);
  // A log serves a partial tile of each size that it published, or the full one.
  for (const path of ['checkpoint', 'tile/1/000.p/1'])
    cpSync(join(small, path), join(log, path));
  assert.deepEqual(filesOf(copyOf('ahead-copy', log)), filesOf(small));
});

test('usage of copies is told', () => {
  assert.equal(klero(['log', 'mirror']).status, 2);
  assert.equal(mirror(at('nothing-there')).status, 2);
  assert.equal(mirror(at('no-log'), at('nowhere')).status, 2);
  assert.equal(existsSync(at('no-log/checkpoint')), false);
});
