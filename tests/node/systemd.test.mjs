// The service manager: units that expose little, a daemon that says when it is
// ready, alive and stopping, and a diary without a secret in it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { assertProblem, daemon, must, until } from '../api/client.mjs';
import { root } from '../api/installation.mjs';

const EXPOSURE_MAX = 1.0;
const WATCHDOG_S = 2;

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

// Datagrams that come to a socket, as lines of a program that receives them.
const RECEIVE = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); print('bound', flush=True)
while True: print(s.recv(4096).decode(), flush=True)`;

async function receiver(path) {
  const child = spawn('python3', ['-c', RECEIVE, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await until(() => lines.includes('bound'), 'the socket');
  return { lines, end: async () => {
    child.kill();
    await once(child, 'exit');
  } };
}

const UNITS = ['klerod.service', 'klero-fsck.service', 'klero-fsck.timer', 'klero-witness.service'];
const unitText = (unit, prefix) => readFileSync(join(root, 'ops', unit), 'utf8').replaceAll('@PREFIX@', prefix);

// As `make install` leaves them, beside the programs; gives their paths.
function installUnits(prefix) {
  for (const name of ['klerod', 'klero'])
    installed(join(prefix, 'bin', name), 'x', 0o755);
  installed(join(prefix, 'share/klero/ops/README.md'), '');
  return UNITS.map((unit) => installed(join(prefix, unit), unitText(unit, prefix)));
}

function installed(path, text, mode) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
  return path;
}

describe('the units', { skip: !has('systemd-analyze') && 'no systemd here' }, () => {
  const prefix = mkdtempSync(join(tmpdir(), 'klero-unit-'));
  const paths = installUnits(prefix);
  const analyze = (...args) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  after(() => rmSync(prefix, { recursive: true }));

  test('are understood, each line of them', () => {
    const { status, stdout, stderr } = analyze('verify', '--man=no', ...paths);
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });

  for (const unit of UNITS.filter((name) => name.endsWith('.service')))
    test(`${unit} exposes little`, () => {
      const { status, stdout, stderr } = analyze('security', '--offline=true', '--no-pager', join(prefix, unit));
      assert.equal(status, 0, stderr);
      const [, exposure] = stdout.match(/Overall exposure level for .*: ([\d.]+)/);
      assert.ok(Number(exposure) <= EXPOSURE_MAX, stdout);
    });
});

// What the manager would run, by a shell in its place.
test('the nightly fsck does as its unit says', async () => {
  const it = await daemon();
  try {
    const [, command] = unitText('klero-fsck.service', '/prefix').match(/^ExecStart=(.*)$/m);
    const here = command.replace('/prefix/bin', resolve(process.env.KLERO_BUILD ?? 'build/asan'))
      .replace('/etc/klero/klerod.conf', join(it.home, 'klerod.conf'));
    const run = (options) => spawnSync('sh', ['-c', here], { encoding: 'utf8', env: { ...process.env, FSCK_OPTIONS: options } });
    for (const options of ['', '--json'])
      assert.deepEqual([run(options).status, run(options).stdout], [0, ''], run(options).stderr);
    await it.people();
    await it.sql("UPDATE organisation SET name = 'another' LIMIT 1");
    const { status, stdout } = run('');
    assert.deepEqual([status, /^organisation .* name: /m.test(stdout)], [1, true], stdout);
  } finally {
    await it.stop();
  }
});

test('klerod tells when it is ready, alive and stopping', { skip: !has('python3') && 'no python3 here' }, async () => {
  const it = await daemon();
  const path = join(it.home, 'notify.sock');
  const manager = await receiver(path);
  try {
    await it.stopDaemon();
    it.env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: String(WATCHDOG_S * 1_000_000) };
    await it.start();
    const count = () => manager.lines.filter((line) => line === 'WATCHDOG=1').length;
    await until(() => count() > 2, 'signs of life');
    assert.equal(manager.lines[1], 'READY=1');
    await it.stopDaemon();
    assert.deepEqual(manager.lines.filter((line) => line !== 'WATCHDOG=1'), ['bound', 'READY=1', 'STOPPING=1']);
    assert.doesNotMatch(it.diaryText(0), /watchdog_silent|notify_failed/);
  } finally {
    await manager.end();
    await it.stop();
  }
});

test('the diary is JSON, a line each failure, with no secret in it', async () => {
  const it = await daemon();
  try {
    const { operator } = await it.people();
    const secrets = Object.fromEntries(['key', 'word', 'body'].map((what) => [what, `5ec2e7${what}`]));
    const token = 'a1b2c3d4'.repeat(8);
    const mark = it.logMark();
    assertProblem(await it.call('POST', '/v1/categories', { key: token, body: {} }), 401, 'unauthenticated');
    assertProblem(await it.call('POST', '/v1/categories', { key: operator, body: { code: secrets.body } }), 422, 'invalid');
    await it.call('GET', `/v1/draws?password=${secrets.word}`);
    await it.call('POST', '/v1/accounts', { key: operator, body: { organisation: 'x', key_hash: secrets.key } });
    await it.during('SELECT * FROM log_head WHERE id = 0 FOR UPDATE', async (end) => {
      const stuck = it.call('POST', '/v1/categories', { key: operator, body: { code: 'Z1', phase: secrets.body,
        service: 's', approval_item: 'a', authority: 'b' } });
      await until(async () => (await it.sql("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '%FOR UPDATE%'"))[0] > 0, 'it waits');
      await it.sql(`KILL ${(await it.sql("SELECT id FROM information_schema.processlist WHERE user = 'klero_writer'"))[0]}`);
      end();
      assert.ok([201, 503].includes((await stuck).status));
    });
    await it.call('GET', '/v1');
    must(await it.call('GET', '/healthz'), 200);
    const text = it.diaryText(mark);
    for (const line of text.trim().split('\n').filter(Boolean))
      assert.equal(typeof JSON.parse(line).event, 'string', line);
    const key = readFileSync(join(it.home, 'keys/log.key'), 'utf8').trim();
    for (const secret of [...Object.values(secrets), token, operator.token, key])
      assert.ok(!it.diaryText(0).includes(secret), `${secret} is in the diary`);
    const failures = text.split('\n').filter((line) => line.includes('"event":"failure"')).map((line) => JSON.parse(line).request);
    assert.equal(new Set(failures).size, failures.length, 'one line each');
  } finally {
    await it.stop();
  }
});
