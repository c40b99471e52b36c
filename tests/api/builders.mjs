// builders.mjs -- people, institutions, notices and whole draws for tests.
//
// people() → { operator, supervisor, auditor, owner }, each { role,
//     organisation, account, token }, and `parties`: { operator, supervisor }
//     with their enrolled keys. Made once for an installation, shared by all
//     tests of it: do not revoke them, do not retire their keys. The draw's
//     operator and supervisor are the oldest keys enrolled: these.
// person(role, organisation) → somebody new, in an organisation of his own
// region() → the code of the region that all of these are of; region(code) of
//     another, within it
// institution({ name, group, categories }) → a new institution with account and
//     a listing in each category (the default: that of category())
// party(person, name) → a key of `person`, enrolled as party `name`
// policy(changes) → the policy in force, the default one with windows of
//     seconds and `changes` on its members; adopted only if another is in force
// category() → the code of a category that is there
// aNotice({ owner, signup_s, ...members }) → a published notice
// aDraw({ entrants, select, alternates, beacon, policy, until }) → a draw that
//     has come to the state `until` ('closed'; 'signed-up': before there is one): { id, notice, institutions,
//     declare, secrets, play }. draw.text(name) is a text of it.
// feeOf(min_fen, max_fen) → a fee schedule that gives all fees between the two
// anOffer(members) → the body of a listing with all that must be public: `fee_fen`
//     are the two of feeOf()
// waitFor(draw, state) → the draw when it is in `state`; fails if that is passed
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './installation.mjs';
import {
  canonical, commitment, enrolment, keyFrom, newKey, newSecret, newUscc, revealText, sha256,
} from './keys.mjs';

const STATES = ['drafted', 'declared', 'locked', 'sealed', 'beacon', 'seeded', 'drawn', 'closed', 'annulled'];
// How many times as slow all is as usual: under the thread sanitizer.
const slower = Number(process.env.KLERO_SLOWER ?? 1);
const ours = 'demo'; // the region of all whom builders make
const seconds = (n) => ({ n: n * slower, unit: 'second' });

export const shanghaiDate = (time) => new Date(time.getTime() + 8 * 3600_000).toISOString().slice(0, 10);
export const feeOf = (min_fen, max_fen) =>
  ({ unit: 'investment', formula: 'linear', brackets: [{ above: 0, rate: 1_000_000 }], min_fen, max_fen });

export const anOffer = ({ fee_fen = [1_000_00, 5_000_00], ...members } = {}) => ({
  service_name: '项目建议书编制', basis: '政府投资条例第九条', serves: '项目业主;政府投资项目建议书审批', conditions: '项目已列入计划',
  materials: '一、立项依据\n二、选址材料', steps: '委托\n踏勘\n编制\n评审', promised_days: 15, deadline_unit: 'workday', counts_from: 'contract',
  fee: feeOf(...fee_fen), fee_basis: '合同约定', rules: '按编制规程执行,交付报告书', complaint_channel: '12345', qualifications: '工程咨询单位',
  ...members });

export const defaultPolicy = () => JSON.parse(readFileSync(join(root, 'ops/data/policy.json'), 'utf8'));

// The default policy, fit for a test that does not want to wait for hours.
function testPolicy({ draw = {}, notice = {}, ...others }) {
  const base = defaultPolicy();
  return {
    ...base, effective_from: '2010-01-01', ...others,
    draw: { ...base.draw, beacons: ['none', 'public'], beacon_default: 'none',
      level_c_reason: 'a test', quorum: 0, optional_parties: [], withheld: 'void',
      objection: seconds(1), commit: seconds(2), reveal: seconds(2), ...draw },
    notice: { ...base.notice, signup_min: seconds(1), ...notice },
  };
}

