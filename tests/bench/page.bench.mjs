// page.bench.mjs -- a page from memory, and 304, against a bare libmicrohttpd
// that has the same flags and sends the same bytes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillInstitutions } from './fill.mjs';
import { load, middle, peer, ratio, rounds, row, scratchInstallation } from './measure.mjs';

const PATH = '/v1/institutions?limit=50';
const HOP = ['date', 'connection', 'content-length', 'keep-alive']; // libmicrohttpd's own

function helloLike(peers, folder, status, { headers, bytes }) {
  const [head, body] = ['head', 'body'].map((part) => join(folder, part));
  writeFileSync(head, [...headers].filter(([name]) => !HOP.includes(name))
    .map(([name, value]) => `${name}: ${value}\n`).join(''));
  writeFileSync(body, bytes);
  return peer(join(peers, 'hello'), [status, head, body]);
}

export async function bench({ build, peers, say }) {
  const folder = mkdtempSync(join(tmpdir(), 'klero-hello-'));
  const it = await scratchInstallation(build);
  const stops = [() => it.remove()];
  try {
    await fillInstitutions(it, 1000);
    const page = await it.call('GET', PATH);
    const etag = page.headers.get('etag');
    say(`a page of ${page.bytes.length} bytes`);
    const hello = await helloLike(peers, folder, '200', page);
    stops.push(hello.stop);
    const hello304 = await helloLike(peers, folder, '304', page);
    stops.push(hello304.stop);
    const pids = [it.daemon.child.pid];
    const known = { headers: { 'If-None-Match': etag }, tool: 'h2load', pinned: true };
    const seen = await rounds({
      page: () => load(it.url + PATH, { pids, pinned: true }),
      hello: () => load(hello.url + PATH, { pids: [hello.pid], pinned: true }),
      known: () => load(it.url + PATH, { ...known, pids }),
      hello304: () => load(hello304.url + PATH, { ...known, pids: [hello304.pid] }),
    }, { count: 9 });
    const beside = (ours, theirs) => {
      const { rate, cpu_us } = middle(seen[theirs]);
      const own = middle(seen[ours]).rate;
      return `${Math.round(own)}/s; hello ${Math.round(rate)}/s at ${cpu_us.toFixed(1)} µs; CPU ratio ${
        (1 / ratio(seen, ours, theirs, 'cpu_us')).toFixed(2)}`;
    };
    return [
      row('page from memory', ratio(seen, 'page', 'hello'),
        { least: 0.82, unit: '× hello', ...middle(seen.page), note: beside('page', 'hello') }),
      row('304', ratio(seen, 'known', 'hello304'),
        { least: 0.88, unit: '× hello', ...middle(seen.known), note: beside('known', 'hello304') }),
    ];
  } finally {
    for (const stop of stops)
      await stop();
    rmSync(folder, { recursive: true });
  }
}
