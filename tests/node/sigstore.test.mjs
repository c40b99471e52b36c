// Sigstore's verifier, which shares no code with us, accepts the checkpoints
// and inclusion proofs that klero makes, and no byte of them altered.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sigstore } from './sigstore.mjs';

const ORIGIN = 'log.example/klero';
const WITNESS = 'witness.example';
const SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 300];

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(process.env.KLERO_BUILD ?? join(root, 'build/release'), 'klero');
const home = mkdtempSync('/tmp/klero-sigstore-');
after(() => rmSync(home, { recursive: true }));

const klero = (args, input = '') =>
  execFileSync(program, args, { cwd: home, input, encoding: 'utf8', stdio: 'pipe' });
const entriesOf = (size) => Array.from({ length: size }, (_, i) => `{"id":${i},"kind":"test"}`);

// A log: its verifier key as Sigstore holds it, and how to sign a tree head.
const vkey = klero(['keygen', '--log', ORIGIN, 'log.key']).trim();
klero(['keygen', 'witness.key']);
const { verify } = sigstore(vkey);

function checkpointOf(lines) {
  const hash = Buffer.from(klero(['merkle', 'root'], lines).trim(), 'hex').toString('base64');
  const size = lines.split('\n').length - 1;
  return klero(['note', 'sign', '--key', 'log.key', '--name', ORIGIN], `${ORIGIN}\n${size}\n${hash}\n`);
}

function proofOf(lines, index) {
  const hashes = klero(['merkle', 'prove', String(index)], lines).trim();
  return hashes === '' ? [] : hashes.split('\n').map((hex) => Buffer.from(hex, 'hex'));
}

// Some entries of each tree: the ends, the middle, where tiles meet.
const someOf = (size) => [...new Set([0, 1, size >> 1, size - 2, size - 1, 255, 256])].filter((i) => i >= 0 && i < size);

test('checkpoints and inclusion proofs are accepted', () => {
  for (const size of SIZES) {
    const entries = entriesOf(size);
    const lines = entries.map((entry) => `${entry}\n`).join('');
    const envelope = checkpointOf(lines);
    for (const index of someOf(size))
      verify(entries[index], index, proofOf(lines, index), envelope);
  }
});

test('a cosignature does not disturb it', () => {
  const lines = 'a\nb\nc\n';
  const envelope = klero(['note', 'sign', '--key', 'witness.key', '--name', WITNESS, '--cosign', '2026-07-01T00:00:00Z'],
    checkpointOf(lines));
  assert.equal(envelope.match(/\u2014 /g).length, 2);
  verify('b', 1, proofOf(lines, 1), envelope);
});

test('any byte changed is refused', () => {
  const entries = entriesOf(7);
  const lines = entries.map((entry) => `${entry}\n`).join('');
  const envelope = checkpointOf(lines);
  const hashes = proofOf(lines, 4);
  const refused = (...what) => assert.throws(() => verify(...what));

  verify(entries[4], 4, hashes, envelope);
  refused(entries[5], 4, hashes, envelope);
  refused(entries[4], 5, hashes, envelope);
  refused(entries[4], 4, hashes.slice(1), envelope);
  for (const [number, hash] of hashes.entries())
    for (let at = 0; at < hash.length; at++) {
      const altered = hashes.map((other) => Buffer.from(other));
      altered[number][at] ^= 1;
      refused(entries[4], 4, altered, envelope);
    }
  const signed = envelope.slice(0, envelope.indexOf('\n\n') + 1);
  for (let at = 0; at < signed.length; at++) {
    const other = String.fromCharCode(envelope.charCodeAt(at) ^ 1);
    refused(entries[4], 4, hashes, envelope.slice(0, at) + other + envelope.slice(at + 1));
  }
});

test('klero itself refuses what Sigstore refuses', () => {
  const lines = 'a\nb\nc\n';
  writeFileSync(join(home, 'checkpoint'), checkpointOf(lines));
  writeFileSync(join(home, 'proof'), klero(['merkle', 'prove', '1', '--note', 'checkpoint'], lines));
  klero(['merkle', 'check', '--proof', 'proof', vkey], 'b');
  assert.throws(() => klero(['merkle', 'check', '--proof', 'proof', vkey], 'c'), { status: 1 });
});