export function builders({ call, adminCall, must, until, home, origin, now = async () => new Date() }) {
  const newId = (what) => `${what}-${randomBytes(4).toString('hex')}`;
  const post = async (key, path, body) => must(await call('POST', path, { key, body }));
  const get = async (path) => must(await call('GET', path), 200);

  async function account(role, organisation, create) {
    const token = randomBytes(32).toString('hex');
    const { id } = must(await create({ organisation, role, key_hash: sha256(token) }));
    return { role, organisation, account: id, token };
  }

  const entered = new Set();
  async function region(code = ours, parent = code === ours ? undefined : ours) {
    if (parent)
      await region(parent);
    if (!entered.has(code) && (await call('GET', `/v1/regions/${code}`)).status === 404) {
      const reply = await adminCall('POST', '/v1/regions', { body: { code, name: `示例${code}`, ...parent && { parent } } });
      assert.ok([201, 409].includes(reply.status), reply.text); // another test file at the same time
    }
    entered.add(code);
    return code;
  }

  async function person(role, organisation) {
    const id = organisation ?? newId(role);
    if (!organisation)
      must(await adminCall('POST', '/v1/organisations', { body: { id, name: `测试${id}`, region: await region() } }));
    return account(role, id, (body) => adminCall('POST', '/v1/accounts', { body }));
  }

  async function twoPersons(proposer, approver, act, subject, payload) {
    const { id, digest } = await post(proposer, '/v1/proposals', { act, subject, payload });
    return must(await call('POST', `/v1/proposals/${id}/approval`, { key: approver, body: { digest } }), 200);
  }

  async function party(who, name, key = newKey()) {
    const { auditor } = await people();
    await twoPersons(who, auditor, 'party.enrol', who.organisation, enrolment(origin, who.organisation, name, key));
    return { ...who, party: name, key };
  }

  // Kept in a file, because each test file is a process of its own.
  const file = join(home, 'people.json');
  let known;
  async function makePeople() {
    const made = {};
    for (const role of ['operator', 'supervisor', 'auditor', 'owner'])
      made[role] = await person(role);
    known = made;
    await policy(); // which parties there are
    const seeds = {};
    for (const name of ['operator', 'supervisor']) {
      const key = newKey();
      await party(made[name], name, key);
      seeds[name] = key.seed;
    }
    writeFileSync(file, JSON.stringify({ made, seeds }), { mode: 0o600 });
  }
  async function people() {
    if (!known && !existsSync(file))
      await makePeople();
    if (!known?.parties && existsSync(file)) {
      const { made, seeds } = JSON.parse(readFileSync(file, 'utf8'));
      const parties = Object.entries(seeds).map(([name, seed]) =>
        [name, { ...made[name], party: name, key: keyFrom(seed) }]);
      known = { ...made, parties: Object.fromEntries(parties) };
    }
    return known;
  }

  async function category() {
    const { operator } = await people();
    const code = 'A01';
    if ((await call('GET', `/v1/categories/${code}`)).status === 404)
      await post(operator, '/v1/categories', { code, phase: '立项用地', service: '项目建议书编制',
        approval_item: '政府投资项目建议书审批', authority: '发改' });
    return code;
  }

  async function institution({ name, group, categories } = {}) {
    const { operator } = await people();
    const uscc = newUscc();
    const full = name ?? `示例咨询${uscc.slice(8)}有限公司`;
    await post(operator, '/v1/institutions', { uscc, name: full, ...group && { affiliation_group: group } });
    for (const code of categories ?? [await category()])
      await post(operator, '/v1/listings', anOffer({ institution: uscc, category: code }));
    const who = await account('institution', uscc, (body) => call('POST', '/v1/accounts', { key: operator, body }));
    return { ...who, uscc, name: full };
  }

  async function policy(changes = {}) {
    const { supervisor, auditor } = await people();
    const wanted = testPolicy(changes);
    const { status, body } = await call('GET', `/v1/regions/${wanted.region}/policy?on=${shanghaiDate(await now())}`);
    const inForce = status === 200 && body.policy;
    if (inForce && canonical({ ...inForce, version: '' }) === canonical({ ...wanted, version: '' }))
      return inForce;
    wanted.version = newId('t');
    await twoPersons(supervisor, auditor, 'policy.adopt', `${wanted.region}-${wanted.version}`, wanted);
    return wanted;
  }

  async function aNotice({ owner, signup_s = 2, ...members } = {}) {
    const who = owner ?? (await people()).owner;
    const close = new Date((await now()).getTime() + signup_s * slower * 1000).toISOString().replace(/\.\d+Z/, 'Z');
    return post(who, '/v1/notices', { title: '测试项目', service: '编制项目建议书', category: await category(),
      amount_max_fen: 10_000_00, days_max: 20, deadline_unit: 'workday', select: 1, alternates: 2, beacon: 'none',
      signup_close: close, contact_name: '测试', contact_phone: '0000', ...members });
  }

  async function waitFor(draw, state) {
    const id = draw.id ?? draw;
    return until(async () => {
      const reply = await call('GET', `/v1/draws/${id}`);
      if (reply.status === 404)
        return false; // the sign-up is still open
      const seen = must(reply, 200);
      assert.ok(STATES.indexOf(seen.state) <= STATES.indexOf(state) && STATES.includes(seen.state),
        `${id} is ${seen.state}, past ${state}`);
      return seen.state === state && seen;
    }, `${id} ${state}`);
  }

  // One draw and what its parties keep to themselves.
  function drawOf(notice, institutions, parties, nth = 1) {
    const id = `${notice.number.replace(/^ZJ/, 'D')}-${nth}`;
    // It is served once a published checkpoint covers it.
    const text = (name) => until(async () => {
      const reply = await call('GET', `/v1/draws/${id}/texts/${name}`);
      return reply.status !== 404 && must(reply, 200, 'bytes');
    }, name);
    const draw = { id, notice, institutions, parties, secrets: {}, text };
    draw.statement = async (name) => {
      draw.declare ??= sha256(await text('declare.txt'));
      draw.secrets[name] ??= newSecret();
      return commitment(draw.declare, name, draw.secrets[name], parties[name].key);
    };
    draw.commit = async (name) => call('POST', `/v1/draws/${id}/commitments`, { body: await draw.statement(name) });
    draw.revealText = (name) => revealText(draw.declare, name, draw.secrets[name]);
    draw.reveal = (name) => call('POST', `/v1/draws/${id}/reveals`, { body: { party: name, text: draw.revealText(name) } });
    return draw;
  }

  // How a draw comes to each state, everybody doing his part.
  const steps = {
    drafted: async () => {},
    declared: async () => {},
    locked: async (draw) => {
      for (const name of Object.keys(draw.parties))
        must(await draw.commit(name));
    },
    sealed: async (draw) => {
      for (const name of Object.keys(draw.parties))
        must(await until(async () => { // the lock is to be cosigned first
          const reply = await draw.reveal(name);
          return reply.body?.code !== 'too-early' && reply;
        }, `the reveal of ${name}`));
    },
    closed: async (draw, members) => {
      if (members.beacon !== 'none')
        await members.giveBeacon(draw);
    },
  };

  async function aDraw({ entrants = 4, institutions, parties, policy: changes, until: wanted = 'closed', ...members } = {}) {
    const beacon = members.beacon ?? 'none';
    await policy(changes);
    const all = institutions ?? [];
    while (all.length < entrants)
      all.push(await institution());
    const notice = await aNotice({ beacon, ...members });
    for (const reply of await Promise.all(all.map((who) => call('POST', `/v1/notices/${notice.id}/signups`, { key: who, body: {} }))))
      must(reply);
    const draw = drawOf(notice, all, parties ?? (await people()).parties);
    for (const [state, play] of wanted === 'signed-up' ? [] : Object.entries(steps)) {
      await play(draw, { ...members, beacon });
      if (state !== 'sealed' || beacon !== 'none')
        Object.assign(draw, { shown: await waitFor(draw, state) });
      if (state === wanted)
        break;
    }
    return draw;
  }

  return { people, person, region, party, institution, policy, category, twoPersons, aNotice, aDraw, drawOf, waitFor };
}
