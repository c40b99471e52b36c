// Opening and judging in pieces: nobody waits for it, and it comes out the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anOffer } from './builders.mjs';
import { daemon, must, until } from './client.mjs';

// One klerod and the hands to work on it.
async function world(settings) {
  const it = await daemon(settings);
  const { operator } = await it.people();
  await it.policy();
  const post = async (key, path, body = {}, status = 201) => must(await it.call('POST', path, { key, body }), status);
  const get = async (path) => must(await it.call('GET', path), 200);
  const listing = (who, members = {}) => it.category().then((category) => post(operator, '/v1/listings',
    anOffer({ institution: who.uscc, category, fee_fen: [100, 200], promised_days: 10, ...members })));
  const listed = async (group) => {
    const who = await it.institution({ group, categories: [] });
    return { ...who, listing: (await listing(who)).id };
  };
  return Object.assign(it, {
    post, get, listing, listed,
    signUp: (notice, who) => post(who, `/v1/notices/${notice.id}/signups`),
    withdraw: (id) => post(operator, `/v1/listings/${id}/withdrawal`, {}, 200),
    stateOf: async (notice) => (await get(`/v1/notices/${notice.id}`)).state,
    reach: (notice, state) => until(async () => await it.stateOf(notice) === state, state),
    reasons: async (notice) => Object.fromEntries((await get(`/v1/notices/${notice.id}/entrants?limit=200`)).items
      .map((one) => [one.institution, [one.state, one.reason, one.facts?.affiliated_with]])),
    dues: (notice) => it.sql(`SELECT kind FROM due WHERE subject = '${notice.id}' AND kind <> 'notice.close' ORDER BY at, kind DESC, seq`),
  });
}

// Seven sign up, one of them withdraws; two groups reach over the pieces.
async function play(it, signup_s) {
  const groups = ['a', null, 'a', 'b', null, 'b', 'a'];
  const all = [];
  for (const group of groups)
    all.push(await it.listed(group ?? undefined));
  await it.withdraw(all[3].listing); // so the first of b keeps nobody out
  const notice = await it.aNotice({ signup_s });
  const made = [];
  for (const who of all)
    made.push(await it.signUp(notice, who));
  await it.post(all[4], `/v1/signups/${made[4].id}/withdrawal`, {}, 200);
  const expected = [['included', null, null], ['included', null, null], ['excluded', 'affiliated', all[0].uscc],
    ['excluded', 'listing-withdrawn', null], ['withdrawn', null, undefined], ['included', null, null],
    ['excluded', 'affiliated', all[0].uscc]];
  return { all, notice, made, expected: Object.fromEntries(all.map((who, i) => [who.uscc, expected[i]])) };
}

for (const [opening_piece, pieces] of [[2, 7], [13, 2], [14, 1]])
  test(`with ${opening_piece} at once everybody is judged the same`, async () => {
    const it = await world({ opening_piece });
    try {
      const { notice, expected } = await play(it, 4);
      await it.reach(notice, 'judged');
      assert.deepEqual(await it.reasons(notice), expected);
      const { signup_count, included_count, excluded_count } = await it.get(`/v1/notices/${notice.id}`);
      assert.deepEqual([signup_count, included_count, excluded_count], [6, 3, 3]);
      const [opened, again] = await it.sql(`SELECT COUNT(*) FROM log_entry WHERE kind = 'opened'
        UNION ALL SELECT COUNT(DISTINCT subject) FROM log_entry WHERE kind = 'opened'`);
      assert.deepEqual([opened, again], ['8', '8']); // seven, and a withdrawal
      assert.equal((await it.dues(notice)).length, pieces);
    } finally {
      await it.stop();
    }
  });

test('the power is cut between the pieces; the roll changes; it is judged as at the close', async () => {
  const it = await world({ opening_piece: 1 });
  try {
    const late = await it.listed();
    const { operator, supervisor } = await it.people();
    const decide = (act, who) => it.twoPersons(operator, supervisor, `institution.${act}`, who.uscc, { reason: '测试' });
    const never = await it.institution({ categories: [] });
    const { notice, all, expected } = await play(it, 5);
    await it.signUp(notice, late);
    await it.signUp(notice, never);
    await decide('suspend', all[5]);
    assert.equal((await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: all[5], body: {} })).body.code, 'forbidden');
    await it.reach(notice, 'closed');
    const [lost, found] = [all[1], all[5]]; // suspended too late, restored too late
    await decide('suspend', lost);
    await decide('restore', found);
    await it.withdraw(late.listing); // it was there at the close
    await it.withdraw(all[0].listing);
    await it.listing(all[0], { promised_days: 3650 }); // and these were not
    await it.listing(never);
    for (let i = 0; i < 2; i++) {
      const seen = (await it.dues(notice)).length;
      await it.kill();
      await it.start();
      await until(async () => (await it.dues(notice)).length > seen, 'a piece more');
      assert.equal(await it.stateOf(notice), 'closed');
    }
    await it.reach(notice, 'judged');
    assert.deepEqual(await it.reasons(notice), { ...expected,
      [found.uscc]: ['excluded', 'not-active', null],
      [late.uscc]: ['included', null, null], [never.uscc]: ['excluded', 'no-listing', null] });
    const [double] = await it.sql(`SELECT COUNT(*) - COUNT(DISTINCT subject) FROM log_entry
      WHERE kind IN ('opened', 'signup.included', 'signup.excluded')`);
    assert.equal(double, '0');
  } finally {
    await it.stop();
  }
});

test('a listing of another region is none here, one of a region above is', async () => {
  const it = await world();
  try {
    const above = await it.region();
    const here = await it.region('here');
    const owner = await it.person('owner', (await it.adminCall('POST', '/v1/organisations',
      { body: { id: 'owner-here', name: '本地业主', region: here } })).body.id);
    const offers = [[{ regions: ['somewhere', here] }, 'included', null], [{ regions: [above] }, 'included', null], [{}, 'included', null],
      [{ regions: ['far-away', `${here}-too`] }, 'excluded', 'no-listing'], [{ regions: [`${here}-and`] }, 'excluded', 'no-listing']];
    const all = [];
    for (const [members] of offers) {
      all.push(await it.institution({ categories: [] }));
      await it.listing(all.at(-1), members);
    }
    const notice = await it.aNotice({ owner, signup_s: 3 });
    for (const who of all)
      await it.signUp(notice, who);
    await until(async () => !['open', 'closed'].includes(await it.stateOf(notice)), 'judged');
    const seen = await it.reasons(notice);
    assert.deepEqual(all.map(({ uscc }) => seen[uscc].slice(0, 2)), offers.map(([, state, reason]) => [state, reason]));
  } finally {
    await it.stop();
  }
});
