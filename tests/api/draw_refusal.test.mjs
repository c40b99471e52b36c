// What is refused to those who bring commitments, reveals and values: each by
// its slug, and nothing of it is stored.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import {
  aDraw, assertProblem, call, category, home, must, policy, sql, until, waitFor,
} from './client.mjs';
import { attestation } from './evidence.mjs';
import { commitment, newKey, newSecret, revealText, sha256 } from './keys.mjs';

const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: {
  objection: s(3), commit: s(5), reveal: s(5), delay_min_s: 1, delay_s: 2, withheld: 'continue',
} };
const DICE = '4162533615246134526163255';

const begin = (members) => aDraw({ entrants: 3, policy: POLICY, until: 'declared', ...members });
const post = (draw, what, body) => call('POST', `/v1/draws/${draw.id}/${what}`, { body });
const refused = async (draw, what, body, status, slug) =>
  assertProblem(await post(draw, what, body), status, slug);
const partyRows = (draw) => sql(`SELECT COUNT(commit_hash), SUM(reveal_index > 0) FROM draw_party WHERE draw = '${draw.id}'`);
const reveal = (draw, party) => ({ party, text: revealText(draw.declare, party, draw.secrets[party]) });

async function commitAll(draw) {
  for (const name of Object.keys(draw.parties))
    must(await draw.commit(name));
}

