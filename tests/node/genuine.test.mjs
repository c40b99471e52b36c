// What the page of a draw claims of its beacon: a tick is for what was verified there,
// and a forged value is a cross. The page's own code, with the texts of packs of ours.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { drawn, load, pack, recorded } from '../tools/claims.mjs';

const { read } = await load('draw/read');

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const isText = (name) => !name.includes('/') && (name.endsWith('.txt') || name === 'pulse.json');
const factsOf = (files) => read(new Map([...files].filter(([name]) => isText(name))), () => undefined);
const worth = (facts, what) => facts.checks.find((check) => check.what === what)?.good;
const { rounds: ROUNDS } = JSON.parse(readFileSync(new URL('../vectors/drand/quicknet.json', import.meta.url), 'utf8'));

// All that follows from another value of the beacon, as one who forges it would publish.
function follow(files, beacon, seed) {
  const forged = new Map(files);
  const put = (name, text) => forged.set(name, Buffer.from(text));
  put('beacon.txt', beacon);
  put('seed.txt', seed);
  const hash = sha256(seed);
  const entries = [...files.get('roster.txt').toString().matchAll(/^entry (\S+) (\d+)$/gm)].map(([, id, weight]) => ({ id, ticket: Array.from({ length: Number(weight) },
    (_, i) => sha256(`klero/1 ticket\nseed ${hash}\nentry ${id}\nunit ${i + 1}\n`)).sort()[0] }));
  const [, count, alternates] = files.get('declare.txt').toString().match(/^select (\d+) (\d+)$/m).map(Number);
  const role = (i) => i < count ? 'selected' : i < count + alternates ? `alternate-${i - count + 1}` : 'not-selected';
  put('result.txt', `klero/1 result\nseed ${hash}\n${entries.sort((a, b) => a.ticket < b.ticket ? -1 : 1)
    .map(({ id, ticket }, i) => `rank ${i + 1} ${ticket} ${id} ${role(i)}\n`).join('')}`);
  put('close.txt', files.get('close.txt').toString().replace(/^detail .*$/m, `detail ${sha256(forged.get('result.txt'))}`));
  return forged;
}

test('a round of drand is ticked when its signature was verified', () => {
  const facts = factsOf(recorded('drand'));
  assert.deepEqual([facts.beacon.word, worth(facts, 'beacon.signed')], ['signed', true]);
  assert.deepEqual(facts.checks.filter(({ good }) => good !== true), []);
});

test('a draft, which has no declaration, is read', () => {
  const files = recorded('drand');
  for (const names of [[], ['roster.txt', 'names.txt']]) {
    const facts = factsOf(new Map(names.map((name) => [name, files.get(name)])));
    assert.deepEqual([facts.declared, facts.beacon, facts.checks], [null, null, []]);
  }
});

test('a forged round is a cross, though everything follows from it', () => {
  const files = recorded('drand');
  const beacon = files.get('beacon.txt').toString();
  // A signature of the same chain, of another round.
  const other = ROUNDS.map(({ signature }) => signature).find((signature) => !beacon.includes(signature));
  const seed = files.get('seed.txt').toString().replace(/[0-9a-f]{64}\n$/, `${sha256(Buffer.from(other, 'hex'))}\n`);
  const facts = factsOf(follow(files, beacon.replace(/[0-9a-f]{96}/, other), seed));
  assert.deepEqual([facts.agrees, worth(facts, 'seed'), worth(facts, 'close')], [true, true, true]);
  assert.deepEqual([facts.beacon.word, worth(facts, 'beacon.false')], ['false', false]);
});

test('a chain or a certificate that is not known here gets no tick', () => {
  for (const kind of ['drand', 'nist']) {
    const facts = factsOf(pack(drawn(kind)).files);
    assert.deepEqual([facts.beacon.word, worth(facts, 'beacon.unknown'), worth(facts, 'seed')], ['unknown', null, true], kind);
  }
});

test('a pulse is ticked when it is there and signed, and not before', () => {
  const files = recorded('nist');
  const facts = factsOf(files);
  assert.deepEqual([facts.beacon.word, worth(facts, 'beacon.signed'), worth(facts, 'seed')], ['signed', true, true]);
  const before = new Map(files);
  before.delete('pulse.json');
  const waits = factsOf(before);
  assert.deepEqual([waits.beacon.word, worth(waits, 'beacon.waits'), worth(waits, 'seed')], ['waits', null, null]);
  const pulse = files.get('pulse.json').toString().replace(/("localRandomValue":")(.)/, (_, name, digit) => name + (digit === 'A' ? 'B' : 'A'));
  const beacon = files.get('beacon.txt').toString().replace(/[0-9a-f]{64}\n$/, `${sha256(pulse)}\n`);
  const forged = factsOf(new Map(files).set('pulse.json', Buffer.from(pulse)).set('beacon.txt', Buffer.from(beacon)));
  assert.equal(forged.beacon.word, 'false');
  assert.equal(factsOf(new Map(files).set('pulse.json', Buffer.from(pulse))).beacon.word, 'false');
});

test('a public value is told with those who signed it', () => {
  const { files } = pack(drawn('public'));
  const facts = factsOf(files);
  const text = files.get('beacon.txt').toString();
  assert.deepEqual([facts.beacon.word, worth(facts, 'beacon.attested')], ['attested', true]);
  assert.deepEqual(facts.beacon.attesters, text.match(/(?<=^attest )\S+/gm));
  const altered = text.replace(/^(attest \S+ )(.)/m, (_, begin, digit) => begin + (digit === '0' ? '1' : '0'));
  assert.equal(factsOf(new Map(files).set('beacon.txt', Buffer.from(altered))).beacon.word, 'false');
});
