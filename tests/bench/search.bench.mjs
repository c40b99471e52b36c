// search.bench.mjs -- searches among 100,000 listings: none asked before, from 50
// clients at a time; and one that everybody asks.
import { SERVICES, fillListings } from './fill.mjs';
import { load, middle, rounds, row, rss_mb, scratchInstallation } from './measure.mjs';

const LISTINGS = 100_000;
const CLIENTS = 50;
const PATHS = 40_000; // more than are asked in all rounds

// The index follows what is published through the service.
async function known(it) {
  const from = performance.now();
  await it.institution();
  for (;;) {
    const { body } = await it.call('GET', `/v1/search?limit=1&days_max=3650&fee_max_fen=${Math.round(performance.now())}000000`);
    if (body?.total_capped)
      return performance.now() - from;
  }
}

function pathOf(n) {
  const part = (i, of) => of[Math.floor(n / i) % of.length];
  const words = [part(1, SERVICES), part(5, ['', ' 咨询', ' 有限公司', ` ${n % 97}`])].join('');
  return `/v1/search?q=${encodeURIComponent(words)}&sort=${part(3, ['fee', 'days', 'newest'])}&days_max=${1 + n % 3650}&fee_max_fen=${n * 17}`;
}

export async function bench({ build, say }) {
  const it = await scratchInstallation(build, { page_cache_mb: 1, search_ms: 50 });
  try {
    await fillListings(it, LISTINGS);
    const ms = await known(it);
    const pids = [it.daemon.child.pid];
    say(`${LISTINGS} listings in the index after ${Math.round(ms)} ms; ${Math.round(rss_mb(pids[0]))} MB`);
    let round = 0;
    const fresh = () => Array.from({ length: PATHS }, (_, i) => pathOf(PATHS * round + i));
    const seen = await rounds({
      first: () => { round++; return load(it.url, { connections: CLIENTS, seconds: 3, paths: fresh(), pids }); },
      warm: () => load(`${it.url}/v1/search?q=%E6%B5%8B%E9%87%8F&sort=fee`, { connections: CLIENTS, pids }),
    });
    const first = middle(seen.first);
    return [
      row('search, 100,000 listings', first.p99_ms, { most: 20, unit: 'ms', ...first,
        note: `p99 at ${CLIENTS} clients; ${Math.round(first.rate)}/s, none asked before` }),
      row('the same search again', middle(seen.warm).rate, { unit: '/s', digits: 0, ...middle(seen.warm), note: 'a page from memory' }),
    ];
  } finally {
    await it.remove();
  }
}
