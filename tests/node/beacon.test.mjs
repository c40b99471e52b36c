// klero beacon: anybody can ask whether a public value is genuine, and when a
// round is.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(process.env.KLERO_BUILD ?? join(root, 'build/release'), 'klero');
const vectors = (name) => join(root, 'tests/vectors', name);
const load = (name) => JSON.parse(readFileSync(vectors(name), 'utf8'));
const home = mkdtempSync('/tmp/klero-beacon-');
after(() => rmSync(home, { recursive: true }));

let files = 0;
function file(content) {
  const path = join(home, String(files++));
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  return path;
}

const beacon = (...words) => {
  const { status, stdout, stderr } = spawnSync(program, ['beacon', ...words], { encoding: 'utf8', input: '' });
  return { status, stdout, stderr };
};
const prints = (text, ...words) => assert.deepEqual(beacon(...words), { status: 0, stdout: `${text}\n`, stderr: '' });
function refuses(status, why, ...words) {
  const said = beacon(...words);
  assert.equal(said.status, status, `${words}: ${said.stdout}${said.stderr}`);
  assert.match(said.stderr, why);
  assert.equal(said.stdout, '');
}

const quicknet = load('drand/quicknet.json');
const walkthrough = load('drand/walkthrough.json');
const walkthroughInfo = file(walkthrough.chain_info);
const nist = load('nist/pulse-54609.json').pulse;
const pulses = load('nist/test-pulses.json');
const certificate = file(pulses.certificate);

// --- drand -----------------------------------------------------------------

test('a genuine round gives its randomness', () => {
  for (const { round, signature, randomness } of quicknet.rounds)
    prints(randomness, 'drand', '--round', String(round), signature);
  const [{ round, signature, randomness }] = walkthrough.rounds;
  prints(randomness, 'drand', '--round', String(round), signature, '--chain', walkthroughInfo);
});

// Its SHA-256 is its randomness, and it is a signature of quicknet.
test('a real signature is refused as that of another round, and of another chain', () => {
  const [, { round, signature, randomness }] = quicknet.rounds;
  assert.equal(createHash('sha256').update(Buffer.from(signature, 'hex')).digest('hex'), randomness);
  for (const other of [round - 1, round + 1, quicknet.rounds[3].round])
    refuses(1, /not the signature of this round by this chain/, 'drand', '--round', String(other), signature);
  refuses(1, /by this chain/, 'drand', '--round', String(round), signature, '--chain', walkthroughInfo);
});

test('what is no signature is refused', () => {
  const [{ signature }] = quicknet.rounds;
  for (const odd of ['', 'abc', signature.slice(2), signature.toUpperCase(), `c0${'0'.repeat(94)}`])
    refuses(1, /it is no signature/, 'drand', '--round', '1', odd);
});

test('rounds and times', () => {
  const { round, round_time_unix } = quicknet.rounds[3];
  const text = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  prints(round, 'round', text(round_time_unix));
  prints(round, 'round', text(round_time_unix - 2));
  prints(round + 1, 'round', text(round_time_unix + 1));
  prints(text(round_time_unix), 'time', String(round));
  prints('38', 'round', text(walkthrough.rounds[0].round_time_unix), '--chain', walkthroughInfo);
  prints('9999-12-31T23:59:59Z', 'time', String(Number.MAX_SAFE_INTEGER));
});

test('chain info that is none is refused', () => {
  const info = quicknet.chain_info;
  const ask = (content) => ['time', '1', '--chain', file(content)];
  prints('2023-08-23T15:09:27Z', ...ask(info));
  refuses(2, /its hash is another/, ...ask({ ...info, period: 30 }));
  refuses(2, /not of scheme/, ...ask({ ...info, schemeID: 'bls-unchained-on-g1' }));
  refuses(2, /not of scheme/, ...ask(load('drand/fastnet-retired.json').chain_info));
  refuses(2, /no chain info/, ...ask({ ...info, public_key: '' }));
  refuses(2, /no chain info/, ...ask(''));
  refuses(2, /No such file/, 'time', '1', '--chain', join(home, 'none'));
});

