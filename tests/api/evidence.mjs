// evidence.mjs -- what tests of draws share: packs, beacon values, signatures of
// parties, acts of two persons.
//
// evidence({ call, home, origin, people, twoPersons, … }) is bound to one
// installation, as client.mjs is; the exports are those of the shared klerod.
//
// pack(id) → the bytes of a pack, when its checkpoint is published
// verify(id, parties) → what `klero verify --trust` says of it: { status,
//     stdout, stderr, file }; parties as people().parties
// verified(id, parties) → likewise, and fails unless it is without a finding
// unzip(bytes) → Map of names to Buffers
// attestation(draw, value, names) → the body of POST beacon
// approve(parties, names, statement) → approvals, each over those before it
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as shared from './client.mjs';
import { sha256 } from './keys.mjs';

const { must, program, until } = shared;
const klero = join(process.env.KLERO_BUILD ?? 'build/asan', 'klero');

// The entries of a ZIP whose files are stored, from its central directory.
export function unzip(bytes) {
  const end = bytes.length - 22;
  const files = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const size = bytes.readUInt32LE(at + 20);
    const nameSize = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    files.set(bytes.toString('utf8', at + 46, at + 46 + nameSize), bytes.subarray(start, start + size));
    at += 46 + nameSize;
  }
  return files;
}

// Each signs the statement and the lines of those before him.
export function approve(parties, names, statement) {
  let text = statement;
  return names.map((party) => {
    const signature = parties[party].key.sign(text);
    text += `approve ${party} ${signature}\n`;
    return { party, signature };
  });
}

export function evidence({ call, home, origin }) {
  async function pack(id) {
    const reply = await until(async () => {
      const got = await call('GET', `/v1/draws/${id}/pack`);
      return got.status !== 409 && got;
    }, `pack of ${id}`);
    assert.equal(reply.headers.get('content-type'), 'application/zip', reply.text);
    return must(reply, 200, 'bytes');
  }

  function trust(parties) {
    const log = execFileSync(klero, ['keygen', '--show', '--log', origin, join(home, 'keys/log.key')], { encoding: 'utf8' });
    const lines = Object.entries(parties).map(([name, { key }]) => `party ${name} ${key.public_key}\n`);
    return `log ${log.trim()}\nquorum none\n${lines.join('')}`;
  }

  async function verify(id, parties) {
    const folder = mkdtempSync(join(home, 'pack-'));
    const file = join(folder, `${id}.zip`);
    writeFileSync(file, await pack(id));
    writeFileSync(join(folder, 'trust.txt'), trust(parties));
    return { file, ...program('klero', ['verify', file, '--trust', join(folder, 'trust.txt'), '--lang', 'en']) };
  }

  async function verified(id, parties) {
    const said = await verify(id, parties);
    assert.equal(said.status, 0, `${said.stdout}${said.stderr}`);
    return said;
  }

  async function attestation(draw, value, names) {
    const seal = sha256(await draw.text('seal.txt'));
    const statement = `klero/1 public\ndeclare ${draw.declare}\nseal ${seal}\nvalue ${value}\n`;
    return { value, attestations: names.map((party) => ({ party, signature: draw.parties[party].key.sign(statement) })) };
  }

  return { pack, verify, verified, attestation };
}

export const { pack, verify, verified, attestation } = evidence(shared);
