// of_draws.mjs -- the pages of draws, and the first one; of_others.mjs runs beside it,
// with a service and a browser of its own.
export const OF_DRAWS = ['claims', 'draws', 'home', 'size', 'stopped', 'verify'];

if (process.argv[1] === new URL(import.meta.url).pathname)
  for (const name of OF_DRAWS)
    await import(new URL(`${name}.test.mjs`, import.meta.url));
