// clock.bench.mjs -- clocks of 30 events each, on one core.
import { join } from 'node:path';
import { middle, rounds, row, run } from './measure.mjs';

const CLOCKS = 200_000;

export async function bench({ peers }) {
  const seen = await rounds({ clocks: async () => JSON.parse(await run(join(peers, 'bench_clock'), [CLOCKS])) });
  return [row('clocks of 30 events', CLOCKS / middle(seen.clocks).clocks_s, { least: 100_000, unit: '/s', digits: 0 })];
}
