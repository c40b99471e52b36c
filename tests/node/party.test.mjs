// A party's side, offline: klero keygen, seed, approve; and klero note, merkle,
// with which anybody checks what he is shown.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex'); // RFC 8410
const HEX_64 = /^[0-9a-f]{64}\n$/;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(process.env.KLERO_BUILD ?? join(root, 'build/release'), 'klero');
const home = mkdtempSync('/tmp/klero-party-');
after(() => rmSync(home, { recursive: true }));
const at = (name) => join(home, name);

const klero = (args, input = '') => spawnSync(program, args, { cwd: home, input, encoding: 'utf8' });
function done(args, input) {
  const { status, stdout, stderr } = klero(args, input);
  assert.equal(status, 0, stderr);
  return stdout;
}
function refused(status, why, args, input) {
  const said = klero(args, input);
  assert.equal(said.status, status, `${args}: ${said.stdout}${said.stderr}`);
  assert.match(said.stderr, why);
  assert.equal(said.stdout, '');
}

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const modeOf = (name) => statSync(at(name)).mode & 0o777;
const signs = (publicHex, text, signature) => verify(null, Buffer.from(text), createPublicKey({ format: 'der', type: 'spki',
  key: Buffer.concat([PUBLIC_DER, Buffer.from(publicHex, 'hex')]) }), Buffer.from(signature, 'hex'));

// --- keys ----------------------------------------------------------------------

test('a key is made once, for its owner alone', () => {
  const key = done(['keygen', 'party.key']);
  assert.match(key, HEX_64);
  assert.match(readFileSync(at('party.key'), 'utf8'), HEX_64);
  assert.equal(modeOf('party.key'), 0o400);
  const before = readFileSync(at('party.key'), 'utf8');
  refused(1, /exists/, ['keygen', 'party.key']);
  assert.equal(readFileSync(at('party.key'), 'utf8'), before);
  assert.equal(done(['keygen', '--show', 'party.key']), key);
  assert.notEqual(done(['keygen', 'another.key']), key);
});

test('a log key prints as a verifier key, a token as its hash', () => {
  const vkey = done(['keygen', '--log', 'log.example/a', 'log.key']);
  assert.match(vkey, /^log\.example\/a\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}\n$/);
  assert.equal(done(['keygen', '--show', '--log', 'log.example/a', 'log.key']), vkey);
  assert.equal(done(['keygen', '--api', 'token']).trim(), sha256(readFileSync(at('token'), 'utf8').trim()));
  assert.equal(modeOf('token'), 0o400);
});

test('what cannot be a key is refused', () => {
  refused(2, /NAME/, ['keygen', '--log', 'a+b', 'x.key']);
  refused(2, /NAME/, ['keygen', '--log', 'a b', 'x.key']);
  refused(2, /usage/, ['keygen']);
  refused(2, /usage/, ['keygen', '--api', '--log', 'a', 'x.key']);
  refused(2, /No such file/, ['keygen', 'no/such/folder.key']);
  for (const bad of ['', 'ab\n', 'ab'.repeat(32), `${'AB'.repeat(32)}\n`, `${'ab'.repeat(32)}\n\n`]) {
    writeFileSync(at('bad.key'), bad);
    refused(2, /bad\.key/, ['keygen', '--show', 'bad.key']);
  }
});

// --- secrets --------------------------------------------------------------------

// The declaration of the vectors, with keys of ours.
function declare(name, parties) {
  const text = readFileSync(join(root, 'tests/vectors/klero/level-c/declare.txt'), 'utf8');
  const lines = Object.entries(parties).map(([id, key]) => `party ${id} ${key} required\n`).join('');
  writeFileSync(at(name), text.replace(/(party .*\n)+/, lines));
  return sha256(readFileSync(at(name)));
}
const keys = Object.fromEntries(['operator', 'supervisor'].map((id) => [id, done(['keygen', `${id}.key`]).trim()]));
const declared = declare('declare.txt', keys);
mkdirSync(at('mine'));

