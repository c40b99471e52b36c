// of_others.mjs -- every file of this folder that of_draws.mjs does not run.
import { readdirSync } from 'node:fs';
import { OF_DRAWS } from './of_draws.mjs';

const here = new URL('.', import.meta.url);
for (const file of readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort())
  if (!OF_DRAWS.includes(file.replace('.test.mjs', '')))
    await import(new URL(file, here));
