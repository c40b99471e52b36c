// Affiliations: who belongs together, who is tied to who approves, and why.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { assertProblem, daemon, must, until } from './client.mjs';
import { anOffer } from './builders.mjs';
import { newUscc } from './keys.mjs';
import { registering } from './registering.mjs';

let it;
let its;
let keeper;
before(async () => {
  it = await daemon({}, { rehearsal: '2026-01-05T02:00:00Z' });
  its = registering(it);
  keeper = await its.keeper();
});
after(() => it.stop());

const person = () => ({ person_name: '王小明', person_number: `36070019800101${randomBytes(2).toString('hex')}` });
const enter = (body, key = keeper) => it.call('POST', '/v1/affiliations', { key, body });
const decide = (who, { id }, name, body = {}, options) => its.act(who, { path: `/v1/affiliations/${id}` }, name, body, options);
const institution = async (uscc) => must(await it.call('GET', `/v1/institutions/${uscc}`), 200);
const groupOf = async (uscc) => (await institution(uscc)).affiliation_group;
const group = async (uscc, headers) => must(await it.call('GET', `/v1/institutions/${uscc}/group`, { headers }), 200);
const ties = async (uscc, category, headers) =>
  must(await it.call('GET', `/v1/institutions/${uscc}/ties?category=${category}`, { headers }), 200);
const legal = (who = person()) => [{ kind: 'legal-representative', ...who }];

