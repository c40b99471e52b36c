// log.mjs -- a published log as anybody can read it: entries from the bundles,
// texts from beside it, and what sealed entries turned out to be.
//
//   const log = await readLog(it.call, at_least);
//
// entries → [{ index, hash, at, by, data, id, kind, seq, subject, v }]
// events  → the same, but a sealed entry that was opened is the event in it,
//           with `opened`, the index of the entry that opened it
// sealed  → Map of the index of a sealed entry to that of its opening or null
// size, root, note, signed → of the checkpoint that was read
// text(event) → what the text of a draw's event is; '' if there is none
import { must, until } from '../api/client.mjs';
import { checkpointOf, entriesOf, leafHash, tilePath } from '../api/merkle.mjs';
import { sha256 } from '../api/keys.mjs';

const TILE = 256;
const PUBLISHED_MS_MAX = 30_000;

async function entriesBelow(call, size) {
  const entries = [];
  for (let n = 0; n * TILE < size; n++) {
    const path = tilePath('entries', n, Math.min(TILE, size - n * TILE));
    for (const leaf of entriesOf(must(await call('GET', `/log/${path}`), 200, 'bytes')))
      entries.push({ ...JSON.parse(leaf), index: entries.length, hash: leafHash(leaf) });
  }
  return entries;
}

async function fetchTexts(call, entries) {
  const texts = new Map();
  for (const { kind, data } of entries)
    if (kind.startsWith('draw.') && data.digest && data.size) {
      const bytes = must(await call('GET', `/log/texts/${data.digest}`), 200, 'bytes');
      texts.set(data.digest, { bytes, whole: sha256(bytes) === data.digest && bytes.length === data.size });
    }
  return texts;
}

function unseal(entries) {
  const sealed = new Map(entries.filter(({ kind }) => kind === 'sealed').map(({ index }) => [index, null]));
  const events = entries.slice();
  for (const { kind, subject, index, data } of entries)
    if (kind === 'opened' && sealed.has(Number(subject))) {
      const at = Number(subject);
      sealed.set(at, index);
      events[at] = { ...JSON.parse(data.event), index: at, hash: entries[at].hash, opened: index };
    }
  return { sealed, events };
}

export async function readLog(call, at_least = 0) {
  const { note, size, root, ...signed } = await until(async () => {
    const { text } = await call('GET', '/log/checkpoint');
    const seen = { note: text, ...checkpointOf(text) };
    return seen.size >= at_least && seen;
  }, `a checkpoint of ${at_least}`, PUBLISHED_MS_MAX);
  const entries = await entriesBelow(call, size);
  const texts = await fetchTexts(call, entries);
  const text = (event) => event?.data.text ?? texts.get(event?.data.digest)?.bytes.toString('utf8') ?? '';
  return { entries, texts, text, size, root, note, signed, ...unseal(entries) };
}
