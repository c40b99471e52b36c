// bench.mjs -- the benches of this folder, one after another, and one table.
//
//   make bench               all of them
//   make bench ONLY="page"   page.bench.mjs alone
//
// Nothing here is a test: a goal that is missed is a word in the table, and the
// status is 0 unless something breaks. How to read the table: README.md.
//
// A bench is a module NAME.bench.mjs beside this one:
//
//   export async function bench({ build, peers, say }) {
//     const it = await scratchInstallation(build);       // measure.mjs
//     try {
//       const seen = await rounds({
//         ours: () => load(`${it.url}/v1`, { pids: [it.daemon.child.pid] }),
//         hello: () => load(hello.url, { pids: [hello.pid] }),
//       });
//       return [row('index from memory', ratio(seen, 'ours', 'hello'),
//         { least: 0.82, unit: '× hello', ...middle(seen.ours) })];
//     } finally {
//       await it.remove();
//     }
//   }
//
//   build   folder of klerod, klero
//   peers   folder of the C peers: tests/bench/hello.c is `${peers}/hello`
//   say     a line for whoever waits
//
// It gives back rows made by row(), cleans up behind itself, and throws only if
// something is broken. measure.mjs has all it needs: rounds, ratio, load, …
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { table } from './measure.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const build = process.env.KLERO_BUILD ?? 'build/release';
const only = process.argv.slice(2);
const names = readdirSync(here).flatMap((file) => file.match(/^(.+)\.bench\.mjs$/)?.[1] ?? [])
  .filter((name) => only.length === 0 || only.includes(name)).sort();

const rows = [];
let broken = names.length === 0;
for (const name of names) {
  const from = performance.now();
  console.error(`--- ${name}`);
  try {
    const { bench } = await import(pathToFileURL(join(here, `${name}.bench.mjs`)));
    rows.push(...await bench({ build, peers: join(build, 'tests/bench'), say: (text) => console.error(`    ${text}`) }));
  } catch (error) {
    broken = true;
    console.error(error);
  }
  console.error(`    ${((performance.now() - from) / 1000).toFixed(0)} s`);
}
console.log(table(rows));
console.log(`${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, ${new Date().toISOString()}`);
process.exitCode = broken ? 1 : 0;
