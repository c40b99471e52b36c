// After a result: replacement by the next alternate, annulment, a new attempt.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import {
  aDraw, assertProblem, call, category, drawOf, home, must, people, policy, program, queued, until, waitFor,
} from './client.mjs';
import { approve, pack, unzip, verified } from './evidence.mjs';
import { sha256 } from './keys.mjs';

const s = (n) => ({ n, unit: 'second' });
const POLICY = { draw: { objection: s(3), commit: s(4), reveal: s(4) } };
const BOTH = ['operator', 'supervisor'];
const EVIDENCE = sha256('a letter');

const drawn = (members) => aDraw({ entrants: 5, policy: POLICY, ...members });
const post = (draw, what, body) => call('POST', `/v1/draws/${draw.id}/${what}`, { body });
const place = (draw, rank) => draw.shown.ranking[rank - 1].entry;

// What is to be signed, from the service, and what it says there.
async function next(draw, out, reason = 'refused', approvals = []) {
  const query = new URLSearchParams({ out, reason });
  if (approvals.length)
    query.set('approvals', approvals.map(({ party, signature }) => `${party}:${signature}`).join());
  return must(await call('GET', `/v1/draws/${draw.id}/replacements/next?${query}`), 200);
}
// It is done, and shown to everybody.
async function replaced(draw, body) {
  const answer = must(await post(draw, 'replacements', body));
  await until(async () => must(await call('GET', `/v1/draws/${draw.id}`), 200).replacements === answer.replacements, 'it');
  return answer;
}
async function replacement(draw, out, reason = 'refused') {
  const { statement } = await next(draw, out, reason);
  return { out, reason, approvals: approve(draw.parties, BOTH, statement) };
}
async function annulment(draw, names = BOTH) {
  const close = sha256(await draw.text('close.txt'));
  const statement = `klero/1 annul\nclose ${close}\nreason forged-papers\nevidence ${EVIDENCE}\n`;
  return { reason: 'forged-papers', evidence: EVIDENCE, approvals: approve(draw.parties, names, statement) };
}

