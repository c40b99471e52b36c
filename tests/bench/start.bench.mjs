// start.bench.mjs -- from an empty folder to the first answer: mariadb-install-db,
// the server, schema, accounts, keys, the first entry, klerod; then once more on
// what is there; and what both hold in memory after a few requests.
import { rmSync } from 'node:fs';
import { Installation, scratch } from '../api/installation.mjs';
import { client } from '../api/client.mjs';
import { median, row, rss_mb } from './measure.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROUNDS = 5;
const PATHS = ['/v1', '/v1/draws', '/v1/institutions', '/readyz', '/log/checkpoint', '/metrics'];

async function one(build) {
  const it = new Installation(scratch('start'), build, { publish_ms: 200 });
  const ready = async () => {
    const { status } = await client(it).call('GET', '/readyz');
    if (status !== 200)
      throw new Error(`/readyz: ${status}`);
  };
  const from = performance.now();
  await it.create();
  const created = performance.now();
  await it.start();
  await ready();
  const nothing_s = (performance.now() - from) / 1000;
  await it.stopDaemon();
  const stopped = performance.now();
  await it.start();
  await ready();
  const again_s = (performance.now() - stopped) / 1000;
  for (const path of PATHS)
    await client(it).call('GET', path);
  const klerod = rss_mb(it.daemon.child.pid);
  const mariadbd = rss_mb(Number(readFileSync(join(it.database, 'db.pid'), 'utf8')));
  await it.stop();
  rmSync(it.home, { recursive: true });
  return { nothing_s, created_s: (created - from) / 1000, again_s, klerod, mariadbd };
}

export async function bench({ build }) {
  const seen = [];
  for (let round = 0; round < ROUNDS; round++)
    seen.push(await one(build));
  const of = (name) => median(seen.map((each) => each[name]));
  return [
    row('ready from nothing', of('nothing_s'), { most: 1.5, unit: 's',
      note: `of it database, schema, keys, first entry ${of('created_s').toFixed(2)} s` }),
    row('klerod ready again', of('again_s'), { unit: 's' }),
    row('memory at rest', of('klerod') + of('mariadbd'), { most: 90, unit: 'MB', digits: 1,
      note: `klerod ${of('klerod').toFixed(1)}, mariadbd ${of('mariadbd').toFixed(1)}` }),
  ];
}
