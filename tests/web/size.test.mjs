// What a first visit fetches: all scripts of a page but for its workers, squeezed
// as nginx squeezes them. And what the built files may not hold.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { root } from '../api/installation.mjs';

const dist = join(root, 'web/dist');
const assets = join(dist, 'assets');
const FIRST_MAX = 60_000;
const OFFLINE_MAX = 200_000;

const text = (name) => readFileSync(join(assets, name), 'utf8');
const squeezed = (bytes) => gzipSync(bytes, { level: 6 }).length;

// A script and all that it imports statically.
function closure(name, seen = new Set()) {
  if (seen.has(name))
    return seen;
  seen.add(name);
  for (const [, imported] of text(name).matchAll(/(?:import|from)\s*"\.\/([^"]+\.js)"/g))
    closure(imported, seen);
  return seen;
}
const entry = () => readFileSync(join(dist, 'index.html'), 'utf8').match(/src="\/assets\/([^"]+\.js)"/)[1];
const chunk = (begin) => readdirSync(assets).find((name) => name.startsWith(begin) && name.endsWith('.js'));

function firstLoad(...begins) {
  const all = closure(entry());
  for (const begin of begins)
    closure(chunk(begin), all);
  return [...all].reduce((sum, name) => sum + squeezed(text(name)), 0);
}

test('the first load of scripts', () => {
  const sizes = { home: firstLoad('HomePage-', 'home.zh-CN-'), draws: firstLoad('DrawsPage-', 'draws.zh-CN-'), draw: firstLoad('DrawPage-', 'draw.zh-CN-'), verify: firstLoad('VerifyPage-', 'verify.zh-CN-') };
  console.log(sizes);
  for (const [page, size] of Object.entries(sizes))
    assert.ok(size <= FIRST_MAX, `${page}: ${size} bytes`);
});

test('what the pages take for a public beacon is what the verifier pins', () => {
  const source = (name) => readFileSync(join(root, 'web/src', name), 'utf8').replace(/' \+\s+'/g, '');
  const verifier = readdirSync(join(root, 'web/src/verify')).map((name) => source(`verify/${name}`)).join('');
  const pinned = [...source('draw/pinned.ts').matchAll(/'([0-9a-f]{32})'/g)].map(([, of]) => of);
  assert.equal(pinned.length, 2);
  for (const of of pinned)
    assert.match(verifier, new RegExp(`(hash|id): '${of}[0-9a-f]+'`));
});

test('pages bring nothing of others, and no script in themselves', () => {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  assert.doesNotMatch(page, /<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|https?:/);
  const kept = readFileSync(join(dist, 'verify.html'), 'utf8');
  const tags = kept.replace(/(<script[^>]*>)[\s\S]*?(<\/script>)/g, '$1$2').replace(/(<style>)[\s\S]*?(<\/style>)/g, '$1$2');
  assert.match(tags, /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
  assert.ok(tags.length < 2000, 'all of it is one script and one style');
  assert.doesNotMatch(tags, /(src|href)=/);
  assert.ok(squeezed(kept) <= OFFLINE_MAX, `${squeezed(kept)} bytes`);
});