describe('after a result', { concurrency: 4 }, () => {
  before(async () => {
    await policy(POLICY);
    await category();
  });

  test('alternates come in by their order', async () => {
    const draw = await drawn({ select: 2, alternates: 2 });
    const first = await next(draw, place(draw, 1));
    assert.equal(first.in, place(draw, 3));
    assert.match(first.statement, new RegExp(`^klero/1 replace\nclose [0-9a-f]{64}\nout ${place(draw, 1)}\nin ${place(draw, 3)}\nreason refused\nevidence -\n$`));
    const body = await replacement(draw, place(draw, 1));
    const stale = await replacement(draw, place(draw, 2)); // for the same alternate
    const answer = await replaced(draw, body);
    assert.equal(answer.replacements, 1);
    assert.match(answer.receipt.text, /^klero\/1 receipt\n/);
    assert.deepEqual(must(await post(draw, 'replacements', body)), answer, 'the same answer');
    assertProblem(await post(draw, 'replacements', stale), 422, 'bad-signature');

    // Who came in may go out again; then nobody is left.
    assert.equal((await next(draw, place(draw, 3))).in, place(draw, 4));
    await replaced(draw, await replacement(draw, place(draw, 3), 'silent'));
    assert.equal((await next(draw, place(draw, 2))).in, null);
    await replaced(draw, await replacement(draw, place(draw, 2), 'unqualified'));
    assert.match((await draw.text('replace-3.txt')).toString(), /^in -$/m);
    const shown = must(await call('GET', `/v1/draws/${draw.id}`), 200);
    assert.deepEqual(shown.replaced.map(({ out, in: came }) => [out, came]), [
      [place(draw, 1), place(draw, 3)], [place(draw, 3), place(draw, 4)], [place(draw, 2), null]]);
    const files = unzip(await pack(draw.id));
    for (const name of ['replace.txt', 'replace-2.txt', 'replace-3.txt', 'log/last', 'log/replace-3.proof'])
      assert.ok(files.has(name), name);
    await verified(draw.id, draw.parties);
  });

  test('a replacement is refused without its reasons', async () => {
    const draw = await drawn();
    const out = place(draw, 1);
    const good = await replacement(draw, out);
    const bad = async (change, status, slug) =>
      assertProblem(await post(draw, 'replacements', { ...good, ...change }), status, slug);
    await bad({ out: place(draw, 2) }, 409, 'wrong-state');
    await bad({ out: 'nobody' }, 409, 'wrong-state');
    await bad({ reason: 'silent' }, 422, 'bad-signature');
    await bad({ reason: 'whim' }, 422, 'invalid');
    await bad({ evidence: EVIDENCE }, 422, 'bad-signature');
    await bad({ approvals: good.approvals.slice(0, 1) }, 422, 'too-few-approvals');
    await bad({ approvals: [good.approvals[0], good.approvals[0]] }, 422, 'invalid');
    await bad({ approvals: [good.approvals[0], { ...good.approvals[1], party: 'owner' }] }, 422, 'too-few-approvals');
    const { statement } = await next(draw, out);
    const wrongOrder = approve(draw.parties, ['supervisor', 'operator'], statement);
    await bad({ approvals: wrongOrder }, 422, 'bad-signature');
    assertProblem(await call('GET', `/v1/draws/${draw.id}/replacements/next?out=${out}`), 422, 'invalid');
    const { body } = await call('GET', `/v1/draws/${draw.id}`);
    assert.deepEqual([body.replacements, body.replaced], [0, []]);
  });

  // As people do it: each with the text from the service, his key and klero.
  test('one signs after the other', async () => {
    const draw = await drawn();
    const out = place(draw, 1);
    const sign = (party, statement) => {
      const key = join(home, `${draw.id}-${party}.key`);
      writeFileSync(key, `${draw.parties[party].key.seed}\n`, { mode: 0o400 });
      const { status, stdout, stderr } = program('klero', ['approve', key, party], statement);
      assert.equal(status, 0, stderr);
      return { party, signature: stdout.trim() };
    };
    const one = await next(draw, out);
    assert.deepEqual(one.signers, BOTH);
    const approvals = [sign('operator', one.statement)];
    const two = await next(draw, out, 'refused', approvals);
    assert.equal(two.statement, `${one.statement}approve operator ${approvals[0].signature}\n`);
    assert.deepEqual([two.signers, two.out, two.in], [['supervisor'], one.out, one.in]);
    approvals.push(sign('supervisor', two.statement));
    assert.deepEqual((await next(draw, out, 'refused', approvals)).signers, []);
    await replaced(draw, { out, reason: 'refused', approvals });

    const path = `/v1/draws/${draw.id}/annulment/next`;
    const what = { reason: 'forged-papers', evidence: EVIDENCE };
    const ask = (query) => call('GET', `${path}?${new URLSearchParams({ ...what, ...query })}`);
    const first = sign('operator', must(await ask({}), 200).statement);
    const last = must(await ask({ approvals: `operator:${first.signature}` }), 200);
    assert.deepEqual(last.signers, ['supervisor']);
    const wrong = first.signature.replace(/^./, (digit) => digit === '0' ? '1' : '0');
    assertProblem(await ask({ approvals: `operator:${wrong}` }), 422, 'bad-signature');
    assertProblem(await ask({ approvals: `owner:${first.signature}` }), 422, 'too-few-approvals');
    assertProblem(await ask({ approvals: `operator:${first.signature},` }), 422, 'too-few-approvals');
    for (const approvals of ['operator', `operator:${first.signature},operator:${first.signature}`])
      assertProblem(await ask({ approvals }), 422, 'invalid');
    assertProblem(await ask({ evidence: 'x' }), 422, 'invalid');
    assertProblem(await ask({ another: 'x' }), 422, 'invalid');
    must(await post(draw, 'annulment', { ...what, approvals: [first, sign('supervisor', last.statement)] }));
    await waitFor(draw, 'annulled');
    assertProblem(await ask({}), 409, 'wrong-state');
    await verified(draw.id, draw.parties);
  });

  test('an annulled one makes way for a new attempt', async () => {
    const draw = await drawn({ project_code: `p-${sha256(String(Math.random())).slice(0, 12)}` });
    const { owner } = await people();
    const again = () => call('POST', `/v1/notices/${draw.notice.id}/draws`, { key: owner, body: {} });
    assertProblem(await again(), 409, 'exists');
    must(await post(draw, 'replacements', await replacement(draw, place(draw, 1))));
    const body = await annulment(draw);
    assertProblem(await post(draw, 'annulment', { ...body, reason: 'another' }), 422, 'bad-signature');
    assertProblem(await post(draw, 'annulment', { ...body, approvals: body.approvals.slice(1) }), 422, 'too-few-approvals');
    assertProblem(await post(draw, 'annulment', { ...body, evidence: undefined }), 422, 'invalid');
    const answer = must(await post(draw, 'annulment', body));
    assert.equal(answer.state, 'annulled');
    await waitFor(draw, 'annulled');
    assert.deepEqual(must(await post(draw, 'annulment', body)), answer, 'the same answer');
    assertProblem(await post(draw, 'annulment', await annulment(draw, BOTH).then((b) => ({ ...b, reason: 'twice' }))), 409, 'wrong-state');
    assertProblem(await post(draw, 'replacements', { out: place(draw, 2), reason: 'silent', approvals: [] }), 409, 'wrong-state');
    await verified(draw.id, draw.parties);

    must(await again());
    const second = drawOf(draw.notice, draw.institutions, draw.parties, 2);
    await waitFor(second, 'declared');
    for (const name of BOTH)
      must(await second.commit(name));
    await waitFor(second, 'locked');
    for (const name of BOTH)
      must(await second.reveal(name));
    await waitFor(second, 'closed');
    const files = unzip(await pack(second.id));
    assert.ok(files.has('previous/1/annul.txt') && files.has('previous/1/log/last'));
    const { stdout } = await verified(second.id, draw.parties);
    assert.match(stdout, /redrawn-known/);
  });

  test('nothing is replaced or annulled where nothing was drawn', async () => {
    const draw = await drawn({ until: 'declared' });
    const approvals = approve(draw.parties, BOTH, 'anything');
    assertProblem(await post(draw, 'replacements', { out: draw.institutions[0].uscc, reason: 'silent', approvals }), 409, 'wrong-state');
    assertProblem(await post(draw, 'annulment', { reason: 'none', evidence: EVIDENCE, approvals }), 409, 'wrong-state');
    assertProblem(await call('GET', `/v1/draws/${draw.id}/replacements/next?out=x&reason=silent`), 409, 'wrong-state');
    await waitFor(draw, 'closed');
    assertProblem(await post(draw, 'annulment', { reason: 'none', evidence: EVIDENCE, approvals }), 409, 'wrong-state');
  });
});

// The second is signed for what the first makes so, and prepared before that.
test('a replacement that was too early when it was prepared', async () => {
  const draw = await drawn({ select: 2, alternates: 2 });
  const first = await replacement(draw, place(draw, 1));
  const close = sha256(await draw.text('close.txt'));
  const out = place(draw, 3);
  const statement = `klero/1 replace\nclose ${close}\nout ${out}\nin ${place(draw, 4)}\nreason refused\nevidence -\n`;
  const second = { out, reason: 'refused', approvals: approve(draw.parties, BOTH, statement) };
  const answers = await queued(() => post(draw, 'replacements', first), () => post(draw, 'replacements', second));
  assert.deepEqual(answers.map((answer) => must(answer).replacements), [1, 2]);
  await until(async () => must(await call('GET', `/v1/draws/${draw.id}`), 200).replacements === 2, 'both');
  await verified(draw.id, draw.parties);
});
