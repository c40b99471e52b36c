// draw.bench.mjs -- ranking a roster of 1,000,000 tickets, and ten of them.
import { join } from 'node:path';
import { middle, ratio, rounds, row, run } from './measure.mjs';

export async function bench({ peers }) {
  const draw = async (count) => JSON.parse(await run(join(peers, 'bench_draw'), [count]));
  const seen = await rounds({ one: () => draw(1), ten: () => draw(10) });
  return [
    row('1 M tickets ranked', middle(seen.one).draw_s, { most: 0.12, unit: 's', digits: 3,
      note: `hashed text by text ${middle(seen.one).plain_s.toFixed(3)} s` }),
    row('10 M tickets, ten rosters', middle(seen.ten).draw_s, { most: 1.2, unit: 's', digits: 3 }),
  ];
}
