// What `make install` leaves is complete: a program of somebody else builds and
// runs with nothing but pkg-config.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root, scratch } from '../api/installation.mjs';

const stage = scratch('install');
after(() => rmSync(stage, { recursive: true }));

const run = (command, args, env = {}) =>
  execFileSync(command, args, { cwd: stage, encoding: 'utf8', env: { ...process.env, ...env } });
// Not the make we may be run by: its flags and job server are not for this one.
const make = (...args) => run('make', ['-C', root, '--no-print-directory', 'MODE=release', ...args],
  { MAKEFLAGS: '', MAKELEVEL: '', MFLAGS: '' });

// "abc": FIPS 180-4.
const PROGRAM = `#include <kl_hash.h>
#include <stdio.h>

int main(void)
{
	char hex[KL_HASH_HEX];
	struct kl_hash hash = kl_hash_of("abc", 3);

	kl_hash_hex(&hash, hex);
	return puts(hex) < 0;
}
`;

make('install', `DESTDIR=${stage}`, 'PREFIX=/usr');
const lib = join(stage, 'usr/lib');
// DESTDIR is a sysroot: pkg-config puts it before our paths, and only there.
const pkgConfig = (...args) => run('pkg-config', [...args, 'klero'],
  { PKG_CONFIG_PATH: join(lib, 'pkgconfig'), PKG_CONFIG_SYSROOT_DIR: stage, PKG_CONFIG_ALLOW_SYSTEM_CFLAGS: '1',
    PKG_CONFIG_ALLOW_SYSTEM_LIBS: '1' }).trim().split(/\s+/);

test('everything is there', () => {
  for (const file of ['bin/klerod', 'bin/klero', 'include/klero/kl_base.h', 'lib/libklero.a', 'lib/libklero.so',
    'lib/pkgconfig/klero.pc', 'share/klero/migrations/0001_log.sql', 'share/klero/ops/grants.sql',
    'share/klero/ops/klerod.conf', 'lib/systemd/system/klerod.service',
    'lib/systemd/system/klero-fsck.service', 'lib/systemd/system/klero-fsck.timer',
    'lib/systemd/system/klero-witness.service', 'share/klero/ops/data/categories.csv'])
    assert.ok(existsSync(join(stage, 'usr', file)), file);
  assert.ok(lstatSync(join(lib, 'libklero.so.0')).isSymbolicLink());
  assert.match(run('readelf', ['-d', join(lib, 'libklero.so')]), /SONAME.*\[libklero\.so\.0\]/);
  assert.match(pkgConfig('--modversion')[0], /^\d+\.\d+\.\d+$/);
});

for (const [how, options, extra] of [['shared', [], []], ['static', ['--static'], ['-Wl,-Bstatic', '-lklero', '-Wl,-Bdynamic']]])
  test(`a program builds with the ${how} library`, () => {
    writeFileSync(join(stage, 'tiny.c'), PROGRAM);
    const flags = pkgConfig('--cflags', '--libs', ...options);
    const libs = flags.flatMap((flag) => flag === '-lklero' && extra.length ? extra : [flag]);
    run('gcc', ['tiny.c', '-o', how, ...libs]);
    assert.equal(run(join(stage, how), [], { LD_LIBRARY_PATH: lib }), 
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n');
    const needed = run('readelf', ['-d', join(stage, how)]);
    assert.equal(/NEEDED.*libklero\.so\.0/.test(needed), how === 'shared');
  });
