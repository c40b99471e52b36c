// words.mjs -- words for people stand in web/src/i18n and nowhere else, in both
// languages; every key that is written out is there; the verifier imports nothing
// of the pages.
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
for (const part of ['common', 'draw', 'verify']) {
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
    keys.add(key);
    if (en.words.has(key) && places(en.words.get(key)) !== places(text))
      complain(en.file, `${key} has other places than in Chinese`);
  }
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
