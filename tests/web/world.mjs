// world.mjs -- what all files of a run share: one service with the pages, and one
// browser. Whoever comes first starts them; they end with the process.
//
// const { browser, it, parties } = await world();
//     `it` is as daemon() of ../api/client.mjs gives it. Its streams end every few
//     seconds, so a page that lives longer has taken one up again. Besides 127.0.0.1
//     it is `insecure`, an URL by a name, where a browser allows less.
import { join } from 'node:path';
import { after } from 'node:test';
import { daemon } from '../api/client.mjs';
import { root } from '../api/installation.mjs';
import { start } from './browser.mjs';

export const NAME = 'pages.test'; // RFC 6761 §6.2

async function make() {
  const browser = await start(`--host-resolver-rules=MAP ${NAME} 127.0.0.1`);
  after(() => browser.close());
  const it = await daemon({ web_root: join(root, 'web/dist'), stream_beat_s: 1, stream_s: 6,
    http_hosts: `localhost,127.0.0.1,${NAME}` });
  after(() => it.stop());
  const { parties } = await it.people();
  return { browser, it, parties, insecure: it.url.replace('127.0.0.1', NAME) };
}

let made;
export function world() {
  made ??= make();
  return made;
}
