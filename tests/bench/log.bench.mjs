// log.bench.mjs -- an auditor reads a whole log from files: form, tree, history,
// every entry. Beside it, what reading and hashing the same bytes takes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuOfRun, middle, rounds, row, run } from './measure.mjs';

const ENTRIES = 1_000_000;

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
    return [row('klero log check', size / ms * 1000, { least: 1_000_000, unit: 'entries/s', digits: 0,
      cpu_us: cpu_us / size, note: `sha256sum of the bundles ${Math.round(size / middle(seen.sum).ms * 1000)} entries/s` })];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
