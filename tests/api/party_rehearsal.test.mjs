// klero party in a rehearsal: days of a draw in seconds, through a restart.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { daemon, must, until } from './client.mjs';
import { defaultPolicy } from './builders.mjs';
import { lie } from './liar.mjs';
import { equip, play } from './party.mjs';

const FROM = '2026-01-05T00:30:00Z';
const DAY_S = 86_400;

const { draw: { objection, commit, reveal }, notice: { signup_min } } = defaultPolicy();
const POLICY = { draw: { objection, commit, reveal }, notice: { signup_min } };
const names = ['operator', 'supervisor'];

let it, service, trust;
before(async () => {
  it = await daemon({}, { rehearsal: FROM });
  service = await lie(() => it.url); // which is another after each start
});
after(async () => {
  await service.close();
  await it.stop();
});

async function signUp() {
  await it.policy(POLICY);
  await it.category();
  const institutions = await Promise.all([1, 2, 3, 4].map(() => it.institution()));
  const notice = await it.aNotice({ signup_s: 3 * DAY_S });
  for (const who of institutions)
    must(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
  return it.drawOf(notice, institutions, (await it.people()).parties);
}

const run = (what, draw, name, ...more) => play([what, service.url, draw.id, '--dir', join(it.home, name),
  '--key', join(it.home, `${name}.key`), '--trust', trust, ...more]).ended;

test('each plays his part by himself, whatever time it is', async () => {
  const draw = await signUp();
  trust = equip(it.home, it, draw.parties);
  const shown = async () => must(await it.call('GET', `/v1/draws/${draw.id}`), 200);
  const runs = names.map((name) => run('run', draw, name, '--rehearsal'));
  await it.moveTo(draw.notice.signup_close);
  await it.moveTo((await shown()).draft_until);
  await until(async () => (await shown()).parties.every(({ committed }) => committed), 'their commitments');

  const strict = await run('check', draw, 'supervisor');
  assert.deepEqual([strict.status, strict.stderr.match(/\[(\S+)\]/)[1]], [1, 'folder-busy']);
  await it.kill();
  await it.start();
  await it.moveTo((await shown()).commit_by);
  for (const { status, stdout, stderr } of await Promise.all(runs)) {
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /verdict: verified/);
    assert.match(stdout, /level: rehearsal/);
  }
  assert.match(readFileSync(join(it.home, 'supervisor/verdict.txt'), 'utf8'), /rehearsal/);
  const real = await run('run', draw, 'supervisor');
  assert.deepEqual([real.status, real.stderr.match(/\[(\S+)\]/)[1]], [1, 'log-rehearsal'], 'nobody takes it for real');
});
