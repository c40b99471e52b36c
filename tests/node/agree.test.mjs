// Both verifiers, written apart, say the same of whole packs: of good ones that there
// is no finding, of spoilt ones which comes first. KLERO_PACKS is how many (300),
// KLERO_SEED where to begin.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Chance } from '../tools/chance.mjs';
import { makePack } from '../tools/packs.mjs';
import { checksBeacons, disagreement, readByC, readByTs } from '../tools/readings.mjs';
import { damage, WRONGS } from '../tools/wrongs.mjs';

const COUNT = Number(process.env.KLERO_PACKS ?? 300);
const SEED = Number(process.env.KLERO_SEED ?? 1);
const numbers = (count) => Array.from({ length: count }, (_, i) => SEED + i);

test(`${COUNT / 2} good packs have no finding in either`, () => {
  for (const seed of numbers(COUNT / 2)) {
    const pack = makePack(seed);
    assert.equal(readByTs(pack).first, 'none', `seed ${seed}`);
    assert.equal(readByC(pack).first, 'none', `seed ${seed}`);
    assert.equal(disagreement(pack), null, `seed ${seed}`);
  }
});

// A klero that checks no drand does not know when an accepted chain's rounds are.
const comparable = (pack) => checksBeacons || !pack.plans.some(({ kind }) => kind === 'drand');

test(`${COUNT / 4} packs with one wrong decision: the same first finding`, () => {
  const names = Object.keys(WRONGS);
  let found = 0;
  for (const seed of numbers(COUNT / 4)) {
    const name = names[seed % names.length];
    const pack = makePack(`wrong ${seed}`, WRONGS[name](new Chance(`wrong ${seed}`)));
    found += readByTs(pack).first !== 'none';
    if (comparable(pack)) assert.equal(disagreement(pack), null, `seed ${seed}, ${name}`);
  }
  assert.ok(found > COUNT / 16, `only ${found} of them were found`);
});

test(`${COUNT / 4} packs damaged: the same first finding`, () => {
  let found = 0;
  for (const seed of numbers(COUNT / 4)) {
    const [pack, what] = damage(makePack(`damaged ${seed}`), new Chance(`damage ${seed}`));
    found += readByTs(pack).first !== 'none';
    if (comparable(pack)) assert.equal(disagreement(pack), null, `seed ${seed}, ${what}`);
  }
  assert.ok(found > COUNT / 8, `only ${found} of them were found`);
});
