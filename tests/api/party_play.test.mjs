// klero party: a party's whole part, with a service that lies, fails, censors.
//
// One draw is played from its freeze to its pack. Nothing waits for a time but
// the draw itself, whose windows leave room for a slow machine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { aDraw, call, category, home, must, origin, party, people, person, policy, program, until, waitFor } from './client.mjs';
import { pack, unzip } from './evidence.mjs';
import { canonical, newKey, sha256 } from './keys.mjs';
import { lie } from './liar.mjs';
import { leafHash } from './merkle.mjs';
import { codeOf, editFile, editText, equip, events, klero, lagging, play, promise, without } from './party.mjs';
import { Pretender } from './witness.mjs';

const s = (n) => ({ n: n * Number(process.env.KLERO_SLOWER ?? 1), unit: 'second' });
const POLICY = { draw: { objection: s(1), commit: s(40), reveal: s(90), optional_parties: ['owner'], withheld: 'void' } };
const DAY_S = 86_400;

const url = () => process.env.KLERO_URL;
const root = mkdtempSync(join(home, 'party-'));
const at = (...names) => join(root, ...names);
let draw, trust;

// --- a party at its machine -----------------------------------------------------

const file = (name, text, mode = 0o600) => {
  writeFileSync(at(name), text, { mode });
  return at(name);
};

const start = (what, who, { dir = who, to = url(), more = [], key = at(`${who}.key`), trusted = trust, faked } = {}) =>
  play([what, to, draw.id, '--dir', at(dir), '--key', key, '--trust', trusted, ...more], { faked });
const run = (...args) => start(...args).ended;

// It must end so, for this reason.
async function ends(status, code, ...args) {
  const said = await run(...args);
  assert.deepEqual([said.status, codeOf(said)], [status, code], `${said.stdout}${said.stderr}`);
  return said;
}

const secretOf = (dir) => readFileSync(at(dir, 'secret.txt'), 'utf8');
const hasSecret = (dir) => existsSync(at(dir, 'secret.txt'));

// A liar for one run alone, which must not have been told anything.
async function refuses(code, what, who, setup, options = {}) {
  const liar = await lie(url);
  await setup(liar);
  try {
    const said = await run(what, who, { ...options, to: liar.url });
    assert.deepEqual([said.status, codeOf(said)], [options.status ?? 1, code], `${code}: ${said.stdout}${said.stderr}`);
    assert.deepEqual(liar.posts, [], `${code}: nothing is told`);
  } finally {
    await liar.close();
  }
}

const checkpoint = async () => must(await call('GET', '/log/checkpoint'), 200, 'text');
// As the log itself would sign it, had it another tree.
function forge(text) {
  const signed = program('klero', ['note', 'sign', '--key', join(home, 'keys/log.key'), '--name', origin], text);
  assert.equal(signed.status, 0, signed.stderr);
  return signed.stdout;
}
const otherRoot = (note) => forge(note.split('\n\n')[0].replace(/\n[^\n]*$/, `\n${Buffer.alloc(32, 7).toString('base64')}\n`));

before(async () => {
  await policy(POLICY);
  await category();
  const owner = await person('owner');
  const parties = { ...(await people()).parties, owner: await party(owner, 'owner') };
  trust = equip(root, { origin, home }, parties);
  draw = await aDraw({ entrants: 3, policy: POLICY, owner, parties, until: 'declared' });
});
after(() => rmSync(root, { recursive: true, force: true }));

// --- before it commits --------------------------------------------------------------

