// run.mjs [THING]... -- run THING.test.mjs, or every test of this folder, in one
// process: they share a service and a browser (world.mjs).
import { readdirSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const wanted = process.argv.slice(2).map((thing) => `${thing}.test.mjs`);
const found = readdirSync(here).filter((file) => file.endsWith('.test.mjs'));
for (const file of (wanted.length ? wanted : found).sort())
  await import(new URL(file, here));
