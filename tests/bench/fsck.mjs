// fsck.mjs [ENTRIES] -- how fast klero fsck is, and how much memory it takes:
// ENTRIES events of as many objects, each with its row and its kept answer, are
// put behind a fresh log; then it is asked, and finds nothing. Uses the programs
// of KLERO_BUILD. Prints entries per second and the largest resident set.
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { daemon, must } from '../api/client.mjs';

const ENTRIES = Number(process.argv[2] ?? 100_000);
const TILE = 256;
const RUN_MS_MAX = 3_600_000;
const run = promisify(execFile);

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafOf = (bytes) => sha256(Buffer.of(0), bytes);
const nodeOf = (left, right) => sha256(Buffer.of(1), left, right);
const hex = (bytes) => bytes.toString('hex').toUpperCase();

// The perfect subtrees of what was appended, the largest first; and its tiles.
class Tree {
  peaks = [];
  size = 0;
  level = []; // hashes of each tile level that are in no full tile yet
  constructor(full) {
    this.full = full;
  }

  append(leaf) {
    let hash = leaf;
    let height = 0;
    this.#form(0, leaf);
    for (let n = this.size; n & 1; n = Math.floor(n / 2)) {
      hash = nodeOf(this.peaks.pop(), hash);
      height++;
      if (height % 8 === 0)
        this.#form(height / 8, hash);
    }
    this.peaks.push(hash);
    this.size++;
  }

  #form(level, hash) {
    const tile = this.level[level] ??= { index: 0, hashes: [] };
    if (tile.hashes.push(hash) < TILE)
      return;
    this.full(level, tile.index++, Buffer.concat(tile.hashes));
    tile.hashes = [];
  }

  root() {
    return this.peaks.reduceRight((right, left) => right ? nodeOf(left, right) : left, null);
  }
}

// Rows on their way into a table, by LOAD DATA.
class Rows {
  constructor(it, table, columns) {
    Object.assign(this, { it, table, columns, file: join(it.database, 'files', `${table}.txt`) });
    this.out = createWriteStream(this.file);
  }

  add(...cells) {
    if (!this.out.write(`${cells.map((cell) => cell ?? '\\N').join('\t')}\n`))
      return new Promise((done) => this.out.once('drain', done));
    return null;
  }

  async load() {
    this.out.end();
    await finished(this.out);
    const named = this.columns.map((column) => column.startsWith('@') ? column : `\`${column}\``);
    const set = this.columns.filter((column) => column.startsWith('@')).map((column) =>
      `${column.slice(1)} = UNHEX(${column})`);
    await this.it.sql(`LOAD DATA INFILE '${this.file}' INTO TABLE ${this.table} CHARACTER SET utf8mb4
      (${named.join()}) ${set.length ? `SET ${set.join()}` : ''}`, 'root', RUN_MS_MAX);
  }
}

async function fill(it) {
  const { operator } = await it.people();
  must(await it.call('POST', '/v1/categories', { key: operator, body: { code: 'A00', service: '服务' } }));
  await it.stopDaemon();
  const before = await it.sql('SELECT HEX(bytes) FROM log_entry ORDER BY idx');
  const model = JSON.parse(Buffer.from(before.at(-1), 'hex'));
  const tiles = new Rows(it, 'log_tile', ['level', 'idx', '@hashes']);
  const entries = new Rows(it, 'log_entry', ['idx', '@event_id', '@leaf', 'kind', 'subject', '@bytes']);
  const rows = new Rows(it, 'category', ['id', 'state', 'seq', 'event_index', 'service']);
  const answers = new Rows(it, 'idempotency', ['@event_id', '@digest', 'at', 'status', 'log_size', 'signs', 'reply']);
  const tree = new Tree((level, index, hashes) => tiles.add(level, index, hex(hashes)));
  for (const line of before)
    tree.append(leafOf(Buffer.from(line, 'hex')));
  for (let i = 0; i < ENTRIES; i++) {
    const index = tree.size;
    const id = randomBytes(16);
    const subject = `B${i}`;
    const bytes = Buffer.from(JSON.stringify({ ...model, id: id.toString('hex'), subject }));
    const leaf = leafOf(bytes);
    tree.append(leaf);
    await entries.add(index, hex(id), hex(leaf), model.kind, subject, hex(bytes));
    await rows.add(subject, 'active', 1, index, model.data.service);
    await answers.add(hex(id), hex(leaf), model.at.replace('T', ' ').replace('Z', ''), 201, index + 1, 0, '{}');
  }
  for (const table of [tiles, entries, rows, answers])
    await table.load();
  await it.sql(`UPDATE log_head SET size = ${tree.size}, root = UNHEX('${hex(tree.root())}'),
    frontier = UNHEX('${hex(Buffer.concat(tree.peaks))}')`);
  return tree.size;
}

const it = await daemon();
try {
  const size = await fill(it);
  const klero = join(it.build, 'klero');
  for (let round = 0; round < 3; round++) {
    const began = Date.now();
    const { stderr } = await run('/usr/bin/env', ['bash', '-c', `"$0" fsck "$1" & pid=$!
      while kill -0 $pid 2>/dev/null; do grep VmHWM /proc/$pid/status 2>/dev/null; sleep 0.1; done >&2; wait $pid`,
      klero, join(it.home, 'klerod.conf')], { timeout: RUN_MS_MAX, maxBuffer: 1 << 26 });
    const seconds = (Date.now() - began) / 1000;
    const peak = Math.max(...[...stderr.matchAll(/VmHWM:\s+(\d+) kB/g)].map(([, kb]) => Number(kb)));
    console.log(`${size} entries: ${seconds.toFixed(1)} s, ${Math.round(size / seconds)} entries/s, ${Math.round(peak / 1024)} MB`);
    console.log(stderr.match(/fsck: .*/)[0]);
  }
} finally {
  await it.stop();
}
