// beacon.bench.mjs -- a drand signature verified, the chain's key included.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { middle, rounds, row, run } from './measure.mjs';

const TIMES = 100;

export async function bench({ peers }) {
  const [{ round, signature }] = JSON.parse(readFileSync('tests/vectors/drand/quicknet.json', 'utf8')).rounds;
  const seen = await rounds({ ours: async () =>
    JSON.parse(await run(join(peers, 'bench_beacon'), [round, signature, TIMES])) });
  return [row('drand round verified', middle(seen.ours).verify_ms, { most: 60, unit: 'ms', digits: 1 })];
}
