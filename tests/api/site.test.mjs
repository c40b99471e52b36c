// The pages of web_root: files as they are, for GET alone, under a policy that
// lets nothing else run.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertProblem, call, daemon, must } from './client.mjs';

const FILES = {
  'index.html': '<!doctype html><title>pages</title>',
  'verify.html': '<!doctype html><title>kept</title>',
  'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/main-1.js': 'export {};',
  'assets/main-1.css': 'p {}',
  'assets/secret.key': 'not to be served',
  'notes.txt': 'has no route',
};

function folder() {
  const root = mkdtempSync(join(tmpdir(), 'klero-site-'));
  mkdirSync(join(root, 'assets'));
  for (const [name, text] of Object.entries(FILES))
    writeFileSync(join(root, name), text);
  return root;
}

test('without web_root there is the API alone', async () => {
  for (const path of ['/', '/verify', '/assets/main-1.js'])
    assertProblem(await call('GET', path), 404, 'not-found');
  const { routes } = must(await call('GET', '/v1'), 200);
  assert.ok(routes.every(({ path }) => path !== '/'));
});

test('the pages, their types, policy, tags and methods', async () => {
  const root = folder();
  const it = await daemon({ web_root: root });
  try {
    for (const path of ['/', '/?wall', '/verify', '/verify?draw=D-1', '/draws/D-1']) {
      const reply = await it.call('GET', path);
      assert.deepEqual([reply.status, reply.text, reply.headers.get('content-type')],
        [200, FILES['index.html'], 'text/html; charset=utf-8'], path);
      assert.match(reply.headers.get('cache-control'), /must-revalidate/);
      const policy = reply.headers.get('content-security-policy');
      assert.match(policy, /default-src 'none'; script-src 'self'; /);
      assert.doesNotMatch(policy, /unsafe|\*|http/);
      const again = await it.call('GET', path, { headers: { 'if-none-match': reply.headers.get('etag') } });
      assert.deepEqual([again.status, again.text], [304, '']);
    }
    const script = await it.call('GET', '/assets/main-1.js');
    assert.deepEqual([script.text, script.headers.get('content-type'), script.headers.get('cache-control')],
      [FILES['assets/main-1.js'], 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable']);
    assert.match(script.headers.get('content-security-policy'), /^default-src 'none'/);
    assert.equal((await it.call('GET', '/assets/main-1.css')).headers.get('content-type'), 'text/css; charset=utf-8');
    assert.equal((await it.call('GET', '/favicon.svg')).headers.get('content-type'), 'image/svg+xml');
    const kept = await it.call('GET', '/verify.html');
    assert.equal(kept.headers.get('content-disposition'), 'attachment; filename="verify.html"');
    assert.match(kept.headers.get('content-security-policy'), /^default-src 'none'; frame/);
    const head = await it.call('HEAD', '/');
    assert.deepEqual([head.status, head.text], [200, '']);

    for (const path of ['/assets/secret.key', '/assets/none.js', '/notes.txt', '/index.html', '/assets/', '/verify.mjs'])
      assertProblem(await it.call('GET', path), 404, 'not-found');
    for (const path of ['/assets/../notes.txt', '/assets/..%2fnotes.txt', '//'])
      assertProblem(await it.call('GET', path), 400, 'bad-request');
    assertProblem(await it.call('POST', '/', { body: {} }), 405, 'method');

    // People's pages are in the index, and no part of OpenAPI.
    const { routes } = must(await it.call('GET', '/v1'), 200);
    assert.ok(routes.some(({ path }) => path === '/verify'));
    assert.ok(!('/verify' in must(await it.call('GET', '/v1/openapi.json'), 200).paths));
  } finally {
    await it.stop();
    rmSync(root, { recursive: true });
  }
});

test('a folder that is not there is told, and the API is served', async () => {
  const it = await daemon({ web_root: '/nonexistent' });
  try {
    assertProblem(await it.call('GET', '/'), 404, 'not-found');
    assert.equal((await it.call('GET', '/healthz')).status, 200);
    assert.match(it.diaryText(), /"event": ?"no-pages"/);
  } finally {
    await it.stop();
  }
});