test('a secret is bound to a declaration and a party, and made once', () => {
  done(['seed', 'new', 'declare.txt', 'mine/secret', '--party', 'operator', '--key', 'operator.key']);
  assert.match(readFileSync(at('mine/secret'), 'utf8'),
    new RegExp(`^klero/1 commit\ndeclare ${declared}\nparty operator\nsecret [0-9a-f]{64}\n$`));
  assert.equal(modeOf('mine/secret'), 0o400);
  const before = readFileSync(at('mine/secret'));
  refused(1, /secret already/, ['seed', 'new', 'declare.txt', 'mine/secret', '--party', 'operator']);
  refused(1, /mine\/secret: is its secret already/, ['seed', 'new', 'declare.txt', 'mine/second', '--party', 'operator']);
  assert.deepEqual(readFileSync(at('mine/secret')), before);
  // Another party's, or another draw's, is no second one.
  done(['seed', 'new', 'declare.txt', 'mine/theirs', '--party', 'supervisor']);
  declare('other.txt', { operator: keys.operator, owner: keys.supervisor });
  done(['seed', 'new', 'other.txt', 'mine/other', '--key', 'operator.key']);
  refused(1, /exists/, ['seed', 'new', 'other.txt', 'mine/theirs', '--party', 'owner']);
});

test('only a declared party with its own key gets one', () => {
  refused(1, /no such party/, ['seed', 'new', 'declare.txt', 'x', '--party', 'owner']);
  refused(1, /no such party/, ['seed', 'new', 'declare.txt', 'x', '--key', 'another.key']);
  refused(1, /no such party/, ['seed', 'new', 'declare.txt', 'x', '--party', 'operator', '--key', 'supervisor.key']);
  refused(2, /usage/, ['seed', 'new', 'declare.txt', 'x']);
  writeFileSync(at('broken.txt'), readFileSync(at('declare.txt'), 'utf8').replace('klero/1 declare', 'klero/2 declare'));
  refused(1, /broken\.txt:1:/, ['seed', 'new', 'broken.txt', 'x', '--party', 'operator']);
  refused(2, /absent\.txt/, ['seed', 'new', 'absent.txt', 'x', '--party', 'operator']);
});

test('its commitment is signed, and tells nothing of it', () => {
  const { party, commit, signature, ...more } = JSON.parse(done(['seed', 'commit', 'mine/secret', '--key', 'operator.key']));
  assert.deepEqual([party, more], ['operator', {}]);
  assert.equal(commit, sha256(readFileSync(at('mine/secret'))));
  assert.ok(signs(keys.operator, `klero/1 commitment\ndeclare ${declared}\nparty operator\ncommit ${commit}\n`, signature));
  refused(2, /usage/, ['seed', 'commit', 'mine/secret']);
  refused(2, /declare\.txt/, ['seed', 'commit', 'declare.txt', '--key', 'operator.key']);
});

test('a key others can read is not used', () => {
  writeFileSync(at('open.key'), readFileSync(at('operator.key')));
  chmodSync(at('open.key'), 0o644);
  const said = klero(['seed', 'commit', 'mine/secret', '--key', 'open.key']);
  assert.deepEqual([said.status, said.stdout], [2, '']);
});

test('it is revealed only into a lock that holds its commitment', () => {
  const secret = readFileSync(at('mine/secret'), 'utf8');
  const commits = Object.fromEntries(Object.keys(keys).map((id) =>
    [id, JSON.parse(done(['seed', 'commit', id === 'operator' ? 'mine/secret' : 'mine/theirs', '--key', `${id}.key`]))]));
  const lock = (digest = declared, own = commits.operator.commit) => {
    const lines = Object.values(commits).map(({ party, commit, signature }) =>
      `commit ${party} ${party === 'operator' ? own : commit} ${signature}\n`);
    writeFileSync(at('lock.txt'), `klero/1 lock\ndeclare ${digest}\n${lines.join('')}`);
  };
  assert.equal(done(['seed', 'reveal', 'mine/secret']), secret);
  lock();
  assert.equal(done(['seed', 'reveal', 'mine/secret', '--lock', 'lock.txt']), secret);
  lock(declared, 'ab'.repeat(32));
  refused(1, /another commitment/, ['seed', 'reveal', 'mine/secret', '--lock', 'lock.txt']);
  lock('ab'.repeat(32));
  refused(1, /another declaration/, ['seed', 'reveal', 'mine/secret', '--lock', 'lock.txt']);
  lock();
  refused(1, /another declaration/, ['seed', 'reveal', 'mine/other', '--lock', 'lock.txt']);
  writeFileSync(at('lock.txt'), 'klero/1 lock\n');
  refused(1, /lock\.txt:/, ['seed', 'reveal', 'mine/secret', '--lock', 'lock.txt']);
  refused(2, /absent/, ['seed', 'reveal', 'mine/secret', '--lock', 'absent']);
});

