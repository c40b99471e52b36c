// What klerod does with its settings, without serving.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { program } from './client.mjs';
import { scratch } from './installation.mjs';

const folder = scratch('config');
const file = join(folder, 'klerod.conf');
after(() => rmSync(folder, { recursive: true }));

function check(settings) {
  writeFileSync(file, settings);
  return program('klerod', ['--check-config', file]);
}

for (const [why, settings, line] of [
  ['an unknown name', 'colour = red\n', 1],
  ['a name twice', 'http_port = 1\n\nhttp_port = 1\n', 3],
  ['no value', '# a comment\nhttp_port =\n', 2],
  ['two values', 'http_port = 1 2\n', 1],
  ['no number', 'http_port = x\n', 1],
  ['a number below zero', 'http_port = -1\n', 1],
  ['a number too large', 'http_port = 65536\n', 1],
  ['a number too small', 'act_workers = 0\n', 1],
  ['a number beyond all', 'http_port = 18446744073709551616\n', 1],
  ['a text too long', `db_socket = ${'x'.repeat(108)}\n`, 1],
  ['a line too long', `# ${'x'.repeat(600)}\n`, 1],
  ['a comment that hides a setting', `#${' '.repeat(510)}act_workers = 1\n`, 1],
  ['a NUL', 'act_workers = 1\n\0work_queue = 1\n', 2],
])
  test(`refused, by its line: ${why}`, () => {
    const { status, stderr } = check(settings);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^line ${line}: `));
  });

test('each limit may be reached', () => {
  const { status, stderr } = check(
    `http_port = 65535 # the last\n  act_workers=64\ndb_socket = /${'x'.repeat(106)}\n\n`);
  assert.deepEqual([status, stderr], [0, '']);
});

test('what it prints, it reads', () => {
  const { status, stdout } = program('klerod', ['--print-config']);
  assert.equal(status, 0);
  assert.equal(check(stdout).status, 0);
  assert.match(check(`${stdout}http_port = 1\n`).stderr, /^line \d+: http_port = 1$/m);
});

test('no settings, or too many words, is no start', () => {
  assert.equal(program('klerod', ['--check-config', join(folder, 'none')]).status, 1);
  for (const args of [[], ['--unknown'], [file, file], ['--check-config'], ['--init']]) {
    const { status, stderr } = program('klerod', args);
    assert.equal(status, 1, args.join());
    assert.match(stderr, /^usage: /, args.join());
  }
});

test('without a database there is no start, and the reason is told', () => {
  assert.equal(program('klero', ['keygen', join(folder, 'a.key')]).status, 0);
  writeFileSync(file, `db_socket = ${join(folder, 'none.sock')}\nadmin_socket = ${join(folder, 'a.sock')}\n`
    + `log_key_file = ${join(folder, 'a.key')}\nreceipt_key_file = ${join(folder, 'a.key')}\n`
    + `high_water_file = ${join(folder, 'high-water')}\nhttp_port = 0\n`);
  const { status, stderr } = program('klerod', [file]);
  assert.notEqual(status, 0);
  assert.match(stderr, /^\{"event":"(db_error|log_keys)"/m);
});

test('klero without a command it knows tells its commands', () => {
  for (const args of [[], ['unknown']]) {
    const { status, stderr } = program('klero', args);
    assert.equal(status, 2);
    assert.match(stderr, /^usage: [^]*^ {2}canon /m);
  }
});
