// klero verify and the pack's own verify.sh over the attempts of the vectors.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { program } from './client.mjs';
import { root } from './installation.mjs';

const vectors = join(root, 'tests/vectors/klero');
const folders = readdirSync(vectors, { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => name);
const home = mkdtempSync(join(tmpdir(), 'verify-'));
after(() => rmSync(home, { recursive: true }));

const verify = (...words) => program('klero', ['verify', ...words]);
const bare = (folder, ...words) => verify(folder, '--bare', ...words);
const script = join(root, 'service/pack/verify.sh');
const byHand = (folder) => spawnSync('dash', [script, folder], { encoding: 'utf8' });

// A copy of a vector with one text changed.
let copies = 0;
function spoiled(name, file, change) {
  const folder = join(home, `${name}-${copies++}`);
  cpSync(join(vectors, name), folder, { recursive: true });
  if (file) writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  return folder;
}

for (const name of folders) {
  test(`${name} verifies`, async () => {
    const { status, stdout, stderr } = await bare(join(vectors, name), '--json');
    const said = JSON.parse(stdout);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.deepEqual(said.findings, []);
    assert.equal(said.level, 'unproven');
    const result = readFileSync(join(vectors, name, 'result.txt'), 'utf8');
    const [first] = said.attempts[0].entries;
    assert.deepEqual([first.rank, first.role], [1, 'selected']);
    assert.match(result, new RegExp(`^rank 1 [0-9a-f]{64} ${first.id} selected$`, 'm'));
  });
  test(`verify.sh recomputes ${name}`, () => {
    const { status, stdout, stderr } = byHand(join(vectors, name));
    assert.equal(stderr, '');
    assert.doesNotMatch(stdout, /DIFFERS/);
    assert.match(stdout, /All agrees/);
    assert.equal(status, 0);
  });
}

test('verify names the file and the line', async () => {
  const folder = spoiled('level-c', 'roster.txt', (text) => text.replace('3500005K 1', '3500005K 2'));
  const { status, stdout } = await bare(folder, '--lang', 'en');
  assert.equal(status, 1);
  assert.match(stdout, /^verdict: NOT verified/);
  assert.match(stdout, /^ {2}declare\.txt:11: digest-roster: this is not the digest of roster\.txt$/m);
});

test('verify speaks Chinese unless it is told otherwise', async () => {
  assert.match((await bare(join(vectors, 'level-c'))).stdout, /^结论：核验通过/);
  assert.match((await bare(join(vectors, 'level-c'), '--lang', 'zh')).stdout, /中选/);
  assert.match((await bare(join(vectors, 'level-c'), '--lang', 'en')).stdout, /^verdict: verified/);
});

test('verify says what the proof does not show', async () => {
  const { stdout } = await bare(join(vectors, 'level-b'), '--lang', 'en');
  assert.match(stdout, /^level: unproven/m);
  assert.match(stdout, /^rests on: beacon$/m);
  assert.match(stdout, /^secrets: 2 parties declared, 2 committed, 2 revealed$/m);
  assert.match(stdout, /^warning: party-unverified supervisor/m);
  for (const said of [/independent or qualified/, /talked out of signing up/, /no other log/])
    assert.match(stdout, said);
});

test('a level that is not reached is a finding', async () => {
  const { status, stdout } = await bare(join(vectors, 'level-c'), '--min-level', 'C', '--lang', 'en');
  assert.equal(status, 1);
  assert.match(stdout, /declare\.txt: level-low/);
});

test('a pack without its log and keys is not verified', async () => {
  const { status, stdout } = await verify(join(vectors, 'level-c'), '--json');
  assert.equal(status, 1);
  assert.equal(JSON.parse(stdout).findings[0].code, 'file-missing');
});

test('a helper of no known release is told', async () => {
  const folder = spoiled('level-c');
  const helper = (name) => cpSync(join(root, 'service/pack', name), join(folder, name));
  helper('README.txt');
  helper('verify.sh');
  assert.deepEqual(JSON.parse((await bare(folder, '--json')).stdout).warnings
    .filter(({ code }) => code === 'helper-unknown'), []);
  writeFileSync(join(folder, 'verify.sh'), 'echo all is well\n');
  const { status, stdout } = await bare(folder, '--json');
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout).warnings.filter(({ code }) => code === 'helper-unknown'),
    [{ code: 'helper-unknown', about: 'verify.sh' }]);
});

test('wrong usage and what cannot be read is 2', async () => {
  const file = join(home, 'some.zip');
  writeFileSync(file, 'PK\x03\x04 and so on');
  const trust = join(home, 'trust.txt');
  writeFileSync(trust, 'log\n');
  for (const [words, said] of [
    [[], /^usage: klero verify/],
    [[vectors, vectors], /^usage:/],
    [[vectors, '--level', 'A'], /usage:/],
    [[vectors, '--min-level', 'D'], /^usage:/],
    [[vectors, '--accept-chain', trust], /trust\.txt: no chain info/],
    [[vectors, '--accept-certificate', trust], /trust\.txt: no certificate/],
    [[vectors, '--lang', 'fr'], /^usage:/],
    [[join(home, 'none.zip')], /none\.zip: No such file/],
    [[file], /some\.zip: byte \d+: /],
    [[join(vectors, 'level-c'), '--trust', trust], /trust\.txt:1: /],
  ]) {
    const { status, stdout, stderr } = await verify(...words);
    assert.equal(status, 2, words.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, said);
  }
});

