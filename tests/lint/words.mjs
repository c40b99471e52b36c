// words.mjs -- words for people stand in web/src/i18n and nowhere else, in both
// languages; every key that is written out is there, and every code that a page
// shows; the verifier imports nothing of the pages.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const src = join(root, 'web/src');
let bad = false;
function complain(file, what) {
  console.error(`words: ${relative(root, file)}: ${what}`);
  bad = true;
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}
function flat(tree, prefix = '') {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string' ? [[prefix + name, value]] : flat(value, `${prefix}${name}.`));
}

const keys = new Set();
const parts = new Set(readdirSync(join(src, 'i18n')).filter((name) => name.endsWith('.json')).map((name) => name.split('.')[0]));
for (const part of parts) {
  const [zh, en] = ['zh-CN', 'en'].map((locale) => {
    const file = join(src, `i18n/${part}.${locale}.json`);
    return { file, words: new Map(flat(JSON.parse(readFileSync(file, 'utf8')))) };
  });
  for (const [one, other] of [[zh, en], [en, zh]])
    for (const key of one.words.keys())
      if (!other.words.has(key))
        complain(other.file, `lacks ${key}`);
  const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort().join();
  for (const [key, text] of zh.words) {
    if (keys.has(key))
      complain(zh.file, `${key} stands in another part too: whichever comes last is shown`);
    keys.add(key);
    if (en.words.has(key) && places(en.words.get(key)) !== places(text))
      complain(en.file, `${key} has other places than in Chinese`);
  }
}

// What the verifier, the draws and the log say in codes, people read in words.
const verify = (name) => readFileSync(join(src, `verify/${name}.ts`), 'utf8');
const lib = (name) => readFileSync(join(root, `lib/${name}.c`), 'utf8');
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, code]) => code);
const quoted = (text, pattern) => all(text.match(pattern)?.[1] ?? '', /['"]([a-z][a-z-]*)['"]/g);
const CODES = {
  cap: quoted(verify('level'), /CAPS = \[([^\]]*)\]/),
  warning: ['pass_order', 'report'].flatMap((name) => all(verify(name), /(?:warn\(|code: )'([a-z-]+)'/g))
    .concat('party-absent', 'party-withheld'),
  shown: all(verify('report'), /'(selected|promoted|replaced|alternate|shadow-(?:selected|alternate))'/g),
  level: all(verify('level').match(/type Level =([^;]*);/)[1], /'(\w+)'/g),
  reason: all(lib('kl_close'), /\[KL_CLOSE_\w+\] = "([a-z-]+)"/g),
  excluded: all(lib('kl_eligible'), /\.code = "([a-z-]+)"/g),
  replaced: all(lib('kl_close'), /\[KL_REPLACE_\w+\] = "([a-z-]+)"/g),
};
for (const [part, codes] of Object.entries(CODES)) {
  if (codes.length < 3)
    complain(src, `no codes of ${part} were found where they were`);
  for (const code of codes)
    if (!keys.has(`${part}.${code}`))
      complain(src, `${part}.${code} has no words`);
}

for (const file of files(src)) {
  const text = readFileSync(file, 'utf8');
  const inVerify = file.startsWith(join(src, 'verify/'));
  if (inVerify)
    for (const [, from] of text.matchAll(/from '(\.[^']*)'/g))
      if (!from.startsWith('./'))
        complain(file, `imports ${from}`);
  if (inVerify || !/\.(vue|ts)$/.test(file))
    continue;
  const code = text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|(^|\s)\/\/.*$/gm, '');
  if (/\p{Script=Han}/u.test(code))
    complain(file, 'has Chinese words');
  const template = code.match(/^<template>\n([\s\S]*)^<\/template>/m)?.[1] ?? '';
  const bare = template.replace(/\{\{[\s\S]*?\}\}/g, '').replace(/<code class="command">.*?<\/code>/g, '')
    .replace(/<(?:[^>"]|"[^"]*")*>/g, '\n');
  for (const [word] of bare.matchAll(/\p{L}{2,}/gu))
    complain(file, `has the word ${word} in its template`);
  for (const [, name] of template.matchAll(/\s(?:alt|title|placeholder|aria-label)="([^"]*\p{L}[^"]*)"/gu))
    complain(file, `has the words ${name} in an attribute`);
  for (const [, key] of code.matchAll(/\bt\('([^']+)'/g))
    if (!keys.has(key))
      complain(file, `uses ${key}, which has no words`);
}
process.exitCode = bad ? 1 : 0;
