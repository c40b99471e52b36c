// A pack as large as one may be: both verifiers take it, and refuse what is larger by
// a byte. KLERO_LIMITS=1 makes one, a minute's work; without it only what is refused
// before it is read is tried. Says how much memory each took.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { makePack, zip } from '../tools/packs.mjs';

const MIB = 1 << 20;
const ZIP_MAX = 256 * MIB; // lib/README.md §8
const TEXT_MAX = 16 * MIB; // §2, and so are these
const ENTRIES_MAX = 100_000, UNITS_MAX = 1_000_000, ID_MAX = 64, NAME_MAX = 256;
const WAIT_MS = 10;
const skip = process.env.KLERO_LIMITS ? false : 'KLERO_LIMITS=1 in `make test-long`';

const program = join(process.env.KLERO_BUILD ?? 'build/release', 'klero');
const verifiers = {
  'klero verify': [program, 'verify'],
  'web/src/verify': [process.execPath, new URL('../../web/dist/verify.mjs', import.meta.url).pathname],
};
const home = mkdtempSync(join(tmpdir(), 'limits-'));
const at = (name) => join(home, name);
after(() => rmSync(home, { recursive: true }));

// What Linux says that it took at most, while it can still be asked: in MiB.
function peakOf({ pid }) {
  try {
    return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmHWM:\s*(\d+) kB$/m)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function run([command, ...words], ...args) {
  const child = spawn(command, [...words, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let peak = 0;
  const looking = setInterval(() => { peak = Math.max(peak, peakOf(child)); }, WAIT_MS);
  const ended = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const began = Date.now();
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  clearInterval(looking);
  return { status, stdout, stderr, peak: Math.round(peak), seconds: (Date.now() - began) / 1000 };
}

const told = (t, name, size, { peak, seconds }) =>
  t.diagnostic(`${name}: ${(size / MIB).toFixed(1)} MiB, at most ${peak} MiB of memory, ${seconds.toFixed(1)} s`);

// --- one attempt, as large as its texts may be --------------------------------------

const idOf = (what, i) => `${what}${String(i).padStart(ID_MAX - what.length, '0')}`;
const ids = (what) => Array.from({ length: ENTRIES_MAX }, (_, i) => idOf(what, i));

// So many lines of an id and a name each, and not a byte more in all.
function longNames(entries) {
  const left = TEXT_MAX - entries.length * (ID_MAX + ' \n'.length);
  const size = Math.floor(left / entries.length);
  assert.ok(size < NAME_MAX);
  return entries.map(({ id }, i) => `${id} ${'n'.repeat(size + (i < left % entries.length))}\n`).join('');
}
const fill = (start, end) => start + 'x'.repeat(TEXT_MAX - start.length - end.length) + end;

const LARGEST = {
  plan(plan) {
    Object.assign(plan, {
      weightMax: UNITS_MAX / ENTRIES_MAX, excluded: ids('x'), draftDiffers: false,
      entries: ids('e').map((id) => ({ id, weight: UNITS_MAX / ENTRIES_MAX })),
    });
  },
  hooks: {
    text(of, { plan, world }) {
      if (of.name === 'names.txt') of.text = longNames(plan.entries);
      if (of.name === 'excluded.txt') of.text = of.text.replaceAll(' -\n', ` ${'ab'.repeat(32)}\n`);
      if (of.name === 'notice.json') of.text = fill(`{"project_code":"${world.plan.project}","title":"`, '"}');
    },
    policy(policy) { // its members stand in this order
      policy.zz = '';
      policy.zz = 'x'.repeat(TEXT_MAX - Buffer.byteLength(JSON.stringify(policy)));
    },
  },
};

test('an attempt with all its texts at their limits is verified by both', { skip }, async (t) => {
  const pack = makePack('limits', LARGEST, {
    attempts: (count) => count === 1, plan: ({ reason, kind }) => reason === 'drawn' && kind === 'drand',
  });
  const archive = zip(pack.files);
  const sizeOf = (name) => pack.files.get(name).length;
  for (const name of ['notice.json', 'policy.json', 'names.txt'])
    assert.equal(sizeOf(name), TEXT_MAX, name);
  for (const name of ['excluded.txt', 'result.txt'])
    assert.ok(sizeOf(name) > TEXT_MAX * 0.88, `${name}: ${sizeOf(name)}`);
  assert.equal(pack.files.get('roster.txt').toString().match(/^entry /gm).length, ENTRIES_MAX);
  assert.ok(archive.length < ZIP_MAX, 'within the limit of a pack');
  writeFileSync(at('pack.zip'), archive);
  writeFileSync(at('trust.txt'), pack.trust);
  writeFileSync(at('chain.json'), pack.chain);
  for (const [name, words] of Object.entries(verifiers)) {
    const said = await run(words, at('pack.zip'), '--trust', at('trust.txt'), '--accept-chain', at('chain.json'), '--json');
    told(t, name, archive.length, said);
    assert.equal(said.status, 0, `${name}: ${said.stdout.slice(0, 2000)}${said.stderr}`);
    assert.deepEqual(JSON.parse(said.stdout).findings, [], name);
  }
});

// --- an archive as large as it may be ------------------------------------------------

const FRAME = 30 + 46; // of an entry, besides its name twice; the end has 22 bytes

function archiveOf(size) {
  const files = new Map();
  let left = size - 22;
  for (let i = 0; left > 0; i++) {
    const name = `x${String(i).padStart(3, '0')}`;
    const room = left - FRAME - 2 * name.length;
    // The last but one leaves room for the last.
    const bytes = Math.min(room, TEXT_MAX, room > TEXT_MAX ? room - 2 * FRAME : room);
    files.set(name, Buffer.alloc(bytes));
    left -= FRAME + 2 * name.length + bytes;
  }
  const archive = zip(files);
  assert.equal(archive.length, size);
  return archive;
}

test('an archive of 256 MiB is read by both, one byte more by neither', { skip }, async (t) => {
  for (const [size, status] of [[ZIP_MAX, 1], [ZIP_MAX + 1, 2]]) {
    writeFileSync(at('large.zip'), archiveOf(size));
    for (const [name, words] of Object.entries(verifiers)) {
      const said = await run(words, at('large.zip'), '--bare', '--lang', 'en');
      told(t, name, size, said);
      assert.equal(said.status, status, `${name}, ${size}: ${said.stdout.slice(0, 2000)}${said.stderr}`);
    }
  }
});

// --- and beyond ------------------------------------------------------------------------

// Of what a sanitizer keeps for itself nothing is said.
const measured = (name) => name !== 'klero verify' || !/asan|tsan/.test(program);

for (const size of [ZIP_MAX + 1, 16 * 1024 * MIB])
  test(`a file of ${size} bytes is refused, and not kept in memory`, async (t) => {
    const file = openSync(at('beyond'), 'w');
    ftruncateSync(file, size);
    closeSync(file);
    for (const [name, words] of Object.entries(verifiers)) {
      const said = await run(words, at('beyond'), '--lang', 'en');
      told(t, name, size, said);
      assert.deepEqual([said.status, said.stdout], [2, ''], name);
      assert.match(said.stderr, /^verify: .*(File too large|over 256 MiB)\n$/, name);
      assert.ok(!measured(name) || said.peak <= (ZIP_MAX / MIB) * 1.25, `${name}: ${said.peak} MiB`);
    }
  });