// --- approvals ---------------------------------------------------------------------

test('a replacement or an annulment is approved, once, and nothing else is', () => {
  const text = `klero/1 annul\nclose ${'ab'.repeat(32)}\nreason bribe\nevidence -\n`;
  const signature = done(['approve', 'operator.key', 'operator'], text).trim();
  assert.ok(signs(keys.operator, text, signature));
  const more = `${text}approve operator ${signature}\n`;
  assert.ok(signs(keys.supervisor, more, done(['approve', 'supervisor.key', 'supervisor'], more).trim()));
  refused(1, /already/, ['approve', 'operator.key', 'operator'], more);
  refused(1, /neither/, ['approve', 'operator.key', 'operator'], text.slice(0, -1));
  refused(1, /neither/, ['approve', 'operator.key', 'operator'], 'klero/1 commitment\n');
  refused(1, /neither/, ['approve', 'operator.key', 'operator'], '');
  refused(2, /usage/, ['approve', 'operator.key', 'Operator'], text);
});

// --- notes and trees -----------------------------------------------------------------

test('a note is signed and verified', () => {
  const vkey = done(['keygen', '--show', '--log', 'log.example/a', 'log.key']).trim();
  const other = done(['keygen', '--log', 'log.example/b', 'b.key']).trim();
  const note = done(['note', 'sign', '--key', 'log.key', '--name', 'log.example/a'], 'a\n\nb\n');
  assert.equal(done(['note', 'verify', other, vkey], note), 'a\n\nb\n');
  refused(1, /bad signature/, ['note', 'verify', vkey], note.replace('b', 'c'));
  refused(1, /none of these/, ['note', 'verify', other], note);
  refused(1, /not a signed note/, ['note', 'verify', vkey], 'a\n');
  refused(1, /cannot|nothing/, ['note', 'sign', '--key', 'log.key', '--name', 'x'], 'no newline');
  refused(1, /nothing/, ['note', 'sign', '--key', 'log.key', '--name', 'x', '--cosign', '2026-07-01T00:00:00Z'], note);
  refused(2, /VKEY/, ['note', 'verify', 'nonsense'], note);
  refused(2, /NAME/, ['note', 'sign', '--key', 'log.key', '--name', 'a b'], 'a\n');
  refused(2, /usage/, ['note', 'sign', '--key', 'log.key', '--name', 'a', '--cosign', 'now'], 'a\n');
});

test('roots and proofs of lines', () => {
  const lines = Array.from({ length: 11 }, (_, i) => `${i}\n`).join('');
  const rootOf = (text) => done(['merkle', 'root'], text).trim();
  assert.equal(rootOf(''), sha256(''));
  assert.equal(rootOf('a\n'), sha256('\0a'));
  assert.equal(rootOf('a'), rootOf('a\n'));
  for (let i = 0; i < 11; i++) {
    const proof = done(['merkle', 'prove', String(i)], lines);
    done(['merkle', 'check', String(i), '11', sha256(`\0${i}`), rootOf(lines)], proof);
    refused(1, /does not prove/, ['merkle', 'check', String(i), '11', sha256('\0x'), rootOf(lines)], proof);
  }
  const old = rootOf('0\n1\n2\n3\n4\n');
  const proof = done(['merkle', 'prove', '--old', '5'], lines);
  done(['merkle', 'check', '--old', '5', old, '11', rootOf(lines)], proof);
  refused(1, /does not prove/, ['merkle', 'check', '--old', '6', old, '11', rootOf(lines)], proof);
  refused(1, /no such entry/, ['merkle', 'prove', '11'], lines);
  refused(1, /empty, or larger/, ['merkle', 'prove', '--old', '12'], lines);
  refused(2, /no hashes/, ['merkle', 'check', '0', '11', old, old], 'x\n');
  refused(2, /too large|hashes/i, ['merkle', 'check', '0', '11', old, old], `${old}\n`.repeat(65));
  refused(2, /usage/, ['merkle', 'root', 'x'], lines);
  refused(2, /usage/, ['merkle', 'prove', '01'], lines);
});
