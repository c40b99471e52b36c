// installation.mjs -- one Kleroterion in a folder of its own, installed as in
// production: a private MariaDB (ops/database.sh), migrated and granted, key
// files, settings, `klerod --init`, klerod.
//
//   const it = new Installation(home, build, { publish_ms: 20 });
//   await it.create();          database, schema, grants, keys, first log entry
//   await it.start();           klerod; it.url is where it listens
//   await it.kill();            as a power cut would: SIGKILL
//   await it.start();           ...and up again, on what is there
//   await it.fsck();            the database against the log: findings
//   await it.stop();            klerod and database, in order; throws if not
//
// it.env and it.before are what a klerod to be started gets besides: variables,
// and the words before its command. What is run there must become klerod.
//
// new Installation(home, build, settings, { rehearsal: '2026-01-05T00:00:00Z' })
// has a log whose time begins there and stands still until it is moved: by
// moveTo(time) of client.mjs. Its log_origin ends in /rehearsal.
//
// Everything of it lives in `home`: db/ klerod.conf klerod.log keys/ admin.sock.
// Both servers end with this process, however it ends.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const COMMAND_MS_MAX = 600_000; // of fsck on what hours of a fault test have made, too
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 60_000;
const POLL_MS = 20;

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const databaseSh = join(root, 'ops/database.sh');

const run = promisify(execFile);

// A new folder for an installation. The path of a unix socket in it must fit
// 107 bytes, wherever TMPDIR is.
const TMPDIR_SIZE_MAX = 60;
export const scratch = (what) =>
  mkdtempSync(join(tmpdir().length > TMPDIR_SIZE_MAX ? '/tmp' : tmpdir(), `klero-${what}-`));

export class Installation {
  constructor(home, build, settings = {}, { rehearsal } = {}) {
    this.home = home;
    this.build = build;
    this.rehearsal = rehearsal;
    this.database = join(home, 'db');
    this.diary = join(home, 'klerod.log'); // what klerod wrote
    this.admin = join(home, 'admin.sock');
    this.env = {};
    this.before = [];
    this.settings = {
      http_port: 0, admin_socket: this.admin, db_socket: join(this.database, 'db.sock'),
      log_origin: rehearsal ? 'test.example/rehearsal' : 'test.example/log', log_key_file: join(home, 'keys/log.key'),
      receipt_key_file: join(home, 'keys/receipt.key'), high_water_file: join(home, 'high-water'),
      publish_ms: 20, password_mb: 19, login_tries: 100_000, login_tries_network: 100_000, registrations_network: 100_000, ...settings,
    };
  }

  async create() {
    await this.#database('start');
    await this.#database('prepare', join(this.build, 'klero'));
    mkdirSync(join(this.home, 'keys'), { mode: 0o700 });
    for (const key of ['log', 'receipt'])
      await run(join(this.build, 'klero'), ['keygen', join(this.home, `keys/${key}.key`)]);
    this.configure({});
    const how = this.rehearsal ? ['--init', '--rehearsal', this.rehearsal] : ['--init'];
    await run(join(this.build, 'klerod'), [...how, this.#conf()], { timeout: COMMAND_MS_MAX });
  }

  // Settings for the next start.
  configure(settings) {
    Object.assign(this.settings, settings);
    writeFileSync(this.#conf(),
      Object.entries(this.settings).map(([name, value]) => `${name} = ${value}\n`).join(''));
  }

  async start() {
    const mark = this.mark();
    const log = openSync(this.diary, 'a');
    const child = spawn('setpriv',
      ['--pdeathsig', 'KILL', ...this.before, join(this.build, 'klerod'), this.#conf()],
      { cwd: this.home, stdio: ['ignore', log, log], env: { ...process.env, ...this.env } });
    closeSync(log);
    const exit = once(child, 'exit');
    child.unref(); // a test that failed ends though it left this one running
    this.daemon = { child, get ended() { child.ref(); return exit; } };
    for (let waited = 0; waited < START_MS_MAX; waited += POLL_MS) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`klerod ended instead of starting:\n${this.diaryText(mark)}`);
      const started = this.diaryText(mark).match(/^\{"event": ?"started".*"port": ?(\d+)/m);
      if (started) {
        this.url = `http://127.0.0.1:${started[1]}`;
        return this.url;
      }
      await sleep(POLL_MS);
    }
    throw new Error(`klerod did not start in ${START_MS_MAX} ms`);
  }

  async kill() {
    this.daemon.child.kill('SIGKILL');
    await this.daemon.ended;
    this.daemon = null;
  }

  // klerod alone. Throws if it was not there or did not end with status 0.
  async stopDaemon() {
    const { child, ended } = this.daemon;
    this.daemon = null;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    const [code, signal] = await ended;
    clearTimeout(late);
    if (code !== 0)
      throw new Error(`klerod: unclean end, ${signal ?? `status ${code}`}\n${this.diaryText(0).slice(-4000)}`);
  }

  // klero fsck: { status, findings, stderr }.
  async fsck(...options) {
    const { status, stdout, stderr } = await run(join(this.build, 'klero'),
      ['fsck', this.#conf(), '--json', ...options], { timeout: COMMAND_MS_MAX, maxBuffer: 1 << 26 })
      .then((out) => ({ status: 0, ...out }), (error) => ({ ...error, status: error.code ?? error.signal }));
    if (status !== 0 && status !== 1 && status !== 2)
      throw new Error(`klero fsck: ${status}\n${stderr}`);
    const findings = String(stdout).split('\n').filter(Boolean).map((line) => JSON.parse(line));
    return { status, findings, stderr };
  }

  async stop() {
    try {
      if (this.daemon)
        await this.stopDaemon();
    } finally {
      await this.#database('stop');
    }
  }

  // What klerod has written since `mark`, a mark() of earlier.
  diaryText(mark = 0) {
    try {
      return readFileSync(this.diary, 'utf8').slice(mark);
    } catch {
      return '';
    }
  }

  mark() {
    return this.diaryText().length;
  }

  #conf() {
    return join(this.home, 'klerod.conf');
  }

  #database(command, ...args) {
    return run(databaseSh, [command, this.database, ...args],
      { timeout: COMMAND_MS_MAX, env: { ...process.env, KLERO_OWNER: String(process.pid) } });
  }
}