describe('a declaration', { concurrency: 4 }, () => {
  const commit = (code, setup, options) => refuses(code, 'commit', 'supervisor', setup, { dir: `lied-${code}`, ...options });
  for (const [code, setup] of Object.entries({
    'proof-inclusion': editText('draw.declared', /^select 1 /m, 'select 2 '),
    'digest-roster': editText('draw.roster', / 1\n$/, ' 2\n'),
    'form-names': editText('draw.names', '\n', '\n\n'),
    'digest-policy': editFile('policy.json', '"weight_max":', '"weight_max":1'),
    'digest-notice': editFile('notice.json', '"title":"', '"title":"x'),
    'text-missing': without('draw.excluded'),
    'events-bad': events((items) => items.map((item) => ({ ...item, subject: 'D-2' }))),
    'event-twice': events((items) => items.map((item, i) => i === 2 ? { ...items[1], index: item.index } : item)),
    'log-signature': editFile('/log/checkpoint', /\n\S+\n\n/, `\n${Buffer.alloc(32, 7).toString('base64')}\n\n`),
  }))
    test(`is refused: ${code}`, async () => {
      await commit(code, setup);
      assert.ok(!hasSecret(`lied-${code}`));
    });

  test('that is not there yet is waited for', () =>
    refuses('not-declared', 'commit', 'supervisor', without('draw.declared'), { dir: 'early', status: 3 }));

  test('of another party, roster, key is refused', async () => {
    file('other.key', `${newKey().seed}\n`, 0o400);
    await ends(1, 'not-a-party', 'check', 'supervisor', { dir: 'who', key: at('other.key') });
    await ends(1, 'roster-other', 'check', 'supervisor', { dir: 'who', more: ['--roster', 'ab'.repeat(32)] });
    const roster = sha256(await draw.text('roster.txt'));
    assert.equal((await run('check', 'supervisor', { dir: 'who', more: ['--roster', roster] })).status, 0);
    const strange = file('strange.txt',
      readFileSync(trust, 'utf8').replace(/^party owner .*$/m, `party owner ${newKey().public_key}`));
    await ends(1, 'party-key', 'check', 'supervisor', { dir: 'who', trusted: strange });
    const less = file('less.txt', readFileSync(trust, 'utf8').replace(/^party owner .*\n/m, ''));
    const said = await run('check', 'supervisor', { dir: 'who', trusted: less });
    assert.equal(said.status, 0, said.stderr);
    assert.match(said.stdout, /no key of owner/);
  });

  test('by a log that is not trusted is refused', async () => {
    file('their.key', `${'07'.repeat(32)}\n`, 0o400);
    const log = program('klero', ['keygen', '--show', '--log', origin, at('their.key')]).stdout;
    await ends(1, 'log-signature', 'commit', 'supervisor',
      { dir: 'who-else', trusted: file('theirs.txt', `log ${log}quorum none\n`) });
    assert.ok(!hasSecret('who-else'));
  });

  test('is witnessed where witnesses are needed', async () => {
    const witness = new Pretender('w.example');
    const trusted = file('witnessed.txt', readFileSync(trust, 'utf8')
      .replace('quorum none', `witness w ${witness.vkey}\nquorum w`));
    const note = await checkpoint();
    const cosigned = note + witness.cosign(note.slice(0, note.lastIndexOf('\n\n') + 1));
    const liar = await lie(url);
    liar.answer = ({ path }) => path === '/log/cosigned' && { status: 200, body: cosigned };
    const said = await run('check', 'supervisor', { dir: 'witnessed', trusted, to: liar.url });
    assert.equal(said.status, 0, said.stdout + said.stderr);
    assert.equal(readFileSync(at('witnessed/seen'), 'utf8'), cosigned);
    // Not served at all, and then behind what we have seen: the latest one counts.
    await person('owner');
    await until(async () => await checkpoint() !== note, 'a larger log');
    await ends(3, 'not-witnessed', 'check', 'supervisor', { dir: 'unwitnessed', trusted });
    await ends(3, 'not-witnessed', 'check', 'supervisor', { dir: 'unwitnessed', trusted, to: liar.url });
    await liar.close();
  });

  test('is judged by a clock that is right', async () => {
    const library = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`).find(existsSync);
    const sanitizer = spawnSync('ldd', [klero], { encoding: 'utf8' }).stdout.match(/=> (\S*lib[at]san\S*)/)?.[1];
    const off = (seconds) => ({ dir: `clock${seconds}`, faked: [`LD_PRELOAD=${[sanitizer, library].filter(Boolean).join(' ')}`,
      `FAKETIME=${seconds > 0 ? '+' : ''}${seconds}`, 'FAKETIME_DONT_FAKE_MONOTONIC=1'] });
    await ends(1, 'clock', 'commit', 'supervisor', off(-DAY_S));
    await ends(4, 'commit-late', 'commit', 'supervisor', off(DAY_S));
    assert.ok(!hasSecret(`clock${DAY_S}`) && !hasSecret(`clock${-DAY_S}`));
  });

  test('is of no use without dice, words, a folder', async () => {
    await ends(1, 'dice-bad', 'commit', 'supervisor', { dir: 'dice', more: ['--dice', file('few.txt', '1234561\n')] });
    assert.ok(!hasSecret('dice'));
    await ends(1, 'folder-bad', 'commit', 'supervisor', { dir: 'no/such/folder' });
    for (const words of [['party'], ['party', 'run'], ['party', 'fly', url(), draw.id, '--dir', 'x', '--key', 'x', '--trust', trust],
      ['party', 'run', url(), 'D 1', '--dir', 'x', '--key', 'x', '--trust', trust]])
      assert.equal(program('klero', words).status, 2, words.join(' '));
  });
});

test('a log that was rolled back or forked is refused, also after a new start', async () => {
  const early = await checkpoint();
  await person('owner'); // the log grows
  await until(async () => await checkpoint() !== early, 'a larger log');
  assert.equal((await run('check', 'supervisor', { dir: 'watched' })).status, 0);
  const serve = (note) => (liar) => { liar.text = (path, bytes) => path === '/log/checkpoint' ? Buffer.from(note) : bytes; };
  await refuses('log-rolled-back', 'commit', 'supervisor', serve(early), { dir: 'watched' });
  const seen = readFileSync(at('watched/seen'), 'utf8');
  await refuses('log-forked', 'commit', 'supervisor', serve(otherRoot(seen)), { dir: 'watched' });
  assert.equal(readFileSync(at('watched/forked'), 'utf8'), otherRoot(seen), 'the proof of it is kept');
  assert.equal(readFileSync(at('watched/seen'), 'utf8'), seen);
  const longer = otherRoot(seen.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`));
  await refuses('log-forked', 'commit', 'supervisor', (liar) => {
    serve(longer)(liar);
    liar.answer = ({ path }) => path.startsWith('/log/tile') && { status: 200, body: Buffer.alloc(32 * Number(path.match(/\.p\/(\d+)/)?.[1] ?? 256)) };
  }, { dir: 'watched' });
  assert.ok(!hasSecret('watched'));
});

