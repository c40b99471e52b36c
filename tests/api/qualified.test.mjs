// Who lacks what a category asks for is not drawn, and is told all of it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { anOffer } from './builders.mjs';
import { daemon, must } from './client.mjs';
import { digestOf, uploading } from './evidences.mjs';
import { registering } from './registering.mjs';

const KIND = 'engineering-consulting';
const CLOSE = '2026-03-31'; // in Shanghai
const ladders = [{ kind: KIND, levels: ['甲级', '乙级', '丙级'] }];

let it, its;
before(async () => {
  it = await daemon({}, { rehearsal: '2026-03-20T02:00:00Z' });
  its = registering(it);
  await it.people();
  await its.keeper();
});
after(() => it.stop());

const given = (changes = {}) => ({ kind: KIND, level: '乙级', scopes: ['water'], number: '甲012345', issuer: '示例协会',
  valid_from: '2023-01-01', valid_until: '2030-12-31', evidence: digestOf('certificate'), ...changes });
const asks = (...all) => ({ all: all.map((any) => ({ any })), ladders });
const ofInstitution = async (uscc) => must(await it.call('GET', `/v1/qualifications?institution=${uscc}`), 200).items;

async function category(requirement) {
  const code = `Q${randomBytes(3).toString('hex')}`;
  const { operator } = await it.people();
  return must(await it.call('POST', '/v1/categories', { key: operator, body: { code, service: '某评估', basis: '某法第二条', requirement } }));
}
const revise = async ({ id, code }, requirement) => {
  const { operator } = await it.people();
  const now = must(await it.call('GET', `/v1/categories/${id ?? code}`), 200);
  return must(await it.call('POST', `/v1/categories/${id ?? code}/revision`, { key: operator,
    headers: { 'if-match': `"${now.seq}"` }, body: { service: '某评估', basis: '某法第二条', ...requirement && { requirement } } }), 200);
};
async function listed(who, { code, id }) {
  const { operator } = await it.people();
  must(await it.call('POST', '/v1/listings', { key: operator, body: anOffer({ institution: who.uscc, category: code ?? id }) }));
  return who;
}
async function signedUp(of, ...all) {
  const { owner } = await it.people();
  const notice = await it.aNotice({ owner, category: of.code ?? of.id, signup_s: 3600 });
  for (const who of all)
    must(await it.call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }));
  return notice;
}
async function judged(notice, ...all) {
  if (new Date(notice.signup_close) > await it.now())
    await it.moveTo(notice.signup_close);
  const { items } = must(await it.call('GET', `/v1/notices/${notice.id}/entrants?limit=200`), 200);
  return all.map(({ uscc }) => items.find((one) => one.institution === uscc));
}
const lacks = ({ state, reason, facts }) => [state, reason, facts.lacks?.map(({ reason: why }) => why)];

test('of each that signed up: what it lacks, all of it, at once', async () => {
  const asked = asks([{ kind: KIND, level_min: '乙级', scope: 'water' }], [{ kind: 'safety' }, { kind: 'quality' }]);
  const of = await category(asked);
  const both = [given(), given({ kind: 'safety', level: undefined })];
  const cases = [
    ['enough', both, ['included', undefined, undefined]],
    ['more than enough', [given({ level: '甲级', scopes: ['road', 'water'] }), given({ kind: 'quality' })], ['included', undefined, undefined]],
    ['nothing', [], ['excluded', 'unqualified', ['qualification-none', 'qualification-none']]],
    ['too low', [given({ level: '丙级' }), both[1]], ['excluded', 'unqualified', ['qualification-level']]],
    ['for another thing', [given({ scopes: ['road'] }), both[1]], ['excluded', 'unqualified', ['qualification-scope']]],
    ['of an unknown level', [given({ level: '特级' }), both[1]], ['excluded', 'unqualified', ['qualification-level-unknown']]],
    ['one of two', [both[0]], ['excluded', 'unqualified', ['qualification-none']]],
    ['not yet valid', [given({ valid_from: '2026-06-01' }), both[1]], ['excluded', 'unqualified', ['qualification-not-yet']]],
  ];
  const all = [];
  for (const [, qualifications] of cases)
    all.push(await listed(await its.entered({ qualifications }), of));
  const found = await judged(await signedUp(of, ...all), ...all);
  for (const [i, [what, , wanted]] of cases.entries())
    assert.deepEqual(lacks({ ...found[i], reason: found[i].reason ?? undefined, facts: { lacks: found[i].facts.lacks ?? undefined } }), wanted, what);
  const low = found[3].facts.lacks[0];
  const [one] = (await ofInstitution(all[3].uscc)).filter(({ kind }) => kind === KIND);
  assert.deepEqual(low, { reason: 'qualification-level', kind: KIND, level_min: '乙级', scope: 'water', qualification: one.id });
  assert.equal(found[2].facts.lacks[1].qualification, null);
});

test('its last day counts, the day after does not; nor what was paused, revoked or not looked at', async () => {
  const of = await category(asks([{ kind: KIND }]));
  const until = (valid_until) => its.entered({ qualifications: [given({ valid_until })] });
  const [last, over] = [await until(CLOSE), await until('2026-03-30')];
  const first = await its.entered({ qualifications: [given({ valid_from: CLOSE })] });
  const [paused, revoked, resumed] = [await until('2030-01-01'), await until('2030-01-01'), await until('2030-01-01')];
  const declared = await its.entered();
  await uploading(it).uploadAll(declared, [given().evidence]);
  must(await it.call('POST', '/v1/qualifications', { key: declared, body: given() }));
  const decide = async (who, name, body) => {
    const [{ id }] = await ofInstitution(who.uscc);
    must(await its.act(await its.keeper(), { path: `/v1/qualifications/${id}` }, name, body), 200);
  };
  await decide(paused, 'pause', { reason: '核查' });
  await decide(resumed, 'pause', { reason: '核查' });
  await decide(revoked, 'revocation', { reason: '注销' });
  await it.moveTo('2026-03-31T10:30:00Z'); // 18:30 in Shanghai
  await decide(resumed, 'resumption', {});
  const all = [last, over, first, paused, revoked, declared, resumed];
  for (const who of all)
    await listed(who, of);
  const notice = await signedUp(of, ...all); // closes an hour later, or before midnight where all takes longer
  const states = (await judged(notice, ...all)).map(({ state, facts }) => [state, facts.lacks?.[0].reason]);
  assert.deepEqual(states, [['included', undefined], ['excluded', 'qualification-expired'], ['included', undefined],
    ['excluded', 'qualification-paused'], ['excluded', 'qualification-none'], ['excluded', 'qualification-none'], ['included', undefined]]
    .map(([state, why]) => [state, why]));
});

test('asked is what was asked when the notice was published, whatever is asked later', async () => {
  const [before, later] = [await category(asks([{ kind: KIND }])), await category()];
  const has = await its.entered({ qualifications: [given()] });
  const lacking = await its.entered();
  for (const of of [before, later])
    for (const who of [has, lacking])
      await listed(who, of);
  const [strict, free] = [await signedUp(before, has, lacking), await signedUp(later, has, lacking)];
  await revise(before, undefined);
  await revise(later, asks([{ kind: KIND }]));
  assert.deepEqual((await judged(strict, has, lacking)).map(({ state }) => state), ['included', 'excluded']);
  assert.deepEqual((await judged(free, has, lacking)).map(({ state }) => state), ['included', 'included']);
  assert.deepEqual((await it.fsck()).findings, []);
});
