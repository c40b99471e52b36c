// log.bench.mjs -- an auditor reads a whole log from files: form, tree, history,
// every entry. Beside it, what reading and hashing the same bytes takes. And what
// a writer does: entries into the tree, against libsodium's hashing of as much.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuOfRun, middle, rounds, row, run } from './measure.mjs';

const ENTRIES = 1_000_000;
const APPENDED = 1_000_000;

async function appended(peers) {
  const seen = await rounds({ append: async () => {
    const { append_s, sodium_s } = JSON.parse(await run(join(peers, 'bench_append'), [APPENDED]));
    return { rate: APPENDED / append_s, against: sodium_s / append_s };
  } });
  const { rate, against } = middle(seen.append);
  return [row('log append, in memory', rate, { unit: 'entries/s', digits: 0 }),
    row('', against, { least: 4, unit: '× libsodium' })];
}

export async function bench({ build, peers, say }) {
  const folder = mkdtempSync(join(tmpdir(), 'klero-log-'));
  try {
    const size = Number(await run(join(peers, 'make_log'), [folder, ENTRIES]));
    say(`a log of ${size} entries`);
    const seen = await rounds({
      check: () => cpuOfRun(join(build, 'klero'), ['log', 'check', folder]),
      sum: () => cpuOfRun('sh', ['-c', `find ${folder}/tile/entries -type f -exec sha256sum {} + >/dev/null`]),
    }, { count: 3 });
    const { ms, cpu_us } = middle(seen.check);
    return [...await appended(peers), row('klero log check', size / ms * 1000, { least: 1_000_000, unit: 'entries/s', digits: 0,
      cpu_us: cpu_us / size, note: `sha256sum of the bundles ${Math.round(size / middle(seen.sum).ms * 1000)} entries/s` })];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