// --- committing ------------------------------------------------------------------------

// Killed after each answer in turn, and started again in the same folder.
async function killedAtEach(what, who, route, { limit = 40 } = {}) {
  const bodies = new Set();
  const secrets = new Set();
  for (let step = 1; step <= limit; step++) {
    const liar = await lie(url);
    let heard = 0, running = null;
    liar.heard = () => {
      heard++;
      if (heard === step)
        running.child.kill('SIGKILL');
      return heard !== step;
    };
    running = start(what, who, { to: liar.url });
    const { status, stdout, stderr } = await running.ended;
    liar.posts.filter(({ path }) => path.endsWith(route)).forEach(({ body }) => bodies.add(body));
    if (hasSecret(who))
      secrets.add(secretOf(who));
    await liar.close();
    if (status !== 'SIGKILL') {
      assert.equal(status, 0, `step ${step}: ${stdout}${stderr}`);
      assert.ok(step > 5, 'it was killed at each of its steps');
      assert.equal(bodies.size, 1, 'one statement, always the same');
      assert.equal(secrets.size, 1, 'one secret');
      return;
    }
  }
  assert.fail('it never ended');
}

test('a commitment is made once, wherever it is killed', async () => {
  await killedAtEach('commit', 'supervisor', '/commitments');
  assert.equal(statSync(at('supervisor/secret.txt')).mode & 0o777, 0o400);
  const commit = sha256(secretOf('supervisor'));
  const said = await run('commit', 'supervisor');
  assert.equal(said.status, 0, said.stderr);
  const { receipt } = JSON.parse(readFileSync(at('supervisor/receipt-commitment.json'), 'utf8'));
  assert.match(receipt.text, /^klero\/1 receipt\n/);
  const { body } = JSON.parse(readFileSync(at('supervisor/commitment.json'), 'utf8'));
  assert.equal(body.commit, commit);
  assert.ok(readdirSync(at('supervisor/checked')).includes('declare.txt'));
});

