// market.bench.mjs -- the market of every category, of 100,000 listings: first, after
// a listing has changed, and while nothing has.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { fillListings } from './fill.mjs';
import { cpu_us, load, median, middle, row, scratchInstallation } from './measure.mjs';

const LISTINGS = 100_000;
const CHANGES = Number(process.env.KLERO_CHANGES ?? 40);
const PATH = '/v1/markets';
const idOf = (n) => createHash('md5').update(String(n)).digest('hex');

export async function bench({ build, say }) {
  const it = await scratchInstallation(build);
  try {
    const { operator } = await it.people();
    await it.policy();
    await fillListings(it, LISTINGS);
    const pids = [it.daemon.child.pid, it.server_pid()];
    const look = async (path) => {
      const cpu = cpu_us(pids), from = performance.now();
      const { body, status } = await it.call('GET', path);
      const took = { ms: performance.now() - from, cpu_us: cpu_us(pids) - cpu };
      assert.equal(status, 200);
      return { body, ...took };
    };
    const first = await look(PATH);
    assert.equal(first.body.items.reduce((sum, { offers }) => sum + offers, 0), LISTINGS);
    const changed = { markets: [], one: [] };
    for (let i = 0; i < CHANGES; i++) {
      const { status } = await it.call('POST', `/v1/listings/${idOf(i * 997)}/pause`, { key: operator, body: { reason: '核查' } });
      assert.equal(status, 200);
      const seen = await look(PATH);
      changed.markets.push(seen);
      assert.equal(seen.body.items.reduce((sum, { offers }) => sum + offers, 0), LISTINGS - i - 1);
      changed.one.push(await look('/v1/categories/C7/market'));
    }
    const of = (name) => ({ ms: median(changed[name].map(({ ms }) => ms)), cpu_us: median(changed[name].map(({ cpu_us: us }) => us)) });
    say(`first ${first.ms.toFixed(0)} ms; after a change ${of('markets').ms.toFixed(1)} ms, of one category ${of('one').ms.toFixed(1)} ms`);
    const warm = await load(it.url + PATH, { pids: pids.slice(0, 1) });
    return [
      row('markets of 100,000 listings, first', first.ms, { unit: 'ms', digits: 0, cpu_us: first.cpu_us }),
      row('  after a listing has changed', of('markets').ms / first.ms, { unit: '× first', digits: 3, cpu_us: of('markets').cpu_us, note: `${of('markets').ms.toFixed(1)} ms` }),
      row('  one category, after another has', of('one').ms / first.ms, { unit: '× first', digits: 3, cpu_us: of('one').cpu_us, note: `${of('one').ms.toFixed(1)} ms` }),
      row('  again', warm.rate, { unit: '/s', digits: 0, ...middle([warm]), note: 'a page from memory' }),
    ];
  } finally {
    await it.remove();
  }
}