// --- verify.sh -------------------------------------------------------------

const digit = (text, before) => text.replace(new RegExp(`(${before})(.)`), (all, kept, c) => kept + (c === '0' ? '1' : '0'));

for (const [name, file, change] of [
  ['level-b', 'notice.json', (text) => text.replace('4800000', '4800001')],
  ['level-b', 'policy.json', (text) => text.replace('300', '301')],
  ['level-b', 'roster.txt', (text) => text.replace('3500005K 1', '3500005K 2')],
  ['level-b', 'names.txt', (text) => text.replace('公司09', '公司08')],
  ['level-b', 'excluded.txt', (text) => text.replace('expired', 'expires')],
  ['level-b', 'declare.txt', (text) => text.replace('select 1 2', 'select 2 1')],
  ['level-b', 'lock.txt', (text) => digit(text, 'commit operator ')],
  ['level-b', 'commit-operator.txt', (text) => digit(text, 'secret ')],
  ['level-b', 'seal.txt', (text) => digit(text, 'secret operator ')],
  ['level-b', 'beacon.txt', (text) => digit(text, 'declare ')],
  ['level-b', 'seed.txt', (text) => text.replace('public 4', 'public 5')],
  ['level-b', 'result.txt', (text) => text.replace(' selected', ' alternate-1')],
  ['level-b', 'close.txt', (text) => digit(text, 'detail ')],
])
  test(`verify.sh sees another ${file}`, () => {
    const { status, stdout } = byHand(spoiled(name, file, change));
    assert.match(stdout, /DIFFERS/);
    assert.match(stdout, /do not rely on it/);
    assert.equal(status, 1);
  });

// All digests made right again, but another one is selected.
test('verify.sh recomputes the ranking itself', () => {
  const folder = spoiled('level-c', 'result.txt', (text) => {
    const lines = text.split('\n');
    const ids = lines.slice(2, 4).map((line) => line.split(' ')[3]);
    return text.replace(ids[0], '#').replace(ids[1], ids[0]).replace('#', ids[1]);
  });
  const hash = createHash('sha256').update(readFileSync(join(folder, 'result.txt'))).digest('hex');
  const close = join(folder, 'close.txt');
  writeFileSync(close, readFileSync(close, 'utf8').replace(/^detail .*$/m, `detail ${hash}`));
  const { status, stdout } = byHand(folder);
  assert.match(stdout, /DIFFERS result\.txt/);
  assert.equal(status, 1);
});

// The value of beacon.txt stands in no digest that leads to the result.
test('verify.sh sees a beacon value that is not the one of the seed', () => {
  const { status, stdout } = byHand(spoiled('level-b', 'beacon.txt',
    (text) => text.replace(/^(public \S+ .)(.)/m, (all, kept, c) => kept + (c === '1' ? '2' : '1'))));
  assert.match(stdout, /DIFFERS beacon\.txt <- seed\.txt/);
  assert.equal(status, 1);
});

test('verify.sh takes its folder by any name, and no other', () => {
  const parent = join(home, 'odd names');
  const other = join(home, 'elsewhere');
  for (const folder of [join(parent, '-x'), join(parent, '证据 包')])
    cpSync(join(vectors, 'level-c'), folder, { recursive: true });
  mkdirSync(join(other, '证据 包'), { recursive: true });
  for (const folder of ['-x', '证据 包']) {
    const { status, stdout, stderr } = spawnSync('dash', [script, folder],
      { cwd: parent, encoding: 'utf8', env: { ...process.env, CDPATH: other } });
    assert.equal(stderr, '');
    assert.match(stdout, /All agrees/);
    assert.equal(status, 0);
  }
});

test('verify.sh says what it makes of an attempt without a result', () => {
  const folder = spoiled('level-c', 'close.txt', (text) =>
    text.replace('outcome result', 'outcome void').replace('reason drawn', 'reason cancelled').replace(/^detail .*$/m, 'detail -'));
  for (const file of ['seed.txt', 'result.txt'])
    rmSync(join(folder, file));
  const { status, stdout } = byHand(folder);
  assert.match(stdout, /no result: void cancelled/);
  assert.match(stdout, /All agrees/);
  assert.equal(status, 0);
});

test('verify.sh cannot check what is no pack', () => {
  const folder = join(home, 'empty');
  mkdirSync(folder);
  assert.equal(byHand(folder).status, 2);
  const odd = spoiled('level-c', 'roster.txt', (text) => text.replace('3500005K 1', '3500005K $(x)'));
  const { status, stderr } = byHand(odd);
  assert.equal(status, 2);
  assert.match(stderr, /malformed: roster\.txt/);
});
