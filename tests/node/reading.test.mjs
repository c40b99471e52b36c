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
import { makePack, zip } from '../tools/packs.mjs';
import { disagreement, runCommand } from '../tools/readings.mjs';
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
  test(`${name}: verified, and altered as klero says`, () => {
    const files = filesOf(name);
    const report = verifyPack(files, { bare: true });
    assert.deepEqual([report.verified, report.level], [true, 'unproven'], JSON.stringify(report.findings));
    const chance = new Chance(name);
    for (let i = 0; i < ALTERED; i++) {
      const [pack, what] = damage({ files, bare: true }, chance);
      assert.equal(disagreement(pack), null, what);
    }
  });
}

test('canonical JSON is read, everything else refused', () => {
  for (const { why, canonical, input, refused } of json('canon.json')) {
    if (why === 'one token more') continue; // a limit of a caller in C, not of protocol §6
    const read = (text) => parts.parseJson(utf8(text));
    if (refused) assert.equal(read(input), undefined, why);
    else assert.equal(Buffer.from(parts.writeJson(read(canonical))).toString(), canonical, why);
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

test('pulses of NIST, and none altered', () => {
  const pem = readFileSync(join(vectors, 'nist/certificate-5501e3d7.pem'));
  const certificate = parts.parseCertificate(pem);
  assert.equal(certificate.test, false);
  for (const name of ['pulse-1', 'pulse-54609']) {
    const { pulse } = json(`nist/${name}.json`);
    const read = (object) => parts.parseJson(utf8(canonical(object)));
    assert.ok(parts.verifyPulse(certificate, read(pulse)), name);
    for (const member of ['pulseIndex', 'statusCode', 'period', 'chainIndex']) {
      assert.equal(parts.verifyPulse(certificate, read({ ...pulse, [member]: pulse[member] + 1 })), false, member);
    }
    const { outputValue: output } = pulse;
    assert.equal(parts.verifyPulse(certificate, read({ ...pulse, outputValue: output.replace(/.$/, (c) => (c === '0' ? '1' : '0')) })), false);
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
  for (const at of [0, 4, 6, 8, 10, 12, 14, 18, 22, 26, 28, 40, end, end + 8, end + 12, end + 16, end + 20]) {
    const bad = Uint8Array.from(good);
    bad[at] ^= 1;
    assert.throws(() => readZip(bad), parts.ZipError, `byte ${at}`);
  }
  assert.throws(() => readZip(good.subarray(0, -1)), parts.ZipError);
  assert.throws(() => readZip(Buffer.concat([good, Buffer.of(0)])), parts.ZipError);
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
