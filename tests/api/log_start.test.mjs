// klerod does not start on a log that is not the one it signed. Each case
// spoils one thing of a stopped installation, sees why it is refused, and
// puts it back.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { daemon, must, program, until } from './client.mjs';
import { keyFrom, newKey } from './keys.mjs';
import { checkpointOf, leafHash, rootOf } from './merkle.mjs';

const REFUSED = 78; // EX_CONFIG
const START_MS_MAX = 60_000;
const TABLES = ['log_head', 'log_entry', 'log_tile', 'log_checkpoint'];

describe('klerod refuses to start', () => {
  let it, conf, highWater, good;
  const keyFile = (name) => join(it.home, `keys/${name}.key`);

  async function enrol(id) {
    const reply = await it.adminCall('POST', '/v1/organisations', { body: { id, name: '启动测试' } });
    const size = Number(reply.headers.get('klero-log-size'));
    must(reply);
    await until(async () => checkpointOf(readFileSync(highWater, 'utf8')).size >= size, 'the high-water file');
  }
  const save = (name) => it.sql(TABLES.map((table) =>
    `DROP TABLE IF EXISTS ${name}_${table}; CREATE TABLE ${name}_${table} AS SELECT * FROM ${table}`).join(';'));
  const restore = (name) => it.sql(TABLES.map((table) =>
    `TRUNCATE TABLE ${table}; INSERT INTO ${table} SELECT * FROM ${name}_${table}`).join(';'));
  const putBack = async () => {
    await restore('good');
    rmSync(highWater, { recursive: true, force: true });
    writeFileSync(highWater, good);
  };

  before(async () => {
    it = await daemon();
    conf = join(it.home, 'klerod.conf');
    highWater = it.settings.high_water_file;
    await enrol('one');
    await save('old');
    await enrol('two');
    await it.stopDaemon();
    good = readFileSync(highWater, 'utf8');
    await save('good');
    for (const table of TABLES)
      for (const name of ['is_final', 'stays', 'only_grows'])
        await it.sql(`DROP TRIGGER IF EXISTS ${table}_${name}`);
  });
  after(async () => {
    const [half, copy] = ['new-a1B2c3', 'backup'].map((what) => `${highWater}.${what}`);
    for (const path of [half, copy])
      writeFileSync(path, good);
    await it.start(); // ...and takes away what a crash has left
    assert.deepEqual([existsSync(half), existsSync(copy)], [false, true]);
    must(await it.adminCall('POST', '/v1/organisations', { body: { id: 'three', name: '恢复' } }));
    await it.stop();
  });

  function refuses(reason) {
    const { status, stderr } = program('klerod', [conf]);
    assert.equal(status, REFUSED, stderr);
    assert.match(stderr, new RegExp(`"event":"log_refused","reason":"${reason}"`));
  }
  const spoiled = (name, reason, spoil) => test(name, async () => {
    try {
      await spoil();
      refuses(reason);
    } finally {
      await putBack();
    }
  });

  // Replace the last entry and make everything in the database fit it.
  async function replaceLast(change) {
    const rows = await it.sql('SELECT HEX(bytes) FROM log_entry ORDER BY idx');
    const entries = rows.map((hex) => Buffer.from(hex, 'hex'));
    const size = entries.length;
    entries[size - 1] = Buffer.from(change(entries[size - 1].toString()));
    const leaves = entries.map(leafHash), root = rootOf(leaves);
    const peaks = [];
    for (let at = 0, width = 2 ** 30; width >= 1; width /= 2)
      if (size & width)
        peaks.push(rootOf(leaves.slice(at, at += width)));
    await it.sql(`UPDATE log_entry SET bytes = X'${entries[size - 1].toString('hex')}',
        leaf = X'${leaves[size - 1].toString('hex')}' WHERE idx = ${size - 1};
      UPDATE log_head SET root = X'${root.toString('hex')}', frontier = X'${Buffer.concat(peaks).toString('hex')}'`);
    return { size, root };
  }

  // A checkpoint as the log key signs it, or another key in its name.
  function noteOf(text, key = keyFrom(readFileSync(keyFile('log'), 'utf8').trim())) {
    const [origin] = text.split('\n');
    const id = createHash('sha256').update(`${origin}\n\x01`).update(Buffer.from(key.public_key, 'hex')).digest().subarray(0, 4);
    const signature = Buffer.concat([id, Buffer.from(key.sign(text), 'hex')]).toString('base64');
    return `${text}\n— ${origin} ${signature}\n`;
  }

  test('the note of these tests is that of klerod', () =>
    assert.equal(noteOf(checkpointOf(good).text), good));

  spoiled('a database that was rolled back', 'rolled-back', () => restore('old'));
  spoiled('a database without a log, with a file', 'rolled-back', () => it.sql('TRUNCATE TABLE log_head'));
  spoiled('no log at all', 'no-log', async () => {
    await it.sql('TRUNCATE TABLE log_head');
    rmSync(highWater);
  });
  spoiled('a log without its file', 'no-high-water', () => rmSync(highWater));
  spoiled('a file that is too large', 'bad-high-water', () => writeFileSync(highWater, 'x'.repeat(5000)));
  spoiled('a file that is no checkpoint', 'bad-high-water', () => writeFileSync(highWater, 'hello\n'));
  spoiled('an empty file', 'bad-high-water', () => writeFileSync(highWater, ''));
  spoiled('a folder in its place', 'bad-high-water', () => {
    rmSync(highWater);
    mkdirSync(highWater);
  });
  spoiled('a file that is not signed', 'bad-high-water', () => writeFileSync(highWater, checkpointOf(good).text));
  spoiled('a file that another key signed', 'bad-high-water', () =>
    writeFileSync(highWater, noteOf(checkpointOf(good).text, newKey())));
  spoiled('a file of another log', 'bad-high-water', () =>
    writeFileSync(highWater, noteOf(checkpointOf(good).text.replace('test.example', 'else.example'))));
  spoiled('a file with one digit changed', 'bad-high-water', () =>
    writeFileSync(highWater, good.replace(/^\d+$/m, (size) => String(Number(size) - 1))));
  spoiled('another history of the same length', 'forked', () =>
    replaceLast((leaf) => leaf.replace('启动测试', '另一段话')));
  spoiled('a frontier that is not that of the entries', 'broken-tree', () =>
    it.sql("UPDATE log_head SET frontier = REVERSE(frontier)"));
  spoiled('a leaf that is missing', 'broken-tree', () => it.sql('DELETE FROM log_entry WHERE idx = 0'));
  spoiled('an entry beyond the head', 'broken-entry', () =>
    it.sql(`INSERT INTO log_entry SELECT idx + 1, REVERSE(event_id), leaf, kind, subject, bytes
      FROM good_log_entry ORDER BY idx DESC LIMIT 1`));
  spoiled('an entry that is not what was hashed', 'broken-entry', () =>
    it.sql("UPDATE log_entry SET bytes = REPLACE(bytes, '启动', '停止') ORDER BY idx DESC LIMIT 1"));
  spoiled('a clock before the last entry', 'clock', async () => {
    const { size, root } = await replaceLast((leaf) => leaf.replace(/"at":"2/, '"at":"9'));
    writeFileSync(highWater, noteOf(`${it.settings.log_origin}\n${size}\n${root.toString('base64')}\n`));
  });
  // A service manager starts it again: 78 would keep it from that.
  for (const [what, path, said] of [['the high-water file', () => highWater, /"high_water".*Input.*"reason":"unreadable"/s],
    ['a key', () => keyFile('receipt'), /"key_file".*Input/]])
    test(`${what} cannot be read for once`, () => {
      const { status, stderr } = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-P', path(),
        '-e', 'inject=read:error=EIO', join(it.build, 'klerod'), conf], { encoding: 'utf8', timeout: START_MS_MAX,
        env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' } }); // which it cannot under strace
      assert.equal(status, 1, stderr);
      assert.match(stderr, said);
    });
  test('keys that entry 0 does not name', async () => {
    const file = keyFile('receipt');
    renameSync(file, `${file}.kept`);
    try {
      assert.equal(program('klero', ['keygen', file]).status, 0);
      refuses('foreign-log');
    } finally {
      renameSync(`${file}.kept`, file);
    }
  });
  for (const mode of [0o600, 0o440, 0o404])
    test(`a key file of mode 0${mode.toString(8)}`, () => {
      chmodSync(keyFile('log'), mode);
      try {
        const { status, stderr } = program('klerod', [conf]);
        assert.equal(status, REFUSED, stderr);
        assert.match(stderr, /"event":"key_file".*0400/);
      } finally {
        chmodSync(keyFile('log'), 0o400);
      }
    });
  test('to begin a log in a schema of another version', async () => {
    await it.sql('UPDATE schema_migration SET version = version + 1 ORDER BY version DESC LIMIT 1');
    try {
      const { status, stderr } = program('klerod', ['--init', conf]);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /"event":"schema/);
      assert.doesNotMatch(stderr, /init_refused/);
    } finally {
      await it.sql('UPDATE schema_migration SET version = version - 1 ORDER BY version DESC LIMIT 1');
    }
  });
  test('to begin what has begun', async () => {
    const refusal = () => {
      const { status, stderr } = program('klerod', ['--init', conf]);
      assert.equal(status, REFUSED, stderr);
      return stderr.match(/"event":"init_refused","reason":"(.*)"/)[1];
    };
    assert.match(refusal(), /file exists/);
    copyFileSync(highWater, `${highWater}.kept`);
    rmSync(highWater);
    try {
      assert.match(refusal(), /has a log already/);
    } finally {
      renameSync(`${highWater}.kept`, highWater);
    }
  });
});

test('the publisher stops at an entry that was changed', async () => {
  const it = await daemon({ publish_ms: 60_000 });
  try {
    const enrol = async (id) => must(await it.adminCall('POST', '/v1/organisations', { body: { id, name: '篡改' } }));
    await enrol('one');
    const mark = it.logMark();
    await it.sql('DROP TRIGGER log_entry_is_final');
    await enrol('two');
    await it.sql("UPDATE log_entry SET bytes = REPLACE(bytes, '篡改', '更改') WHERE subject = 'two'");
    const { size } = checkpointOf((await it.call('GET', '/log/checkpoint')).text);
    await it.stopDaemon(); // publishes what is committed, or sees that it must not
    assert.match(it.diaryText(mark), /"event":"publisher_stopped","reason":"an entry is not what was hashed"/);
    assert.equal(checkpointOf(readFileSync(it.settings.high_water_file, 'utf8')).size, size);
  } finally {
    await it.stop();
  }
});
