// database.bench.mjs -- a page that has to be made: against the bare queries on
// as many connections as help, and against fastify with npm mariadb. Then pages
// from memory while the database is kept busy, against the blocking design.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillInstitutions, pathsOf, startsOf, statementsOf } from './fill.mjs';
import {
  installPeers, load, middle, peer, peersFolder, ratio, rounds, row, run, scratchInstallation,
} from './measure.mjs';

const INSTITUTIONS = 100_000;
const PAGES = 4000; // more than the cache of 1 MB holds: each is made anew
const CONNECTIONS = 8;
const KEPT = '/v1/categories';

async function bareQueries(peers, it, values, { before, page, after }) {
  const said = await run(join(peers, 'queries'), [it.settings.db_socket, 'klero_reader', 'klero', CONNECTIONS, 1,
    values, before, page, after]);
  const { pages, seconds } = JSON.parse(said);
  return { rate: pages / seconds };
}

// `kept` at its full rate while 32 connections ask for pages.
async function whileBusy(url, kept, paths) {
  const busy = load(url, { paths, connections: 32, seconds: 2 });
  const seen = await load(url + kept, { connections: 16, seconds: 1 });
  return { ...seen, pages: (await busy).rate };
}

export async function bench({ build, peers, say }) {
  const folder = mkdtempSync(join(tmpdir(), 'klero-pages-'));
  const it = await scratchInstallation(build, { page_cache_mb: 1 });
  const stops = [() => it.remove()];
  const start = async (...args) => {
    const one = await peer(...args);
    stops.push(one.stop);
    return one;
  };
  try {
    await fillInstitutions(it, INSTITUTIONS);
    const starts = startsOf(INSTITUTIONS, PAGES);
    const paths = await pathsOf(it, starts);
    const statements = await statementsOf(it, paths[7], starts[7]);
    say(`a page is: ${[statements.before, statements.page, statements.after].filter(Boolean).join('; ')}`);
    const [values, body] = ['values', 'body'].map((name) => join(folder, name));
    writeFileSync(values, starts.map((id) => `${id}\n`).join(''));
    writeFileSync(body, (await it.call('GET', KEPT)).bytes);
    await installPeers();
    const fastify = await start('node', [join(peersFolder, 'fastify_page.mjs'),
      it.settings.db_socket, 'klero', 'klero_reader', statements.page]);
    const blocking = await start(join(peers, 'blocking'), [it.settings.db_socket, 'klero_reader', 'klero', CONNECTIONS,
      statements.page, values, body]);
    const pids = [it.daemon.child.pid];
    const database = [it.server_pid()];
    const seen = await rounds({
      ours: () => load(it.url, { paths, pids, connections: 32 }),
      fastify: () => load(fastify.url, { paths, pids: [fastify.pid], connections: 32 }),
      queries: () => bareQueries(peers, it, values, statements),
      ours_all: () => load(it.url, { paths, pids: [...pids, ...database], connections: 32 }),
    });
    const busy = await rounds({
      ours: () => whileBusy(it.url, KEPT, paths),
      blocking: () => whileBusy(blocking.url, '/kept', paths),
    });
    const ours = middle(seen.ours);
    const rates = (name) => `${Math.round(middle(seen[name]).rate)}/s`;
    return [
      row('page through the database', ratio(seen, 'ours', 'fastify'), { least: 4, unit: '× fastify', ...ours,
        note: `${rates('ours')}; fastify ${rates('fastify')} at ${middle(seen.fastify).cpu_us.toFixed(0)} µs; `
          + `with the database's ${middle(seen.ours_all).cpu_us.toFixed(0)} µs` }),
      row('', ratio(seen, 'ours', 'queries'), { least: 0.65, unit: '× queries', ...ours, note: `queries ${rates('queries')}` }),
      row('page from memory, database busy', ratio(busy, 'ours', 'blocking'), { least: 10, unit: '× blocking',
        p50_ms: middle(busy.ours).p50_ms, p99_ms: middle(busy.ours).p99_ms,
        note: `${Math.round(middle(busy.ours).rate)}/s beside ${Math.round(middle(busy.ours).pages)} pages/s; blocking `
          + `${Math.round(middle(busy.blocking).rate)}/s beside ${Math.round(middle(busy.blocking).pages)} pages/s` }),
    ];
  } finally {
    for (const stop of stops.reverse())
      await stop();
    rmSync(folder, { recursive: true });
  }
}
