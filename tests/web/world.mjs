// world.mjs -- what all files of a run share: one service with the pages, and one
// browser. Whoever comes first starts them; they end with the process.
//
// const { browser, it, parties, relay, prove } = await world();
//     `it`, `relay` and `prove` are as trusted() of ../api/trusted.mjs gives them, and
//     `it` has nobody who witnesses. Its streams end every few seconds, so a page that
//     lives longer has taken one up again. Besides 127.0.0.1 it is `insecure`, an URL by
//     a name, where a browser allows less.
// await it.aDraw({ policy: world.policy, … })   in the one policy there is, so that draws
//     may be made side by side. A file begins those that it will need when it is loaded,
//     and they become what they become while other pages are looked at.
import { join } from 'node:path';
import { after } from 'node:test';
import { root } from '../api/installation.mjs';
import { trusted } from '../api/trusted.mjs';
import { start } from './browser.mjs';

export const NAME = 'pages.test'; // RFC 6761 §6.2

const slower = Number(process.env.KLERO_SLOWER ?? 1);
const s = (n) => ({ n: n * slower, unit: 'second' });
// Long enough for three pages to be opened and seen in each state.
const POLICY = { draw: { beacons: ['drand', 'public', 'none'], objection: s(6), commit: s(8), reveal: s(12),
  delay_min_s: 1, delay_s: 2, withheld: 'continue' } };

async function make() {
  const [browser, { it, relay, prove, stop }] = await Promise.all([
    start(`--host-resolver-rules=MAP ${NAME} 127.0.0.1`),
    trusted({ web_root: join(root, 'web/dist'), stream_beat_s: 1, stream_s: 6, beacon_ms: 500,
      http_hosts: `localhost,127.0.0.1,${NAME}` }, { witnesses: 0 })]);
  after(() => browser.close());
  after(stop);
  const { parties } = await it.people();
  await it.policy(POLICY);
  await it.category();
  return { browser, it, parties, relay, prove, policy: POLICY, insecure: it.url.replace('127.0.0.1', NAME) };
}

let made;
export function world() {
  made ??= make();
  return made;
}
