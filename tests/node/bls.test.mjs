// @noble/curves, which shares no code with us, signs; klero judges as it does:
// BLS signatures in G1 of rounds, good ones and spoilt ones.
//
// KLERO_SEED=text takes the keys and rounds of an earlier run again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bls12_381 as bls } from '@noble/curves/bls12-381';

const CASES = 500;
const DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const ROUND_MAX = 2n ** 53n - 1n;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(process.env.KLERO_BUILD ?? join(root, 'build/release'), 'klero');
const points = JSON.parse(readFileSync(join(root, 'tests/vectors/bls/points.json'), 'utf8'));
const seed = process.env.KLERO_SEED ?? randomBytes(8).toString('hex');
const { G1, G2 } = { G1: bls.G1.ProjectivePoint, G2: bls.G2.ProjectivePoint };

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const chance = (name, number) => BigInt(`0x${sha256(seed, name, String(number)).toString('hex')}`);

function messageOf(round) {
  const big = Buffer.alloc(8);
  big.writeBigUInt64BE(round);
  return sha256(big);
}

const hashOf = (round) => bls.shortSignatures.hash(messageOf(round), DST);

// One key each, one round each: the ends of what a round may be as well.
function caseOf(number) {
  const secret = chance('key', number) % (bls.fields.Fr.ORDER - 1n) + 1n;
  const round = [1n, ROUND_MAX][number] ?? chance('round', number) % ROUND_MAX + 1n;
  return { secret, round,
    key: G2.BASE.multiply(secret).toHex(true),
    signature: G1.fromAffine(hashOf(round).toAffine()).multiply(secret).toHex(true) };
}

const cases = Array.from({ length: CASES }, (_, number) => caseOf(number));

// What klero says of each, true for `valid`.
function judge(lines) {
  const text = lines.map(({ key, round, signature }) => `${key} ${round} ${signature}\n`).join('');
  const { status, stdout, stderr } = spawnSync(program, ['beacon', 'lines'], { input: text, encoding: 'utf8', maxBuffer: 1 << 26 });
  const said = stdout.split('\n').slice(0, -1);
  assert.equal(stderr, '');
  assert.equal(said.length, lines.length);
  for (const line of said)
    assert.match(line, /^(valid|invalid: it is .+)$/);
  assert.equal(status, said.every((line) => line === 'valid') ? 0 : 1);
  return said.map((line) => line === 'valid');
}

function nobleTakes({ key, round, signature }) {
  try {
    return bls.shortSignatures.verify(G1.fromHex(signature), hashOf(round), G2.fromHex(key));
  } catch {
    return false;
  }
}

const flip = (hex, bit) => {
  const bytes = Buffer.from(hex, 'hex');
  bytes[bit >> 3] ^= 0x80 >> (bit & 7);
  return bytes.toString('hex');
};

test(`what @noble/curves signs is taken (${CASES} keys, seed ${seed})`, () => {
  judge(cases).forEach((valid, number) => assert.ok(valid, `case ${number}, seed ${seed}`));
});

test(`both agree on what was spoilt (seed ${seed})`, () => {
  const bit = (number, size) => Number(chance('bit', number) % BigInt(size));
  const ways = [
    (it, number) => ({ ...it, signature: flip(it.signature, bit(number, 384)) }),
    (it, number) => ({ ...it, key: flip(it.key, bit(number, 768)) }),
    (it, number) => ({ ...it, signature: flip(it.signature, 2), note: number }), // the other y
    (it, number) => ({ ...it, round: cases[number + 1].round }),
    (it) => ({ ...it, round: it.round === ROUND_MAX ? 1n : it.round + 1n }),
    (it, number) => ({ ...it, key: cases[number + 1].key }),
    (it, number) => ({ ...it, signature: cases[number + 1].signature }),
    (it) => it,
  ];
  const spoilt = cases.slice(0, 96).map((it, number) => ways[number % ways.length](it, number));
  const said = judge(spoilt);
  spoilt.forEach((it, number) => {
    assert.equal(said[number], number % ways.length === ways.length - 1, `case ${number}, seed ${seed}`);
    assert.equal(said[number], nobleTakes(it), `case ${number}, seed ${seed}`);
  });
});

test('both refuse what is no point of the group', () => {
  const [it] = cases;
  const lines = [...points.signatures.map(({ point }) => ({ ...it, signature: point })),
    ...points.keys.map(({ point }) => ({ ...it, key: point }))];
  assert.ok(lines.length > 60);
  judge(lines).forEach((valid, number) => assert.ok(!valid, `line ${number}`));
  lines.forEach((line, number) => assert.ok(!nobleTakes(line), `line ${number}`));
});

// The curve's points times a random number, so they are of no special form.
test('both refuse random points outside the subgroup', () => {
  const lines = [];
  for (let number = 0; lines.length < 24; number++) {
    const x = chance('x', number) % bls.fields.Fp.ORDER;
    const bytes = Buffer.from(x.toString(16).padStart(96, '0'), 'hex');
    bytes[0] |= 0x80;
    lines.push({ ...cases[number], signature: bytes.toString('hex') });
  }
  judge(lines).forEach((valid, number) => assert.ok(!valid, `line ${number}, seed ${seed}`));
  lines.forEach((line, number) => assert.ok(!nobleTakes(line), `line ${number}, seed ${seed}`));
});

test('lines out of form are answered, too', () => {
  const [it] = cases;
  const odd = [{ ...it, key: '' }, { ...it, key: it.key.slice(2) }, { ...it, key: it.key.toUpperCase() },
    { ...it, round: 0 }, { ...it, round: '01' }, { ...it, round: '' }, { ...it, round: 2n ** 53n },
    { ...it, signature: '' }, { ...it, signature: `${it.signature} ` }, { ...it, signature: it.signature.slice(2) }];
  judge(odd).forEach((valid, number) => assert.ok(!valid, `line ${number}`));
  const { status } = spawnSync(program, ['beacon', 'lines'], { input: 'no newline' });
  assert.equal(status, 2);
});
