// run.mjs THING... -- run THING.test.mjs in one process: they share a service and a
// browser (world.mjs).
const here = new URL('.', import.meta.url);
for (const thing of process.argv.slice(2))
  await import(new URL(`${thing}.test.mjs`, here));