describe('a draw refuses', { concurrency: 4 }, () => {
  before(async () => {
    await policy(POLICY);
    await category();
  });

  test('commitments that are none', async () => {
    const draw = await begin();
    const good = await draw.statement('supervisor');
    const other = newSecret();
    const { key } = draw.parties.supervisor;
    await refused(draw, 'commitments', { ...good, party: 'entrants' }, 422, 'bad-commitment');
    await refused(draw, 'commitments', { ...good, party: 'operator' }, 422, 'bad-signature');
    await refused(draw, 'commitments', commitment(sha256('another'), 'supervisor', other, key), 422, 'bad-signature');
    await refused(draw, 'commitments', commitment(draw.declare, 'supervisor', other, newKey()), 422, 'bad-signature');
    await refused(draw, 'commitments', { ...good, commit: sha256('another') }, 422, 'bad-signature');
    await refused(draw, 'commitments', { ...good, signature: good.signature.replaceAll(/[a-f]/g, 'x') }, 422, 'bad-signature');
    await refused(draw, 'commitments', { ...good, signature: good.signature.slice(1) }, 422, 'invalid');
    await refused(draw, 'commitments', { ...good, signature: `${good.signature}0` }, 422, 'invalid');
    await refused(draw, 'commitments', { ...good, commit: good.commit.toUpperCase() }, 422, 'invalid');
    await refused(draw, 'commitments', { party: 'supervisor' }, 422, 'invalid');
    await refused(draw, 'commitments', '[]', 400, 'bad-json');
    assertProblem(await call('POST', '/v1/draws/D-nowhere/commitments', { body: good }), 404, 'not-found');
    assert.deepEqual(await partyRows(draw), ['0\t0']);
    must(await post(draw, 'commitments', good));
  });

  test('a secret in a commitment', async () => {
    const draw = await begin();
    const good = await draw.statement('supervisor');
    await refused(draw, 'commitments', { ...good, secret: draw.secrets.supervisor }, 422, 'invalid');
    await refused(draw, 'commitments', { ...good, text: revealText(draw.declare, 'supervisor', draw.secrets.supervisor) }, 422, 'invalid');
    assert.deepEqual(await partyRows(draw), ['0\t0']);
  });

  test('a second commitment, but repeats its answer to the first', async () => {
    const draw = await begin();
    const good = await draw.statement('operator');
    const first = must(await post(draw, 'commitments', good));
    assert.deepEqual(must(await post(draw, 'commitments', good)), first);
    const { key } = draw.parties.operator;
    await refused(draw, 'commitments', commitment(draw.declare, 'operator', newSecret(), key), 409, 'exists');
    must(await draw.commit('supervisor'));
    await waitFor(draw, 'locked');
    assert.deepEqual(must(await post(draw, 'commitments', good)), first, 'also when it is too late for others');
    assert.match((await draw.text('lock.txt')).toString(), new RegExp(`^commit operator ${good.commit} ${good.signature}$`, 'm'));
  });

  test('a commitment before the freeze and after commit-by', async () => {
    const draft = await aDraw({ entrants: 3, policy: POLICY, until: 'drafted' });
    const body = commitment(sha256('no declaration yet'), 'operator', newSecret(), draft.parties.operator.key);
    await refused(draft, 'commitments', body, 409, 'wrong-state');
    await waitFor(draft, 'declared');
    must(await draft.commit('operator'));
    const late = await draft.statement('supervisor');
    await waitFor(draft, 'closed');
    await refused(draft, 'commitments', late, 409, 'too-late');
  });

  test('a reveal before the lock, and keeps nothing of it', async () => {
    const draw = await begin();
    await commitAll(draw);
    await refused(draw, 'reveals', reveal(draw, 'operator'), 409, 'too-early');
    const secret = draw.secrets.operator;
    for (const [table, column] of [['draw_text', 'body'], ['log_entry', 'bytes'], ['idempotency', 'reply']])
      assert.deepEqual(await sql(`SELECT COUNT(*) FROM ${table} WHERE INSTR(${column}, '${secret}') > 0`), ['0'], table);
    assert.ok(!readFileSync(join(home, 'klerod.log'), 'utf8').includes(secret));
    await waitFor(draw, 'locked');
    must(await draw.reveal('operator'));
    assert.deepEqual(await sql(`SELECT COUNT(*) FROM draw_text WHERE INSTR(body, '${secret}') > 0`), ['1']);
  });

  // What proves itself is what it says: its receipt is for everybody who has it.
  test('the same in other JSON gets the same receipt', async () => {
    const draw = await begin();
    const otherwise = (body) => ` ${JSON.stringify(Object.fromEntries(Object.entries(body).reverse()), null, 2)
      .replace('party', '\\u0070arty')}\n`;
    const twice = async (what, body) => {
      const first = await post(draw, what, body);
      assert.match(must(first).receipt.text, /^klero\/1 receipt\n/);
      const again = await call('POST', `/v1/draws/${draw.id}/${what}`, { body: otherwise(body) });
      assert.deepEqual([again.status, again.text], [first.status, first.text]);
    };
    for (const name of Object.keys(draw.parties))
      await twice('commitments', await draw.statement(name));
    await waitFor(draw, 'locked');
    await twice('commitments', await draw.statement('operator')); // however late
    for (const name of Object.keys(draw.parties))
      await twice('reveals', reveal(draw, name));
    await waitFor(draw, 'closed');
    assert.deepEqual(await sql(`SELECT kind, COUNT(*) FROM log_entry WHERE subject = '${draw.id}'
      AND kind IN ('draw.committed', 'draw.revealed') GROUP BY kind`), ['draw.committed\t2', 'draw.revealed\t2']);
  });

  test('reveals that do not match, or come out of turn', async () => {
    const draw = await begin();
    await commitAll(draw);
    await waitFor(draw, 'locked');
    await refused(draw, 'reveals', reveal(draw, 'supervisor'), 409, 'too-early'); // the operator is first
    await refused(draw, 'reveals', { party: 'operator', text: revealText(draw.declare, 'operator', newSecret()) }, 422, 'bad-reveal');
    await refused(draw, 'reveals', { ...reveal(draw, 'supervisor'), party: 'operator' }, 422, 'bad-reveal');
    await refused(draw, 'reveals', { ...reveal(draw, 'operator'), party: 'entrants' }, 422, 'bad-reveal');
    await refused(draw, 'reveals', { party: 'operator', text: `${reveal(draw, 'operator').text}\n` }, 422, 'bad-reveal');
    await refused(draw, 'reveals', { party: 'operator', text: 'x'.repeat(513) }, 422, 'invalid');
    assert.deepEqual(await partyRows(draw), ['2\t0']);
    const first = must(await draw.reveal('operator'));
    assert.deepEqual(must(await draw.reveal('operator')), first);
    must(await draw.reveal('supervisor'));
    const shown = await waitFor(draw, 'closed');
    assert.equal(shown.outcome, 'result');
    assert.deepEqual(must(await draw.reveal('operator')), first, 'the same answer, however late');
  });

  test('a reveal after reveal-by', async () => {
    const draw = await begin();
    await commitAll(draw);
    await waitFor(draw, 'locked');
    must(await draw.reveal('operator'));
    await waitFor(draw, 'closed');
    await refused(draw, 'reveals', reveal(draw, 'supervisor'), 409, 'too-late');
  });

  test('values that nobody may rest on', async () => {
    const draw = await begin({ beacon: 'public', template: 'dice25' });
    await commitAll(draw);
    const give = async (value, names, change = {}) =>
      post(draw, 'beacon', { ...await attestation(draw, value, names), ...change });
    await refused(draw, 'beacon', { value: DICE, attestations: [] }, 409, 'too-early');
    await waitFor(draw, 'locked');
    for (const name of ['supervisor', 'operator'])
      must(await draw.reveal(name));
    const both = ['operator', 'supervisor'];
    assertProblem(await give(DICE, ['supervisor']), 422, 'too-few-approvals');
    assertProblem(await give(DICE, []), 422, 'too-few-approvals');
    assertProblem(await give(DICE, ['operator', 'operator']), 422, 'invalid');
    assertProblem(await give(DICE.slice(1), both), 422, 'invalid');
    assertProblem(await give(`${DICE}1`, both), 422, 'invalid');
    assertProblem(await give(DICE.replace('4', '7'), both), 422, 'invalid');
    assertProblem(await give(DICE, both, { value: DICE.replace('4', '5') }), 422, 'bad-signature');
    assert.equal((await call('GET', `/v1/draws/${draw.id}`)).body.state, 'sealed');
    const taken = await until(async () => {
      const reply = await give(DICE, both);
      return reply.body.code !== 'too-early' && reply;
    }, 'its time');
    assert.equal(must(taken).state, 'closed');
  });

  test('a value where none was declared', async () => {
    const draw = await begin();
    await commitAll(draw);
    await refused(draw, 'beacon', { value: DICE, attestations: [] }, 409, 'wrong-state');
  });
});
