// A draw is shown as far as a published checkpoint covers it, and no further:
// nobody who asks early knows more than the log tells everybody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daemon, must, until } from './client.mjs';
import { approve, evidence } from './evidence.mjs';
import { revealText, sha256 } from './keys.mjs';

const PUBLISH_MS = 700; // long enough to look in between
const DICE = '4162533615246134526163255';
const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: {
  objection: s(2), commit: s(3), reveal: s(3), delay_min_s: 1, delay_s: 1, withheld: 'continue',
} };

const STATE_OF = { // by the last event of a draw
  'draw.drafted': 'drafted', 'draw.declared': 'declared', 'draw.committed': 'declared', 'draw.locked': 'locked',
  'draw.revealed': 'locked', 'draw.sealed': 'sealed', 'draw.closed': 'closed', 'draw.replaced': 'closed',
  'draw.annulled': 'annulled', 'draw.struck': 'drafted', 'draw.dropped': 'dropped',
};
const HASH_OF = {
  'draw.drafted': 'draft_hash', 'draw.roster': 'roster_hash', 'draw.names': 'names_hash',
  'draw.excluded': 'excluded_hash', 'draw.declared': 'declare_hash', 'draw.locked': 'lock_hash',
  'draw.sealed': 'seal_hash', 'draw.seeded': 'seed_hash', 'draw.result': 'result_hash', 'draw.closed': 'close_hash',
};

// What the published events say, which is what may be shown.
function told(events) {
  const of = (kind) => events.filter((event) => event.kind === kind);
  const hashes = Object.entries(HASH_OF).map(([kind, name]) => [name, of(kind).length ? sha256(of(kind)[0].data.text) : null]);
  const closed = of('draw.closed')[0]?.data.text;
  return {
    state: STATE_OF[events.at(-1).kind], seq: events.length, event_index: events.at(-1).index,
    ...Object.fromEntries(hashes),
    outcome: closed?.match(/^outcome (.*)$/m)[1] ?? null,
    beacon_value: of('draw.beacon')[0]?.data.text.match(/^public \S+ (.*)$/m)[1] ?? null,
    commit_by: of('draw.declared')[0]?.data.text.match(/^commit-by (.*)$/m)[1] ?? null,
    replacements: of('draw.replaced').length,
    ranked: of('draw.result').length > 0,
    committed: of('draw.committed').map(({ data }) => data.party).sort(),
    revealed: of('draw.revealed').map(({ data }) => data.party).sort(),
  };
}
function seen(draw) {
  const names = (what) => draw.parties.filter((party) => party[what]).map(({ party }) => party).sort();
  const { replaced, ranking } = draw;
  assert.equal(replaced.length, draw.replacements);
  return { ...draw, ranked: ranking.length > 0, committed: names('committed'), revealed: names('revealed') };
}

// Look all the time, until told to stop: what is shown was published.
async function watch(it, id, until_) {
  let looks = 0;
  let early = 0;
  while (!until_.over) {
    const shown = await it.call('GET', `/v1/draws/${id}`);
    const listed = must(await it.call('GET', '/v1/draws'), 200).items.find((item) => item.id === id);
    const { items } = must(await it.call('GET', `/v1/events?subject=${id}&limit=200`), 200);
    const events = (count) => items.slice(0, count);
    for (const draw of [shown.status === 200 && shown.body, listed].filter(Boolean)) {
      assert.ok(draw.seq <= items.length, `${draw.state} with ${draw.seq} events of ${items.length} that are published`);
      const wanted = told(events(draw.seq));
      const got = draw.parties ? seen(draw) : { ...draw, ranked: wanted.ranked, committed: wanted.committed, revealed: wanted.revealed };
      for (const [name, value] of Object.entries(wanted))
        assert.deepEqual(got[name], value, `${name} when ${draw.seq} events were published`);
      for (const { event_index } of draw.texts ?? [])
        assert.ok(event_index <= draw.event_index);
    }
    const [[seq] = []] = (await it.sql(`SELECT seq FROM draw WHERE id = '${id}'`)).map((row) => row.split('\t'));
    early += Number(seq ?? 0) > items.length;
    looks++;
  }
  return { looks, early };
}

async function play(it, draw, parties) {
  const { call } = it;
  for (const name of Object.keys(parties))
    must(await draw.commit(name));
  // A reveal is too early until the lock is published: nobody can have checked it.
  const { operator } = draw.secrets;
  const body = { party: 'operator', text: revealText(draw.declare, 'operator', operator) };
  await until(async () => (await it.sql(`SELECT state FROM draw WHERE id = '${draw.id}'`))[0] === 'locked', 'the lock');
  const { items } = must(await call('GET', `/v1/events?subject=${draw.id}&kind=draw.locked`), 200);
  const reply = await call('POST', `/v1/draws/${draw.id}/reveals`, { body });
  const after = must(await call('GET', `/v1/events?subject=${draw.id}&kind=draw.locked`), 200).items;
  if (items.length === 0 && after.length === 0)
    assert.equal(reply.body.code, 'too-early');
  await it.waitFor(draw, 'locked');
  for (const name of Object.keys(parties))
    must(await draw.reveal(name));
  await it.waitFor(draw, 'sealed');
}

test('shows what is published, at each moment', async () => {
  const it = await daemon({ publish_ms: PUBLISH_MS });
  const over = { over: false };
  try {
    const { parties } = await it.people();
    const proof = evidence(it);
    const draw = await it.aDraw({ beacon: 'public', template: 'dice25', entrants: 4, policy: POLICY, until: 'drafted' });
    const watching = watch(it, draw.id, over);
    const playing = (async () => {
      await it.waitFor(draw, 'declared');
      await play(it, draw, parties);
      await until(async () => {
        const body = await proof.attestation(draw, DICE, ['operator', 'supervisor']);
        return (await it.call('POST', `/v1/draws/${draw.id}/beacon`, { body })).status === 201;
      }, 'its time');
      const { ranking } = await it.waitFor(draw, 'closed');
      const out = ranking[0].entry;
      const { statement } = must(await it.call('GET', `/v1/draws/${draw.id}/replacements/next?out=${out}&reason=silent`), 200);
      must(await it.call('POST', `/v1/draws/${draw.id}/replacements`,
        { body: { out, reason: 'silent', approvals: approve(parties, ['operator', 'supervisor'], statement) } }));
      await until(async () => (await it.call('GET', `/v1/draws/${draw.id}`)).body.replacements === 1, 'the replacement');
      const close = sha256(await draw.text('close.txt'));
      const annul = `klero/1 annul\nclose ${close}\nreason x\nevidence ${sha256('x')}\n`;
      must(await it.call('POST', `/v1/draws/${draw.id}/annulment`,
        { body: { reason: 'x', evidence: sha256('x'), approvals: approve(parties, ['operator', 'supervisor'], annul) } }));
      await it.waitFor(draw, 'annulled');
    })().finally(() => { over.over = true; });
    const [{ looks, early }] = await Promise.all([watching, playing]);
    assert.ok(looks > 20 && early > 5, `${looks} looks, ${early} before the checkpoint`);
  } finally {
    over.over = true;
    await it.stop();
  }
});
