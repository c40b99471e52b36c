// The verifier of web/ over the vectors: it reads what it must, refuses what it must,
// and says the same as klero verify of every text and of seeded alterations of it.
// KLERO_ALTERED is how many of each case (60).
import { strict as assert } from 'node:assert';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KINDS, readZip, verifyPack } from '../../web/dist/verify-lib.mjs';
import * as parts from '../../web/dist/verify-lib.mjs';
import { Chance } from '../tools/chance.mjs';
import { nist } from '../tools/beacons.mjs';
import { ODD_CERTIFICATES, ODD_PULSES, oddChains } from '../tools/odd.mjs';
import { makePack, zip } from '../tools/packs.mjs';
import { disagreement, given, klero, readings, runCommand } from '../tools/readings.mjs';
import { damage } from '../tools/wrongs.mjs';

const vectors = new URL('../vectors/', import.meta.url).pathname;
const ALTERED = Number(process.env.KLERO_ALTERED ?? 60);
const json = (name) => JSON.parse(readFileSync(join(vectors, name), 'utf8'));
const base64 = (text) => new Uint8Array(Buffer.from(text, 'base64'));
const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
const utf8 = (text) => new Uint8Array(Buffer.from(text));
const cases = readdirSync(join(vectors, 'klero'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => name);
const filesOf = (name) => new Map(readdirSync(join(vectors, 'klero', name)).sort()
  .map((file) => [file, readFileSync(join(vectors, 'klero', name, file))]));

test('the table of findings is the one of the vectors', () => {
  const table = json('findings.json').map(({ code, phase, order, zh, en }) => ({ code, pass: phase, zh, en, order }));
  assert.deepEqual(KINDS, table);
});

for (const name of cases) {
  test(`${name}: verified, and altered as klero says`, async () => {
    const files = filesOf(name);
    const report = verifyPack(files, { bare: true });
    assert.deepEqual([report.verified, report.level], [true, 'unproven'], JSON.stringify(report.findings));
    const chance = new Chance(name);
    for (let i = 0; i < ALTERED; i++) {
      const [pack, what] = damage({ files, bare: true }, chance);
      assert.equal(disagreement(await readings(pack)), null, what);
    }
  });
}

test('canonical JSON is read, everything else refused', () => {
  for (const { why, canonical, input, refused } of json('canon.json')) {
    if (why === 'one token more') continue; // a limit of a caller in C, not of protocol §6
    const read = (text) => parts.parseJson(utf8(text));
    const any = parts.parseAnyJson(utf8(input));
    if (refused) assert.deepEqual([read(input), any], [undefined, undefined], why);
    else assert.equal(Buffer.from(parts.writeJson(any)).toString(), canonical, why);
    if (!refused) assert.equal(Buffer.from(parts.writeJson(read(canonical))).toString(), canonical, why);
    if (!refused && input !== canonical) assert.equal(read(input), undefined, why);
  }
});

test('inclusion and consistency proofs', () => {
  const list = (proof) => (proof ?? []).map(base64);
  for (const { leafIdx, treeSize, leafHash, root, proof, wantErr, desc } of json('tlog/merkle_inclusion.json').cases) {
    const safe = Number.isSafeInteger(leafIdx) && Number.isSafeInteger(treeSize) && leafIdx >= 0;
    const good = safe && parts.checkInclusion(leafIdx, treeSize, base64(leafHash), list(proof), base64(root));
    assert.equal(good, !wantErr, desc);
  }
  for (const { size1, size2, root1, root2, proof, wantErr, desc } of json('tlog/merkle_consistency.json').cases) {
    const good = parts.checkConsistency(size1, size2, base64(root1 ?? ''), base64(root2 ?? ''), list(proof));
    // One good case of the set has roots that no SHA-256 gives.
    const whole = [root1, root2].every((root) => base64(root ?? '').length === 32);
    assert.equal(good, !wantErr && whole, desc);
  }
  for (const { old_size: old, new_size: size, old_root_hex: a, new_root_hex: b, proof_hex: proof } of json('tlog/golden/golden_consistency.json').proofs) {
    assert.ok(parts.checkConsistency(old, size, bytes(a), bytes(b), proof.map(bytes)), `${old} → ${size}`);
  }
});

test('signed notes', () => {
  for (const { note, vkeys, ok, desc, bad_utf8_hex: bad } of json('tlog/signed_note.json').notes) {
    const keys = vkeys.map((vkey) => parts.parseVerifierKey(vkey));
    const opens = (read) => {
      const signed = keys.map((key) => parts.isSigned(read, key.name, key.key)).filter((is) => is !== undefined);
      return signed.length > 0 && signed.every(Boolean);
    };
    if (ok) assert.ok(opens(parts.parseNote(utf8(note))), desc);
    else assert.ok((() => { try { return !opens(parts.parseNote(utf8(note))); } catch { return true; } })(), desc);
    if (bad) assert.throws(() => parts.parseNote(bytes(bad)), desc);
  }
  for (const { vkey, lenient_ok: lenient } of json('tlog/signed_note.json').vkeys_bad) {
    assert.equal(parts.parseVerifierKey(vkey), undefined, `${vkey} ${lenient}`);
  }
});

test('checkpoints, cosignatures and proof files', () => {
  const { checkpoints, bodies } = json('tlog/checkpoint.json');
  const line = checkpoints[0].signed.split('\n\n')[1];
  for (const { body, ok, desc } of bodies) {
    const read = () => parts.parseCheckpoint(utf8(`${body}\n${line}`));
    if (ok) assert.ok(read(), desc);
    else assert.throws(read, desc);
  }
  for (const { signed, origin, size } of checkpoints) {
    const read = parts.parseCheckpoint(utf8(signed));
    assert.deepEqual([read.origin, read.size], [origin, size]);
  }
  const [golden] = json('tlog/cosignature.json').verifiable;
  const publicKey = publicKeyOf(golden.seed_hex);
  const at = (text) => parts.cosignedAt(parts.parseCheckpoint(utf8(`${golden.body}\n${text}`)), golden.name, publicKey);
  assert.equal(at(golden.line), golden.time);
  for (const text of golden.must_ignore) assert.ok(!at(text), text);
  for (const { entry, index, proof_hex: hashes, size, tlog_proof: text } of json('tlog/golden/golden_proofs.json').proofs) {
    const proof = parts.parseProof(utf8(text));
    assert.deepEqual([proof.index, proof.checkpoint.size, proof.hashes.length], [index, size, hashes.length]);
    assert.ok(parts.checkInclusion(index, size, parts.leafHash(utf8(entry)), proof.hashes, proof.checkpoint.root));
  }
});

// RFC 8410: the PKCS #8 of an Ed25519 seed, and the raw key at the end of the SPKI.
function publicKeyOf(seed) {
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
}

// Each key thrice: from the second signature on it comes with a table.
test('Ed25519 at its edge', () => {
  const { keys, signatures } = json('ed25519.json');
  for (const { why, key, good } of keys) assert.equal(parts.isPublicKey(key), good, why);
  for (const { why, key, message, signature, good } of [...signatures, ...signatures, ...signatures]) {
    assert.equal(parts.verifySignature(key, bytes(message), bytes(signature)), good, why);
  }
});

test('rounds of drand, and none passed off as another', () => {
  const { chain_info: info, rounds } = json('drand/quicknet.json');
  const chain = parts.parseChain(utf8(JSON.stringify(info)));
  assert.equal(chain.test, false);
  for (const { round, signature, round_time_unix: time } of rounds) {
    assert.equal(parts.timeOfRound(chain, round), time);
    assert.equal(parts.verifyRound(chain, round, signature), true, `round ${round}`);
    assert.equal(parts.verifyRound(chain, round + 1, signature), false, `round ${round}`);
    assert.equal(parts.verifyRound(chain, round, `c0${'00'.repeat(47)}`), false, 'infinity');
  }
  for (const name of ['default', 'fastnet-retired']) {
    assert.throws(() => parts.parseChain(utf8(JSON.stringify(json(`drand/${name}.json`).chain_info))));
  }
});

test('chain info at the edge of its form: the same word of both', () => {
  const takes = (info) => {
    try {
      return Boolean(parts.parseChain(utf8(info)));
    } catch (error) {
      assert.ok(error instanceof parts.ChainError, String(error));
      return false;
    }
  };
  const says = (info) => klero('beacon', 'time', '1', '--chain', given('chain.json', info)).status;
  for (const [name, { good, json: info }] of Object.entries(oddChains(json('drand/quicknet.json').chain_info))) {
    assert.equal(takes(info), good, name);
    assert.equal(says(info), good ? 0 : 2, name);
  }
});

test('pulses of NIST, and none altered', () => {
  const pem = readFileSync(join(vectors, 'nist/certificate-5501e3d7.pem'));
  const certificate = parts.parseCertificate(pem);
  assert.equal(certificate.test, false);
  for (const name of ['pulse-1', 'pulse-54609']) {
    const { pulse } = json(`nist/${name}.json`);
    assert.ok(parts.verifyPulse(certificate, read(pulse)), name);
    for (const member of ['pulseIndex', 'statusCode', 'period', 'chainIndex']) {
      assert.equal(parts.verifyPulse(certificate, read({ ...pulse, [member]: pulse[member] + 1 })), false, member);
    }
    const { outputValue: output } = pulse;
    assert.equal(parts.verifyPulse(certificate, read({ ...pulse, outputValue: output.replace(/.$/, (c) => (c === '0' ? '1' : '0')) })), false);
  }
});

const read = (object) => parts.parseJson(utf8(canonical(object)));

test('pulses of another certificate, and keys that sign none', () => {
  const { certificate: pem, pulses, refused } = json('nist/test-pulses.json');
  const certificate = parts.parseCertificate(utf8(pem));
  const other = parts.parseCertificate(readFileSync(join(vectors, 'nist/certificate-5501e3d7.pem')));
  assert.equal(certificate.test, true);
  for (const pulse of pulses) {
    assert.ok(parts.verifyPulse(certificate, read(pulse)));
    assert.equal(parts.verifyPulse(other, read(pulse)), false);
  }
  assert.equal(refused.length, 4);
  for (const { what, certificate: bad } of refused) {
    assert.throws(() => parts.parseCertificate(utf8(bad)), parts.CertificateError, what);
  }
});

// Status 0 and 1 are klero's word on a pulse, 2 that on a file.
const statusOf = (pulse, pem) =>
  klero('beacon', 'nist', given('pulse.json', canonical(pulse)), '--certificate', given('certificate.pem', pem)).status;

test('pulses at the edge of their form: the same word of both', () => {
  const { certificate: pem, pulse: make } = nist();
  const certificate = parts.parseCertificate(pem);
  for (const [name, odd] of Object.entries(ODD_PULSES)) {
    const pulse = make({ index: 7, time: 1790000040, chance: new Chance(name), odd });
    assert.equal(parts.verifyPulse(certificate, read(pulse)), odd.good, name);
    assert.equal(statusOf(pulse, pem), odd.good ? 0 : 1, name);
  }
});

test('certificates at the edge of their form: the same word of both', () => {
  const [pulse] = json('nist/test-pulses.json').pulses;
  const takes = (pem) => {
    try {
      return Boolean(parts.parseCertificate(utf8(pem)));
    } catch (error) {
      assert.ok(error instanceof parts.CertificateError, String(error));
      return false;
    }
  };
  for (const [name, { good, pem }] of Object.entries(ODD_CERTIFICATES)) {
    assert.equal(takes(pem), good, name);
    assert.equal(statusOf(pulse, pem), good ? 1 : 2, name);
  }
  const { pem } = ODD_CERTIFICATES['RSA of 2048 bits'];
  const [head, base64, tail] = pem.split(/(?<=CERTIFICATE-----\n)|\n(?=-----END)/);
  const chance = new Chance('certificates');
  for (let i = 0; i < ALTERED; i++) {
    const der = Buffer.from(base64, 'base64');
    const at = chance.below(chance.happens(0.5) ? 80 : der.length);
    der[at] = chance.pick([0, 1, 2, 3, 0x30, 0x7f, 0x80, 0x81, 0x82, 0xff, der[at] ^ 1]);
    const altered = `${head}${der.toString('base64')}\n${tail}`;
    assert.equal(statusOf(pulse, altered) !== 2, takes(altered), `byte ${at}: ${der[at]}`);
  }
});

function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

test('a ZIP of another make is refused', () => {
  const { files } = makePack(1);
  const good = zip(files);
  assert.deepEqual(readZip(good).map(({ name }) => name), [...files.keys()].sort());
  const end = good.length - 22;
  const central = good.readUInt32LE(end + 16);
  for (const [head, size] of [[0, 30], [central, 46], [end, 22]]) {
    for (let bit = 0; bit < 8 * size; bit++) {
      const bad = Uint8Array.from(good);
      bad[head + (bit >> 3)] ^= 1 << (bit & 7);
      assert.throws(() => readZip(bad), parts.ZipError, `bit ${bit & 7} of byte ${head + (bit >> 3)}`);
    }
  }
  assert.throws(() => readZip(good.subarray(0, -1)), parts.ZipError);
  assert.throws(() => readZip(Buffer.concat([good, Buffer.of(0)])), parts.ZipError);
});

// A byte of any of its headers, another number in a member, a header that is another's.
function spoilHeaders(good, chance) {
  const bad = Buffer.from(good);
  const end = good.length - 22;
  const central = good.readUInt32LE(end + 16);
  const heads = [];
  for (let at = central; at < end; at += 46 + good.readUInt16LE(at + 28)) heads.push(at, good.readUInt32LE(at + 42));
  const head = chance.pick([...heads, end]);
  const size = head === end ? 22 : head < central ? 30 + good.readUInt16LE(head + 26) : 46 + good.readUInt16LE(head + 28);
  const at = head + chance.below(size);
  switch (chance.below(5)) {
    case 0: bad[at] ^= 1 << chance.below(8); break;
    case 1: bad[at] = chance.pick([0, 1, 0x14, 0x2f, 0x2e, 0x5c, 0x7f, 0x80, 0xff]); break;
    case 2: if (at + 2 <= good.length) bad.writeUInt16LE(chance.pick([0, 1, 8, 20, 45, 0x800, 0x808, 0xffff]), at); break;
    case 3: good.copy(bad, head, chance.pick(heads), chance.pick(heads) + 30); break;
    default: return Buffer.concat([bad.subarray(0, at), chance.bytes(chance.below(3)), bad.subarray(at + chance.below(3))]);
  }
  return bad;
}

test('headers of a ZIP altered by chance: the same word of both', async () => {
  const { files } = makePack(1);
  const good = zip(new Map([...files].slice(0, 12)));
  const chance = new Chance('zip');
  let refused = 0;
  for (let i = 0; i < 2 * ALTERED; i++) {
    const archive = spoilHeaders(good, chance);
    const said = await readings({ archive, bare: true });
    refused += said.ts.status === 2;
    assert.equal(disagreement(said), null, `alteration ${i}`);
  }
  assert.ok(refused > ALTERED, `only ${refused} were refused`);
});

test('names a ZIP may hold, and none other: the same word of both', async () => {
  const { files } = makePack(1);
  for (const [name, good] of [['a/b', true], ['机构', true], ['a\\b', false], ['a\x7f', false], ['a\x1f', false], ['a//b', false],
    ['/a', false], ['a/', false], ['./a', false], ['a/..', false], ['...', true], [' ', true], ['n'.repeat(255), true], ['n'.repeat(256), false],
    ['\u0085', true], ['\ufeffa', true]]) {
    for (const flags of [0, 0x800]) {
      const archive = zip(new Map([...files, [name, Buffer.from('x')]]), flags);
      const said = await readings({ archive, bare: true });
      const ascii = /^[\x00-\x7f]*$/.test(name);
      assert.equal(disagreement(said), null, `${name} ${flags}`);
      assert.equal(said.ts.status !== 2, good && (flags !== 0 || ascii), `${name} ${flags}`);
    }
  }
});

test('what is wrong with names is told in the order of their bytes', async () => {
  const { files } = makePack(1);
  const names = ['x', '\uff5e', '\u{10000}']; // JavaScript would put the last before the second
  for (const some of [names, names.slice(1)]) {
    const archive = zip(new Map([...files, ...some.map((name) => [name, Buffer.from('x')])]), 0x800);
    const said = await readings({ archive, bare: true });
    assert.deepEqual([disagreement(said), said.ts.first], [null, `file-name ${some[0]}:0`]);
  }
});

test('the command: 0 without a finding, 1 with one, 2 when it cannot read', () => {
  const pack = join(vectors, 'klero/level-b');
  const { status, stdout } = runCommand([pack, '--bare', '--json']);
  assert.deepEqual([status, JSON.parse(stdout).level], [0, 'unproven']);
  assert.equal(runCommand([pack, '--lang', 'en']).status, 1);
  assert.equal(runCommand([pack, '--bare', '--min-level', 'C']).status, 1);
  assert.equal(runCommand([pack, '--bare', '--lang', 'fr']).status, 2);
  assert.equal(runCommand([`${pack}-nowhere`]).status, 2);
});