test('without its secret, or from elsewhere, nobody commits again', async () => {
  cpSync(at('supervisor'), at('lost'), { recursive: true });
  rmSync(at('lost/secret.txt'), { force: true });
  await ends(1, 'secret-lost', 'commit', 'supervisor', { dir: 'lost' });
  await ends(1, 'commit-other', 'commit', 'supervisor', { dir: 'elsewhere' });
  cpSync(at('supervisor'), at('open'), { recursive: true });
  chmodSync(at('open/secret.txt'), 0o440);
  await ends(1, 'secret-open', 'commit', 'supervisor', { dir: 'open' });
  chmodSync(at('open/secret.txt'), 0o600);
  writeFileSync(at('open/secret.txt'), 'klero/1 commit\n');
  await ends(1, 'secret-bad', 'commit', 'supervisor', { dir: 'open' });
  await ends(1, 'folder-other', 'commit', 'owner', { dir: 'supervisor' });
});

// The operator throws dice; his service does not take it from him, so the
// supervisor brings it.
test('a censored commitment is brought by another', async () => {
  const throws = Array.from({ length: 100 }, (_, i) => 1 + (i * 7 + 3) % 6).join('') + '\n';
  const more = ['--dice', file('dice.txt', throws)];
  const liar = await lie(url);
  liar.answer = ({ method }) => method === 'POST' && { status: 403, body: '{"code":"forbidden","detail":"no"}' };
  const said = await ends(5, 'not-taken', 'commit', 'operator', { to: liar.url, more });
  assert.match(said.stdout, /commitment\.json .*brings it/s);
  await liar.close();
  assert.match(secretOf('operator'), new RegExp(`secret ${sha256(throws)}\n$`));
  const handed = program('klero', ['party', 'hand', '--dir', at('operator')]);
  assert.equal(handed.status, 0, handed.stderr);
  const brought = program('klero', ['party', 'bring', file('handed.json', handed.stdout), url(), '--trust', trust, '--lang', 'en']);
  assert.equal(brought.status, 0, brought.stderr);
  assert.match(JSON.parse(brought.stdout).receipt.text, /^klero\/1 receipt\n/);
  const other = handed.stdout.replace(/"commit":"./, (start) => start.slice(0, -1) + (start.endsWith('0') ? '1' : '0'));
  const refused = program('klero', ['party', 'bring', file('bent.json', other), url(), '--lang', 'en']);
  assert.equal(refused.status, 5, refused.stderr);
  assert.match(refused.stderr, /\[not-taken\].*bad-signature/);
  assert.equal(program('klero', ['party', 'bring', file('nothing.json', '{}'), url()]).status, 2);
  const none = program('klero', ['party', 'hand', '--dir', at('who')]);
  assert.deepEqual([none.status, none.stdout], [1, '']);
});

test('a receipt that is not the log\'s is none', async () => {
  const liar = await lie(url);
  liar.text = (path, bytes) => path.endsWith('/commitments')
    ? Buffer.from(bytes.toString().replace(/"signature":"../, '"signature":"00')) : bytes;
  await ends(5, 'receipt-bad', 'commit', 'owner', { to: liar.url });
  await liar.close();
  assert.ok(!existsSync(at('owner/receipt-commitment.json')));
  assert.equal((await run('commit', 'owner')).status, 0, 'the true one is got again');
  assert.ok(existsSync(at('owner/receipt-commitment.json')));
});

test('what the log does not hold of a receipt is told', async () => {
  await refuses('receipt-broken', 'commit', 'owner', without('draw.committed'));
});

test('what events that lag behind do not tell is no broken promise', async () => {
  const said = await lied(lagging('draw.committed'), 'commit', 'owner');
  assert.equal(said.status, 0, said.stdout + said.stderr);
});

// --- promises ----------------------------------------------------------------------------

const SKEW_S = 60, LATE = SKEW_S + 1, HOUR_S = 3600; // as KL_PARTY_SKEW_S

// A folder that is the owner's but for such a receipt.
function promised(dir, what, receipt = {}) {
  cpSync(at('owner'), at(dir), { recursive: true });
  const text = promise({ origin, home }, receipt);
  writeFileSync(at(dir, `receipt-${what}.json`), text);
  return text;
}
// Nothing is in the log of what the owner has said, though he gets a receipt for it.
const withoutOwn = (kind, receipt = {}) => (liar) => {
  events((items) => items.filter((item) => item.kind !== kind || item.data.party !== 'owner'))(liar);
  liar.answer = ({ method }) => method === 'POST' && { status: 201, headers: { 'content-type': 'application/json' }, body: promise({ origin, home }, receipt) };
};
async function lied(setup, what, dir, options = {}) {
  const liar = await lie(url);
  setup(liar);
  try {
    return await run(what, 'owner', { dir, to: liar.url, ...options });
  } finally {
    await liar.close();
  }
}
async function breaks(what, goal, dir) {
  const kept = readFileSync(at(dir, `receipt-${what}.json`), 'utf8');
  const said = await lied(withoutOwn(what === 'reveal' ? 'draw.revealed' : 'draw.committed'), goal, dir);
  assert.deepEqual([said.status, codeOf(said)], [1, 'receipt-broken'], said.stdout + said.stderr);
  assert.match(said.stderr, new RegExp(`receipt-${what}\\.json`));
  assert.match(said.stdout, new RegExp(`klero log check http\\S+/log --receipt ${at(dir)}/receipt-${what}\\.json`));
  assert.match(said.stdout, new RegExp(`klero party bring ${what}\\.json`));
  assert.equal(readFileSync(at(dir, `receipt-${what}.json`), 'utf8'), kept, 'the proof stays');
}

describe('a commitment that the log has promised', { concurrency: 4 }, () => {
  test('and not taken is told, once its time and the skew are over', async () => {
    promised('broken-c', 'commitment', { late: LATE });
    await breaks('commitment', 'commit', 'broken-c');
    await breaks('commitment', 'run', 'broken-c'); // does not wait for the close
    promised('due-c', 'commitment', { late: -HOUR_S });
    const said = await lied(withoutOwn('draw.committed'), 'commit', 'due-c');
    assert.equal(said.status, 0, said.stdout + said.stderr);
  });

  test('twice is a promise by the first', async () => {
    const kept = promised('first-c', 'commitment', { late: -HOUR_S });
    const said = await lied(withoutOwn('draw.committed', { late: 100 - HOUR_S }), 'commit', 'first-c');
    assert.equal(said.status, 0, said.stdout + said.stderr);
    assert.equal(readFileSync(at('first-c/receipt-commitment.json'), 'utf8'), kept);
  });

  test('for some day is not promised', async () => {
    cpSync(at('owner'), at('some-day'), { recursive: true });
    rmSync(at('some-day/receipt-commitment.json'));
    const said = await lied(withoutOwn('draw.committed', { late: -2 * HOUR_S }), 'commit', 'some-day');
    assert.deepEqual([said.status, codeOf(said)], [5, 'receipt-bad'], said.stdout + said.stderr);
    assert.ok(!existsSync(at('some-day/receipt-commitment.json')));
    assert.match(said.stdout, /klero party bring commitment\.json/);
  });

  test('and has in another place is told, and it goes on', async () => {
    const kept = promised('brought-c', 'commitment', { late: LATE });
    const said = await run('commit', 'owner', { dir: 'brought-c' });
    assert.equal(said.status, 0, said.stdout + said.stderr);
    assert.match(said.stdout, /does not hold what .*receipt-commitment\.json promised, but has our entry elsewhere/);
    assert.equal(readFileSync(at('brought-c/receipt-commitment.json'), 'utf8'), kept);
  });

  test("by somebody else's entry is not promised", async () => {
    const page = must(await call('GET', `/v1/events?subject=${draw.id}&limit=200`), 200);
    const { index, ...entry } = page.items.find(({ kind, data }) => kind === 'draw.committed' && data.party === 'operator');
    promised('theirs-c', 'commitment', { index, leaf: leafHash(Buffer.from(canonical(entry))).toString('hex') });
    const said = await lied(withoutOwn('draw.committed'), 'commit', 'theirs-c');
    assert.deepEqual([said.status, codeOf(said)], [5, 'receipt-bad'], said.stdout + said.stderr);
    assert.match(said.stdout, /klero party bring commitment\.json/);
  });

  // What is there is known by the tree, if by nothing else.
  test('is kept when only the events or the witnesses lag', async () => {
    const { receipt } = JSON.parse(readFileSync(at('owner/receipt-commitment.json'), 'utf8'));
    const [, index, leaf] = receipt.text.match(/\nindex (\d+)\nleaf (\S+)\n/);
    promised('lag', 'commitment', { index, leaf, late: LATE });
    const kept = await lied(lagging('draw.committed'), 'commit', 'lag');
    assert.equal(kept.status, 0, kept.stdout + kept.stderr);
    promised('lag-broken', 'commitment', { index, late: LATE });
    const broken = await lied(lagging('draw.committed'), 'commit', 'lag-broken');
    assert.deepEqual([broken.status, codeOf(broken)], [1, 'receipt-broken'], broken.stdout + broken.stderr);

    const witness = new Pretender('w.example');
    const trusted = file('lagging.txt', readFileSync(trust, 'utf8').replace('quorum none', `witness w ${witness.vkey}\nquorum w`));
    const note = readFileSync(at('owner/checked/log/declared'), 'utf8');
    const cosigned = note + witness.cosign(note.slice(0, note.lastIndexOf('\n\n') + 1));
    const behind = (liar) => {
      liar.answer = ({ path }) => path === '/log/cosigned' && { status: 200, body: cosigned };
    };
    for (const [dir, more, status] of [['lag-w', { leaf }, 0], ['lag-w-broken', {}, 1]]) {
      promised(dir, 'commitment', { index, late: LATE, ...more });
      rmSync(at(dir, 'seen'));
      writeFileSync(at(dir, 'checked/log/declared'), cosigned);
      const said = await lied(behind, 'commit', dir, { trusted });
      assert.deepEqual([said.status, codeOf(said)], [status, status ? 'receipt-broken' : undefined], said.stdout + said.stderr);
    }
  });
});

// --- the lock ----------------------------------------------------------------------------

test('nothing is revealed before the lock, and by one run alone', async () => {
  await ends(3, 'not-locked', 'reveal', 'supervisor');
  const waiting = start('reveal', 'supervisor', { more: ['--wait'] });
  await once(waiting.child.stderr, 'data'); // it waits
  await ends(1, 'folder-busy', 'reveal', 'supervisor');
  waiting.child.kill('SIGKILL');
  await waiting.ended;
});

describe('a lock', { concurrency: 4 }, () => {
  before(() => waitFor(draw, 'locked'));
  const reveal = (code, setup, options) => {
    cpSync(at('owner'), at(`reveal-${code}`), { recursive: true });
    return refuses(code, 'reveal', 'owner', setup, { dir: `reveal-${code}`, ...options });
  };
  for (const [code, setup] of Object.entries({
    'own-differs': editText('draw.locked', /^commit owner ./m, (found) => found.slice(0, -1) + (found.endsWith('0') ? '1' : '0')),
    'own-absent': editText('draw.locked', /^commit owner .*$/m, 'commit owner absent -'),
    'form-lock': editText('draw.locked', 'klero/1', 'klero/2'),
    'declare-differs': editText('draw.locked', /^declare ./m, (found) => found.slice(0, -1) + (found.endsWith('0') ? '1' : '0')),
    'commit-signature': editText('draw.locked', /^(commit operator \S+ )../m, '$100'),
    'not-logged': events((items) => items.filter(({ data }) => data.party !== 'operator')),
  }))
    test(`is refused: ${code}`, () => reveal(code, setup));

  test('that is left out is waited for', () =>
    reveal('not-locked', without('draw.locked'), { status: 3 }));

  test('without a beacon leaves the first word to the operator', () =>
    reveal('operator-first', () => {}, { status: 3 }));
});

// --- revealing ----------------------------------------------------------------------------

test('a reveal is made once, wherever it is killed', () =>
  killedAtEach('reveal', 'operator', '/reveals'));

test('a censored reveal is brought by another', async () => {
  const liar = await lie(url);
  liar.answer = ({ method }) => method === 'POST' && { status: 503, headers: { 'retry-after': '1' } };
  const said = await ends(5, 'not-taken', 'reveal', 'owner', { to: liar.url });
  assert.match(said.stdout, /reveal\.json .*brings it/s);
  await liar.close();
  const handed = program('klero', ['party', 'hand', '--dir', at('owner')]);
  assert.equal(JSON.parse(handed.stdout).kind, 'reveal');
  const brought = program('klero', ['party', 'bring', file('handed.json', handed.stdout), url(), '--trust', trust]);
  assert.equal(brought.status, 0, brought.stderr);
});

test('a reveal that the log has promised and not taken is told before the close', async () => {
  promised('broken-r', 'reveal', { late: LATE });
  await breaks('reveal', 'reveal', 'broken-r');
  promised('waits-r', 'reveal', { late: SKEW_S - 3 });
  await breaks('reveal', 'run', 'waits-r'); // its time comes while it waits
  const handed = program('klero', ['party', 'hand', '--dir', at('waits-r')]);
  assert.equal(JSON.parse(handed.stdout).kind, 'reveal');
});

// The rest goes by itself, though the network fails and comes back.
test('runs to the end, verifies the pack, and keeps it', async () => {
  const liar = await lie(url);
  let failures = 0;
  liar.answer = () => failures++ < 3 && { status: 502 };
  const others = [run('run', 'operator'), run('run', 'owner')];
  const said = await run('run', 'supervisor', { to: liar.url });
  assert.equal(said.status, 0, said.stdout + said.stderr);
  await liar.close();
  assert.match(said.stderr, /\[unreachable\]/);
  assert.match(said.stdout, /verdict: verified/);
  assert.match(said.stdout, /level: C/);
  assert.match(said.stdout, /rests on: supervisor, owner/);
  for (const other of await Promise.all(others))
    assert.equal(other.status, 0, other.stdout + other.stderr);
  const kept = readFileSync(at('supervisor', `${draw.id}.zip`));
  assert.ok(kept.equals(await pack(draw.id)));
  assert.match(readFileSync(at('supervisor/verdict.txt'), 'utf8'), /verified/);
  assert.equal(unzip(kept).get('commit-supervisor.txt').toString(), secretOf('supervisor'));
  assert.equal((await run('run', 'supervisor')).status, 0, 'again, with nothing left to do');
});

test('a pack that says something else is refused', async () => {
  const serve = (change) => (liar) => {
    liar.text = (path, bytes) => path.endsWith('/pack') ? change(bytes) : bytes;
  };
  const bend = (bytes) => Buffer.from(bytes.toString('latin1').replace(/ selected\n/, ' Selected\n'), 'latin1');
  await refusesPack('pack-bad', serve(bend));
  const other = await aDraw({ entrants: 3, policy: { draw: { ...POLICY.draw, commit: s(3), reveal: s(3) } }, until: 'locked' });
  await waitFor(other, 'closed');
  const theirs = await pack(other.id);
  await refusesPack('pack-other', serve(() => theirs));
});

async function refusesPack(code, setup) {
  const liar = await lie(url);
  setup(liar);
  const said = await run('run', 'supervisor', { to: liar.url });
  assert.equal(said.status, 1, said.stdout + said.stderr);
  assert.match(said.stderr, new RegExp(`refused \\[${code}\\]`));
  await liar.close();
}

test('after all of it nobody begins', () => ends(1, 'commit-other', 'commit', 'supervisor', { dir: 'afterwards' }));
