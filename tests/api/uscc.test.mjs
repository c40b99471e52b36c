// klero uscc: one line for each code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './client.mjs';

test('uscc takes good codes', async () => {
  const ran = await program('klero', ['uscc', '91350100M000100Y43', '91360702MA35000017']);
  assert.deepEqual(ran, { status: 0, stderr: '',
    stdout: '91350100M000100Y43 valid\n91360702MA35000017 valid\n' });
});

test('uscc tells why a code is wrong, and goes on', async () => {
  const ran = await program('klero', ['uscc', '91360702MA35000018', '', '91360702MA35000017']);
  assert.deepEqual(ran, { status: 1, stderr: '',
    stdout: '91360702MA35000018 invalid: the check digit is wrong\n' +
      ' invalid: not 18 characters\n91360702MA35000017 valid\n' });
});

test('uscc wants a code', async () => {
  const ran = await program('klero', ['uscc']);
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /^usage: klero uscc/);
});
