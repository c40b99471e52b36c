// claims.mjs -- what tests of the claims of the pages share.
//
// await load(...modules) → all that these modules of web/src export, as pages have them
// pack(plan, given, world, attempts) → makePack() of the first draw whose last attempt and
//     world are as wanted; its trust file names all parties, or those of `given`
// drawn(kind) → a wanted plan: a result by this beacon, and nothing odd about it
// witnessed → a wanted world: witnesses and a beacon of ours, in real time
// recorded(kind, given) → the files of a draw by a value of the world outside
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePack } from './packs.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export async function load(...modules) {
  const { buildSync } = createRequire(join(root, 'web/package.json'))('esbuild');
  const contents = modules.map((module) => `export * from './web/src/${module}';`).join('\n');
  const { outputFiles: [{ text }] } = buildSync({ stdin: { contents, resolveDir: root }, bundle: true, write: false,
    format: 'esm', platform: 'node', nodePaths: [join(root, 'web/node_modules')], logLevel: 'error' });
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}

export const all = { world: (world) => { world.given = Object.fromEntries(Object.entries(world.parties).map(([id, { hex }]) => [id, hex])); } };
export const nobody = { world: (world) => { world.given = {}; } };
export const drawn = (kind) => ({ reason, kind: its, draftShown, late, replaces, annul }) =>
  reason === 'drawn' && its === kind && draftShown && !late.sealed && replaces === 0 && !annul;
export const witnessed = ({ quorum, recorded, rehearsal }) => quorum > 0 && !recorded && !rehearsal;

export function pack(plan, given = all, world = witnessed, attempts = 1) {
  return makePack(1, given, { attempts: (count) => count === attempts, plan: (one, its) => plan(one) && world(its) });
}

export const recorded = (kind, given = all) => pack(drawn(kind), given, (world) => world.recorded?.kind === kind).files;
