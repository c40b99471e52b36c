// klero admin: the first organisations and accounts, over the unix socket.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { call, home, must, program } from './client.mjs';
import { sha256 } from './keys.mjs';
import { newPassword } from './persons.mjs';

const socket = join(home, 'admin.sock');
const admin = (...words) => program('klero', ['admin', '--socket', socket, ...words]);
const newId = () => `adm-${randomBytes(6).toString('hex')}`;

test('an organisation, an account of it, and its end', async () => {
  const id = newId();
  const token = randomBytes(32).toString('hex');
  assert.deepEqual(admin('organisation', id, '某县水利局'), { status: 0, stdout: `${id}\n`, stderr: '' });
  const made = admin('account', id, 'owner', sha256(token));
  assert.deepEqual([made.status, made.stderr], [0, '']);
  assert.match(made.stdout, /^[0-9a-f]{32}\n$/);
  assert.equal(must(await call('GET', '/v1/accounts/me', { key: token }), 200).organisation, id);
  assert.deepEqual(admin('revoke', made.stdout.trim()), made);
  assert.equal((await call('GET', '/v1/accounts/me', { key: token })).status, 401);
});

test('a person, who sets up his login himself', async () => {
  const id = newId();
  assert.equal(admin('organisation', id, '某县水利局').status, 0);
  const made = admin('person', id, 'owner');
  assert.deepEqual([made.status, made.stderr], [0, '']);
  const [, account, code] = made.stdout.match(/^([0-9a-f]{32}) ([0-9a-f]{32}) \S+Z\n$/);
  const body = { code, login: newId(), password: newPassword() };
  assert.equal(must(await call('POST', '/v1/accounts/me/setup', { body }), 200).id, account);
  assert.equal(must(await call('POST', '/v1/sessions', { body: { login: body.login, password: body.password } })).organisation, id);
  assert.equal(admin('person', id, 'emperor').status, 1);
  assert.equal(admin('person', id).status, 2);
});

test('a refusal is told in words, and is status 1', () => {
  const id = newId();
  assert.equal(admin('organisation', id, '甲').status, 0);
  const again = admin('organisation', id, '甲');
  assert.deepEqual([again.status, again.stdout], [1, '']);
  assert.match(again.stderr, /409 It exists already/);
  const invalid = admin('account', id, 'emperor', 'ab');
  assert.equal(invalid.status, 1);
  assert.match(invalid.stderr, /\/role: .*\n.*\/key_hash: /);
  assert.equal(admin('revoke', '0'.repeat(32)).status, 1);
});

test('what cannot be used is status 2', () => {
  const file = join(home, 'no-token');
  writeFileSync(file, 'short\n');
  for (const words of [[], ['organisation', 'x'], ['revoke', '../x'], ['revoke', 'a'.repeat(65)], ['win', 'x'], ['categories', '/nonexistent']])
    assert.equal(admin(...words).status, 2, words.join(' '));
  for (const options of [[], ['--socket', '/nonexistent'], ['--url', 'http://127.0.0.1:1'], ['--key', file],
    ['--url', process.env.KLERO_URL, '--key', file], ['--url', process.env.KLERO_URL, '--key', '/nonexistent'],
    ['--socket', socket, '--url', process.env.KLERO_URL]]) {
    const { status, stdout, stderr } = program('klero', ['admin', ...options, 'revoke', 'ab']);
    assert.deepEqual([status, stdout], [2, ''], options.join(' '));
    assert.notEqual(stderr, '');
  }
});