// --- nist ------------------------------------------------------------------

test('a genuine pulse gives its output, as served and as in a pack', () => {
  prints(nist.outputValue.toLowerCase(), 'nist', file({ pulse: nist }));
  prints(nist.outputValue.toLowerCase(), 'nist', file(nist));
  prints(load('nist/pulse-1.json').pulse.outputValue.toLowerCase(), 'nist', vectors('nist/pulse-1.json'));
});

test('an altered pulse is refused', () => {
  refuses(1, /does not follow/, 'nist', file({ ...nist, pulseIndex: 54610 }));
  refuses(1, /does not follow/, 'nist', file({ ...nist, outputValue: '0'.repeat(128) }));
  refuses(1, /no pulse of format 2\.0/, 'nist', file({ ...nist, version: 'Version 1.0' }));
  refuses(1, /no pulse of format 2\.0/, 'nist', file({ pulse: 1 }));
  refuses(2, /no JSON object/, 'nist', file('[]'));
  refuses(2, /No such file/, 'nist', join(home, 'none'));
});

test('another certificate, and the pulse after another', () => {
  const [first, second] = pulses.pulses.map((pulse) => file({ pulse }));
  const output = pulses.pulses[1].outputValue.toLowerCase();
  refuses(1, /./, 'nist', first);
  prints(output, 'nist', second, '--certificate', certificate);
  prints(output, 'nist', second, '--certificate', certificate, '--after', first);
  refuses(1, /not the pulse after that one/, 'nist', first, '--certificate', certificate, '--after', second);
  refuses(1, /./, 'nist', second, '--certificate', certificate, '--after', file(nist));
  refuses(2, /No such file/, 'nist', second, '--certificate', certificate, '--after', join(home, 'none'));
  refuses(2, /no certificate/, 'nist', second, '--certificate', file('x'));
  for (const { certificate: other } of pulses.refused)
    refuses(2, /its key is not RSA/, 'nist', second, '--certificate', file(other));
});

test('wrong usage is 2', () => {
  const [{ signature }] = quicknet.rounds;
  for (const words of [[], ['drand'], ['drand', signature], ['drand', '--round', '0', signature],
    ['drand', '--round', '1', signature, signature], ['drand', '--round', '1'], ['drand', '--round', 'x', signature],
    ['round'], ['round', 'today'], ['time', '0'], ['time', '-1'], ['time', '1', '--round', '1'], ['other', '1'],
    ['nist'], ['nist', file(nist), '--chain', walkthroughInfo], ['time', '1', '--after', file(nist)],
    ['lines', 'x'], ['lines', '--round', '1'], ['drand', '--rounds', '1', signature]])
    refuses(2, /usage: klero beacon/, ...words);
});

// --- klero verify ----------------------------------------------------------

const level = (name, ...words) => {
  const { status, stdout } = spawnSync(program, ['verify', vectors(`klero/${name}`), '--bare', '--json', ...words], { encoding: 'utf8' });
  return { status, ...JSON.parse(stdout) };
};

// All but the level of a pack with a log: that is in the unit tests.
test('the packs of quicknet verify with their beacon', () => {
  for (const name of ['level-a', 'level-a-absent', 'level-a-withheld'])
    assert.deepEqual([level(name).status, level(name).findings], [0, []]);
  assert.equal(level('level-a', '--accept-chain', walkthroughInfo, '--accept-certificate', certificate).status, 0);
});

test('verify wants good files of what it is to accept', () => {
  for (const [words, why] of [[['--accept-chain', file('{}')], /no chain info/],
    [['--accept-chain', join(home, 'none')], /No such file/],
    [['--accept-certificate', file('{}')], /no certificate/]]) {
    const said = spawnSync(program, ['verify', vectors('klero/level-a'), ...words], { encoding: 'utf8' });
    assert.equal(said.status, 2);
    assert.match(said.stderr, why);
    assert.equal(said.stdout, '');
  }
});