describe('groups', () => {
  test('domain 8: one legal representative makes one group, and it is said why', async () => {
    const boss = person();
    const [one, two, other] = [await its.entered({ affiliations: legal(boss) }), await its.entered({ affiliations: legal(boss) }),
      await its.entered({ affiliations: legal() })];
    const first = [one.uscc, two.uscc].sort()[0];
    assert.deepEqual([await groupOf(one.uscc), await groupOf(two.uscc), await groupOf(other.uscc)], [first, first, null]);
    const { members } = await group(one.uscc);
    assert.deepEqual(members.map((member) => member.institution), [two.uscc]);
    const { path } = members[0];
    assert.deepEqual(path.map(({ kind, up, words, held, holder_name }) => [kind, up, words, held, holder_name]),
      [['legal-representative', true, '法定代表人', one.uscc, '王*'], ['legal-representative', false, '法定代表人', two.uscc, '王*']]);
    assert.equal(path[0].holder, path[1].holder);
    const english = await group(one.uscc, { 'accept-language': 'en' });
    assert.equal(english.members[0].path[0].words, 'legal representative');
    assert.ok(!JSON.stringify(english).includes('王小明'));
    const mine = must(await it.call('GET', `/v1/affiliations?held=${two.uscc}`), 200).items[0];
    must(await decide(keeper, mine, 'end', { reason: '已变更法定代表人' }), 200);
    assert.deepEqual([await groupOf(one.uscc), await groupOf(two.uscc)], [null, null]);
    assert.deepEqual((await it.fsck()).findings, []);
  });

  test('a share counts from what the policy says, over others too', async () => {
    const holding = newUscc();
    const [one, two, three] = [await its.entered(), await its.entered(), await its.entered()];
    const share = (held, share_bp, holder = holding) => ({ held, holder, holder_name: '某控股公司', kind: 'shareholder', share_bp });
    must(await enter(share(one.uscc, 500)));
    must(await enter(share(two.uscc, 499)));
    assert.deepEqual([await groupOf(one.uscc), await groupOf(two.uscc)], [null, null]);
    must(await enter(share(two.uscc, 5000, one.uscc)));
    must(await enter({ held: three.uscc, holder: holding, kind: 'controller', holder_name: '某控股公司' }));
    const first = [one.uscc, two.uscc, three.uscc].sort()[0];
    for (const { uscc } of [one, two, three])
      assert.equal(await groupOf(uscc), first);
    const path = (await group(two.uscc)).members.find((member) => member.institution === three.uscc).path;
    assert.deepEqual(path.map(({ kind }) => kind), ['shareholder', 'shareholder', 'controller']);
  });

  test('a government as holder joins nobody', async () => {
    const [one, two] = [await its.entered(), await its.entered()];
    const body = { holder: newUscc(), holder_name: '国资委', kind: 'shareholder', share_bp: 10000 };
    for (const { uscc } of [one, two])
      must(await enter({ ...body, held: uscc, holder_is_state: true }));
    assert.deepEqual([await groupOf(one.uscc), await groupOf(two.uscc)], [null, null]);
    must(await enter({ ...body, held: one.uscc, kind: 'controller', share_bp: 0 }));
    must(await enter({ ...body, held: two.uscc, kind: 'controller', share_bp: 0 }));
    assert.equal(await groupOf(one.uscc), await groupOf(two.uscc)); // a body that is none does
    assert.notEqual(await groupOf(one.uscc), null);
  });

  test('groups begin and end by themselves on their days', async () => {
    const [one, two] = [await its.entered(), await its.entered()];
    const body = { held: one.uscc, holder: two.uscc, kind: 'controller', valid_from: '2026-02-01', valid_until: '2026-02-10' };
    must(await enter(body));
    const both = async () => [await groupOf(one.uscc) !== null, await groupOf(two.uscc) !== null];
    assert.deepEqual(await both(), [false, false]);
    await it.moveTo('2026-01-31T16:00:00Z'); // midnight in Shanghai
    assert.deepEqual(await both(), [true, true]);
    await it.moveTo('2026-02-10T15:59:59Z');
    assert.deepEqual(await both(), [true, true]);
    await it.moveTo('2026-02-10T16:00:00Z');
    assert.deepEqual(await both(), [false, false]);
  });

  test('what the operator declared joins what is computed, under its name', async () => {
    const name = `g-${randomBytes(4).toString('hex')}`;
    const [one, two] = [await it.institution({ group: name }), await it.institution({ group: name })];
    const three = await its.entered();
    assert.deepEqual([await groupOf(one.uscc), await groupOf(two.uscc)], [name, name]);
    must(await enter({ held: three.uscc, holder: two.uscc, kind: 'parent' }));
    assert.equal(await groupOf(three.uscc), name);
    assert.equal((await group(three.uscc)).members.length, 2);
  });

  test('who comes later is of the group that names him already', async () => {
    const [one, two] = [await its.entered(), await its.entered()];
    const uscc = newUscc();
    for (const held of [one.uscc, two.uscc])
      must(await enter({ held, holder: uscc, holder_name: '尚未入驻的公司', kind: 'controller' }));
    const { operator } = await it.people();
    must(await it.call('POST', '/v1/institutions', { key: operator, body: { uscc, name: '现已入驻的公司' } }));
    assert.deepEqual(new Set([await groupOf(one.uscc), await groupOf(two.uscc), await groupOf(uscc)]),
      new Set([[one.uscc, two.uscc, uscc].sort()[0]]));
  });

  // Only who may be of a group with either is looked at: that must come out as if all were.
  test('groups are those of all ties, in whatever order they come and end', async () => {
    const those = await Promise.all(Array.from({ length: 8 }, () => its.entered()));
    const names = [...those.map(({ uscc }) => uscc), newUscc(), newUscc()]; // two that are not on the roll
    const ties = [];
    const rootOf = (roots, name) => roots[name] === name ? name : rootOf(roots, roots[name]);
    for (let step = 0; step < 30; step++) {
      if (ties.length > 0 && Math.random() < 0.4) {
        const [tie] = ties.splice(Math.floor(Math.random() * ties.length), 1);
        must(await decide(keeper, tie, 'end', { reason: '已转让' }, { seq: tie.seq }), 200);
      } else {
        const [held, holder] = names.slice(0, 8).sort(() => Math.random() - 0.5).slice(0, 2);
        const by = Math.random() < 0.3 ? names[8 + Math.floor(Math.random() * 2)] : holder;
        ties.push(must(await enter({ held, holder: by, holder_name: '某公司', kind: Math.random() < 0.5 ? 'controller' : 'director' })));
      }
      const roots = Object.fromEntries(names.map((name) => [name, name]));
      for (const { held, holder } of ties)
        roots[rootOf(roots, held)] = rootOf(roots, holder);
      const groups = names.slice(0, 8).map((name) => names.slice(0, 8).filter((other) => rootOf(roots, other) === rootOf(roots, name)).sort());
      assert.deepEqual(await Promise.all(names.slice(0, 8).map(groupOf)), groups.map((all) => all.length > 1 ? all[0] : null), `step ${step}`);
    }
  });

  // The server would end its search where it is told to, and only warn.
  test('a chain is one group however long it is', async () => {
    await it.sql('SET GLOBAL max_recursive_iterations = 3');
    await it.kill();
    await it.start();
    const { operator } = await it.people();
    const chain = Array.from({ length: 12 }, () => ({ uscc: newUscc() }));
    for (const { uscc } of chain)
      must(await it.call('POST', '/v1/institutions', { key: operator, body: { uscc, name: `第 ${uscc} 家` } }));
    const tie = (held, holder, kind) => enter({ held: held.uscc, holder: holder.uscc, kind });
    for (let i = 0; i + 1 < chain.length; i++)
      must(await tie(chain[i], chain[i + 1], 'controller'));
    const whole = async () => assert.deepEqual(new Set(await Promise.all(chain.map(({ uscc }) => groupOf(uscc)))),
      new Set([chain.map(({ uscc }) => uscc).sort()[0]]));
    await whole();
    must(await tie(chain[6], chain[5], 'director'));
    await whole();
  });

  test('another share counts from the day on which its policy is in force, though nothing else happens', async () => {
    const [one, two] = [await its.entered(), await its.entered()];
    const holding = newUscc();
    for (const { uscc } of [one, two])
      must(await enter({ held: uscc, holder: holding, holder_name: '某控股公司', kind: 'shareholder', share_bp: 300 }));
    const both = async () => [await groupOf(one.uscc) !== null, await groupOf(two.uscc) !== null];
    assert.deepEqual(await both(), [false, false]);
    const { supervisor, auditor } = await it.people();
    const { policy } = must(await it.call('GET', '/v1/policies'), 200).items[0];
    const day = new Date(+await it.now() + 3 * 86400_000 + 8 * 3600_000).toISOString().slice(0, 10);
    const payload = { ...policy, version: 'lower', effective_from: day, entry: { ...policy.entry, share_min_bp: 300 } };
    await it.twoPersons(supervisor, auditor, 'policy.adopt', `${payload.region}-lower`, payload);
    assert.deepEqual(await both(), [false, false]);
    const begins = +new Date(`${day}T00:00:00+08:00`);
    await it.moveTo(new Date(begins - 1000));
    assert.deepEqual(await both(), [false, false]);
    await it.moveTo(new Date(begins));
    assert.deepEqual(await both(), [true, true]);
    const next = { ...payload, version: 'higher', entry: { ...payload.entry, share_min_bp: 301 } };
    await it.twoPersons(supervisor, auditor, 'policy.adopt', `${next.region}-higher`, next);
    await until(async () => !(await both()).includes(true), 'a share that counts no more');
    assert.deepEqual((await it.fsck()).findings, []);
  });

  test('nobody ties others together, or himself loose, by a word', async () => {
    const [one, rival, other] = [await its.entered(), await its.entered(), await its.entered()];
    const mine = must(await enter({ held: one.uscc, holder: rival.uscc, kind: 'controller' }, one));
    must(await enter({ held: one.uscc, holder: other.uscc, kind: 'director' }, one));
    assert.equal(mine.state, 'declared');
    assert.deepEqual([await groupOf(rival.uscc), await groupOf(other.uscc)], [null, null]);
    assertProblem(await enter({ held: rival.uscc, holder: other.uscc, kind: 'controller' }, one), 404, 'not-found');
    must(await decide(keeper, mine, 'confirmation'), 200);
    assert.equal(await groupOf(rival.uscc), await groupOf(one.uscc));
    for (const name of ['refusal', 'end'])
      assert.ok([403, 409].includes((await decide(one, mine, name, { reason: '无' })).status), name);
    const second = must(await enter({ held: one.uscc, holder: newUscc(), holder_name: '某', kind: 'parent' }, one));
    assertProblem(await decide(rival, second, 'refusal', { reason: '无' }), 404, 'not-found');
    assertProblem(await decide(keeper, second, 'confirmation', {}, { seq: 5 }), 412, 'precondition-failed');
    must(await decide(one, second, 'refusal', { reason: '填错' }), 200);
    assertProblem(await decide(keeper, second, 'confirmation'), 409, 'wrong-state');
  });

  test('an owner is kept apart from all who are joined to its group, as it was at the close', async () => {
    const name = `g-${randomBytes(4).toString('hex')}`;
    const id = `owner-${randomBytes(4).toString('hex')}`;
    must(await it.adminCall('POST', '/v1/organisations', { body: { id, name: '某集团', affiliation_group: name, region: 'demo' } }));
    const owner = await it.person('owner', id);
    const ours = await it.institution({ group: name });
    const [joined, late] = [await it.institution(), await it.institution()];
    must(await enter({ held: joined.uscc, holder: ours.uscc, kind: 'controller' }));
    const notice = await it.aNotice({ owner, signup_s: 3600 });
    for (const who of [ours, joined, late])
      must(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
    await it.moveTo(Date.parse(notice.signup_close) - 1000);
    must(await enter({ held: late.uscc, holder: newUscc(), holder_name: '无关', kind: 'parent' }));
    await it.moveTo(notice.signup_close);
    must(await enter({ held: late.uscc, holder: joined.uscc, kind: 'controller' }));
    const entrants = must(await it.call('GET', `/v1/notices/${notice.id}/entrants`), 200).items;
    const of = ({ uscc }) => entrants.find((one) => one.institution === uscc);
    assert.deepEqual([of(ours).reason, of(joined).reason, of(late).reason], ['affiliated-owner', 'affiliated-owner', null]);
    assert.equal(await groupOf(late.uscc), name); // by now
  });

  test('refused: who holds himself, half a person, a stranger without a name', async () => {
    const { uscc } = await its.entered();
    for (const [change, pointer] of [
      [{ holder: uscc, kind: 'controller' }, '/kind'],
      [{ kind: 'director', person_number: '36070019800101' }, '/person_name'],
      [{ kind: 'director' }, '/holder'],
      [{ kind: 'director', person_name: '甲' }, '/person_number'],
      [{ kind: 'director', holder: 'x', ...person() }, '/person_name'],
      [{ kind: 'parent', holder: newUscc() }, '/holder'],
      [{ kind: 'parent', holder: 'nobody-here', holder_name: '某' }, '/holder'],
      [{ kind: 'shareholder', share_bp: 10001, ...person() }, '/share_bp'],
      [{ kind: 'friend', ...person() }, '/kind'],
      [{ kind: 'director', valid_from: '2026-02-02', valid_until: '2026-02-01', ...person() }, '/kind'],
      [{ kind: 'director', valid_from: '2026-02-30', ...person() }, '/valid_from'],
      [{ kind: 'parent', holder: newUscc(), holder_name: '某', held: 'nowhere' }, '/held']]) {
      const reply = await enter({ held: uscc, ...change });
      assertProblem(reply, 422, 'invalid');
      assert.equal(reply.body.errors[0].pointer, pointer, JSON.stringify(change));
    }
  });
});

describe('decoupling', () => {
  let authority;
  const link = (body, key) => it.call('POST', '/v1/authority_categories', { key, body });
  before(async () => {
    const { operator } = await it.people();
    await it.category();
    authority = `bureau-${randomBytes(3).toString('hex')}`;
    must(await it.adminCall('POST', '/v1/organisations', { body: { id: authority, name: '示例县发改委', region: 'demo' } }));
    must(await link({ category: 'A01', authority, basis: '政府投资项目建议书审批' }, operator));
  });

  test('domain 8: an institution of the approving authority is excluded, and it is said why', async () => {
    const tied = await its.entered();
    const free = await its.entered();
    const centre = newUscc();
    assert.deepEqual((({ tied: is, authority_count }) => [is, authority_count])(await ties(tied.uscc, 'A01')), [false, 1]);
    must(await enter({ held: centre, holder: authority, kind: 'parent' }));
    must(await enter({ held: tied.uscc, holder: centre, holder_name: '发改委信息中心', kind: 'shareholder', share_bp: 3000 }));
    const why = await ties(tied.uscc, 'A01');
    assert.deepEqual([why.tied, why.reason, why.authority, why.words], [true, 'tied-subordinate', authority, '由审批部门的下属单位举办或持有']);
    assert.deepEqual(why.path.map(({ held, holder, kind }) => [held, holder, kind]),
      [[tied.uscc, centre, 'shareholder'], [centre, authority, 'parent']]);
    assert.match((await ties(tied.uscc, 'A01', { 'accept-language': 'en' })).words, /approving authority/);
    assert.equal((await ties(free.uscc, 'A01')).tied, false);
    assert.equal((await ties(tied.uscc, 'A02')).tied, false); // another category is approved by nobody here
    assertProblem(await it.call('GET', `/v1/institutions/${tied.uscc}/ties`), 422, 'invalid');
    assertProblem(await it.call('GET', `/v1/institutions/${newUscc()}/ties?category=A01`), 404, 'not-found');

    const { operator, owner } = await it.people();
    for (const { uscc } of [tied, free])
      must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category: 'A01' }) }));
    const notice = await it.aNotice({ owner, signup_s: 3600 });
    for (const who of [tied, free])
      must(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
    await it.moveTo(notice.signup_close);
    const entrants = must(await it.call('GET', `/v1/notices/${notice.id}/entrants`), 200).items;
    const of = ({ uscc }) => entrants.find((one) => one.institution === uscc);
    assert.deepEqual([of(free).state, of(tied).state, of(tied).reason], ['included', 'excluded', 'tied']);
    assert.deepEqual([of(tied).facts.tied_reason, of(tied).facts.tied_to, of(tied).facts.tied_path], ['tied-subordinate', authority,
      why.path.map(({ affiliation }) => affiliation)]);
    assert.deepEqual((await it.fsck()).findings, []);
  });

  test('who approves the items of a category is its authority, as it was at the close', async () => {
    const { operator, owner } = await it.people();
    const [bureau, later] = [1, 2].map(() => `b-${randomBytes(3).toString('hex')}`);
    for (const id of [bureau, later])
      must(await it.adminCall('POST', '/v1/organisations', { body: { id, name: '某局', region: 'demo' } }));
    const code = `I-${randomBytes(3).toString('hex')}`;
    const item = { name: '某事项审批', authority: bureau, authority_name: '某局', basis: '某法第一条' };
    must(await it.call('POST', '/v1/approval_items', { key: operator, body: { code, ...item } }));
    const category = `C${randomBytes(2).toString('hex')}`;
    must(await it.call('POST', '/v1/categories', { key: operator, body: { code: category, service: '某评估', basis: '某法第二条', approval_items: [code] } }));
    const [one, two] = [await its.entered(), await its.entered()];
    must(await enter({ held: one.uscc, holder: bureau, kind: 'parent' }));
    must(await enter({ held: two.uscc, holder: later, kind: 'parent' }));
    for (const { uscc } of [one, two])
      must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category }) }));
    const is = async ({ uscc }) => (({ tied, authority }) => tied ? authority : null)(await ties(uscc, category));
    assert.deepEqual([await is(one), await is(two)], [bureau, null]);
    const notice = await it.aNotice({ owner, signup_s: 3600, category });
    for (const who of [one, two])
      must(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
    await it.moveTo(notice.signup_close);
    must(await it.call('POST', `/v1/approval_items/${code}/revision`, { key: operator, body: { ...item, authority: later } }), 200);
    assert.deepEqual([await is(one), await is(two)], [null, later]);
    const entrants = must(await it.call('GET', `/v1/notices/${notice.id}/entrants`), 200).items;
    const of = ({ uscc }) => entrants.find((entrant) => entrant.institution === uscc);
    assert.deepEqual([of(one).reason, of(one).facts.tied_to, of(two).reason], ['tied', bureau, null]);
    must(await it.call('POST', `/v1/approval_items/${code}/retirement`, { key: operator, body: {} }), 200);
    assert.deepEqual([await is(one), await is(two)], [null, null]);
  });

  test('whose legal representative holds an office in the authority is tied, too', async () => {
    const official = person();
    const one = await its.entered({ affiliations: legal(official) });
    const { holder } = must(await it.call('GET', `/v1/affiliations?held=${one.uscc}`), 200).items[0];
    must(await enter({ held: holder, holder: authority, kind: 'office' }));
    const why = await ties(one.uscc, 'A01');
    assert.deepEqual([why.tied, why.reason], [true, 'tied-official']);
    assert.equal(await groupOf(one.uscc), null); // an office joins nobody
  });

  test('only the operator says who approves what, once, and ends it', async () => {
    const { operator } = await it.people();
    const other = `office-${randomBytes(3).toString('hex')}`;
    must(await it.adminCall('POST', '/v1/organisations', { body: { id: other, name: '某局', region: 'demo' } }));
    const body = { category: 'A01', authority: other, basis: '某事项' };
    assertProblem(await link(body, keeper), 403, 'forbidden');
    assertProblem(await link({ ...body, authority: 'nobody' }, operator), 422, 'invalid');
    assertProblem(await link({ ...body, category: 'Z99' }, operator), 422, 'invalid');
    const made = must(await link(body, operator));
    assert.equal(made.id, `A01:${other}`);
    assertProblem(await link(body, operator), 409, 'exists');
    must(await it.call('POST', `/v1/authority_categories/${made.id}/end`, { key: operator, body: {} }), 200);
    assertProblem(await it.call('POST', `/v1/authority_categories/${made.id}/end`, { key: operator, body: {} }), 409, 'wrong-state');
    must(await link(body, operator));
    const { items } = must(await it.call('GET', '/v1/authority_categories?category=A01'), 200);
    assert.deepEqual(items.map(({ state }) => state), ['approves', 'approves']);
  });

  test('what is decided after the close changes nothing of it', async () => {
    const { operator, owner } = await it.people();
    const [late, ended] = [await its.entered(), await its.entered()];
    for (const { uscc } of [late, ended])
      must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: uscc, category: 'A01' }) }));
    const was = must(await enter({ held: ended.uscc, holder: authority, kind: 'parent' }));
    const notice = await it.aNotice({ owner, signup_s: 3600 });
    for (const who of [late, ended])
      must(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
    await it.moveTo(notice.signup_close);
    must(await enter({ held: late.uscc, holder: authority, kind: 'parent' }));
    must(await decide(keeper, was, 'end', { reason: '已脱钩' }), 200);
    const entrants = must(await it.call('GET', `/v1/notices/${notice.id}/entrants`), 200).items;
    const state = ({ uscc }) => entrants.find((one) => one.institution === uscc).state;
    assert.deepEqual([state(late), state(ended)], ['included', 'excluded']);
    assert.deepEqual([(await ties(late.uscc, 'A01')).tied, (await ties(ended.uscc, 'A01')).tied], [true, false]);
  });
});
