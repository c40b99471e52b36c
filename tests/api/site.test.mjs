// The pages of web_root: files as they are, for GET alone, under a policy that
// lets nothing else run.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertProblem, call, daemon, must, until } from './client.mjs';

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

test('domain 79: the pages without log-in, their types, policy, tags and methods', async () => {
  const root = folder();
  const it = await daemon({ web_root: root });
  try {
    for (const path of ['/', '/?wall', '/draws', '/draws?wall', '/verify', '/verify?draw=D-1', '/draws/D-1']) {
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

// The same pages hold what they show in words, for whoever has no scripts.
test('a page is found with what it shows in it, and without where that fails', async () => {
  const root = folder();
  const document = '<!doctype html><title>pages</title><noscript><main id="plain"></main></noscript>';
  writeFileSync(join(root, 'index.html'), document);
  const it = await daemon({ web_root: root });
  const page = async (path) => {
    const reply = await it.call('GET', path);
    assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'text/html; charset=utf-8'], reply.text);
    assert.match(reply.headers.get('content-security-policy'), /default-src 'none'; script-src 'self'; /);
    return reply;
  };
  try {
    const draw = await it.aDraw({ entrants: 3, until: 'drafted', title: '<b>桥</b>' });
    const path = `/draws/${draw.id}`;
    const shown = await until(async () => {
      const reply = await page(path);
      return reply.text.includes(draw.id) && reply;
    }, 'the draw in its page');
    assert.match(shown.text, new RegExp(`<title>抽取 ${draw.id} · `));
    assert.match(shown.text, /&lt;b&gt;桥&lt;\/b&gt;/);
    assert.match(shown.text, /名单公示/);
    assert.ok(shown.text.startsWith('<!doctype html>') && shown.text.endsWith('</main></noscript>'));
    assert.match((await page('/draws')).text, new RegExp(`<a href="${path}">${draw.id}</a>`));
    const home = await page('/');
    assert.match(home.text, new RegExp(`<a href="${path}">&lt;b&gt;桥&lt;/b&gt;</a>`));
    assert.match(home.text, /Institutions on the roll<\/span><td>3<td>/);
    assert.match(home.text, /Form checks decided<\/span><td>0<td>/);
    const again = await it.call('GET', path, { headers: { 'if-none-match': shown.headers.get('etag') } });
    assert.equal(again.status, 304);

    // It changes as the draw does.
    const { operator, supervisor } = await it.people();
    await it.twoPersons(operator, supervisor, 'draw.cancel', draw.id, { explanation: '项目取消' });
    await until(async () => (await page(path)).text.includes('已取消'), 'that it was cancelled');
    assert.notEqual((await page(path)).headers.get('etag'), shown.headers.get('etag'));

    // What only scripts can show, and what cannot be read, is the document alone.
    for (const other of ['/?wall', '/draws?state=closed', `${path}?wall`, '/draws/D-nothing', '/verify'])
      assert.equal((await page(other)).text, document, other);
    await it.sql('RENAME TABLE draw TO draw_away');
    assert.equal((await page('/draws/D-none-at-all')).text, document);
    await it.sql('RENAME TABLE draw_away TO draw');
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
