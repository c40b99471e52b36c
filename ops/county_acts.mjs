// county_acts.mjs -- what each step of a plan is: one act or two, by whom.
//
// ACTS[step.act](world, body, step). What an act is answered with is remembered
// on the body, for the acts after it; `world` is that of county.mjs.
import { createHmac } from 'node:crypto';
import { sha256 } from './county_chance.mjs';
import { revisionOf } from './county_listings.mjs';

const DEFECTS = [
  { field: '/address', code: 'vague', words: '地址不完整:请写明街道和门牌号' },
  { field: '/licence', code: 'unreadable', words: '营业执照扫描件不清晰,请重新上传' },
];
const LISTING_DEFECTS = [{ member: 'materials', words: '申报材料与办事指南不一致,请逐项列明' }];

// Whoever will act for a body makes his own token; here from the secret of this
// installation, so that a load that goes on has the same.
const tokenOf = ({ secret }, name) => createHmac('sha256', secret).update(name).digest('hex');

const dayOf = (world, days) => new Date(world.now + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
const named = (body, what) => `county-${body.uscc}-${what}`;
const reviewerOf = (world, body) => world.people.reviewers[body.number % world.people.reviewers.length];

// --- registering -------------------------------------------------------------------

function application(world, body, lacking) {
  const { uscc, name, region, profile, affiliations, licence, qualifications } = body;
  return { uscc, name, region, ...profile, licence, pledge: world.pledge, qualifications, affiliations,
    ...lacking && { address: world.county.name } };
}

async function begin(world, body, name, changes) {
  const token = tokenOf(world, `${body.uscc} ${name}`);
  const { id, seq } = await world.client.post(null, '/v1/registrations',
    { ...application(world, body), ...changes, key_hash: sha256(token) }, null);
  return { id, seq, token };
}

// With the version it has by now: time may have passed over it.
async function onRegistration(world, registration, who, what, body, once) {
  const path = `/v1/registrations/${registration.id}`;
  const { seq } = await world.client.get(path);
  await world.client.post(who, `${path}/${what}`, body, once, seq);
}

// What the application names is there before it is made.
async function submit(world, body, registration, what) {
  for (const file of body.papers)
    await world.client.store(registration, file, named(body, `file-${file.digest.slice(0, 16)}`));
  await onRegistration(world, registration, registration, 'submission', {}, named(body, what));
}

const registering = {
  async register(world, body, { lacking }) {
    body.registration = await begin(world, body, 'itself', lacking && { address: world.county.name });
  },
  amend: (world, body) => onRegistration(world, body.registration, body.registration, 'amendment', application(world, body), named(body, 'amend')),
  submit: (world, body, { at }) => submit(world, body, body.registration, `submit-${at}`),
  pass: (world, body) => onRegistration(world, body.registration, reviewerOf(world, body), 'pass', {}, named(body, 'pass')),
  return: (world, body) => onRegistration(world, body.registration, reviewerOf(world, body), 'return', { defects: DEFECTS }, named(body, 'return')),
  reject: (world, body) => onRegistration(world, body.registration, reviewerOf(world, body), 'rejection',
    { reason: '不属于中介服务机构' }, named(body, 'reject')),
  // His key ends with it: it cannot be asked for twice.
  async withdraw(world, body) {
    const { id } = body.registration;
    if ((await world.client.get(`/v1/registrations/${id}`)).state !== 'withdrawn')
      await onRegistration(world, body.registration, body.registration, 'withdrawal', {}, named(body, 'withdraw'));
  },
  // Somebody else asks for the same credit code: neither passes by silence.
  async rival(world, body) {
    body.rival = await begin(world, body, 'rival', { contact_name: '冒名者' });
  },
  submitRival: (world, body) => submit(world, body, body.rival, 'rival-submit'),
  rejectRival: (world, body) => onRegistration(world, body.rival, reviewerOf(world, body), 'rejection',
    { reason: '申请人与该机构无关' }, named(body, 'rival-reject')),
};

// --- on the roll -------------------------------------------------------------------

const sanctions = async (world, body) => (await world.client.get(`/v1/sanctions?institution=${body.uscc}`)).items;

const onTheRoll = {
  async sanction(world, body, { measure, months = 0 }) {
    const mild = ['commend', 'reminder'].includes(measure);
    await world.client.twoPersons(reviewerOf(world, body), world.people.supervisor, 'sanction.impose', body.uscc, {
      measure, months, basis: `${world.county.name}中介服务机构管理办法(虚构)第二十条`,
      reason: mild ? '服务评价结果' : '中选后无正当理由放弃', evidence: sha256(`evidence ${body.uscc}`),
      notified: dayOf(world, -20), hearing: mild ? 'none' : 'held', ...!mild && { heard: dayOf(world, -10) },
    }, named(body, 'sanction'));
  },
  async repair(world, body) {
    const [{ id }] = await sanctions(world, body);
    await world.client.post(body.registration, `/v1/sanctions/${id}/repair`,
      { repair: '已整改并赔偿损失', evidence: sha256(`mended ${body.uscc}`) }, named(body, 'repair'));
    await world.client.twoPersons(reviewerOf(world, body), world.people.supervisor, 'sanction.repair', id,
      { reason: '整改到位' }, named(body, 'repaired'));
  },
  leave: (world, body) => world.client.post(body.registration, `/v1/institutions/${body.uscc}/withdrawal`, {}, named(body, 'leave')),
  employ: (world, body, { person_name, person_number }) => world.client.post(body.registration, '/v1/staff', {
    kind: '注册咨询工程师', insured_months: 6, evidence: sha256(`insurance ${body.uscc}`), person_name, person_number,
    registration_number: `ZC${body.uscc.slice(8, 16)}` }, named(body, 'employ')),
};

// --- qualifications ----------------------------------------------------------------

// Its first one, by its number.
async function ownQualification(world, body, number) {
  const { items } = await world.client.get(`/v1/qualifications?institution=${body.uscc}`);
  return items.find((one) => one.number === number);
}
const anew = (body) => ({ ...body.qualifications[0], number: `${body.qualifications[0].number}-2` });

async function decide(world, body, number, what, sent) {
  const { id, seq } = await ownQualification(world, body, number);
  await world.client.post(reviewerOf(world, body), `/v1/qualifications/${id}/${what}`, sent, named(body, `qualification-${what}`), seq);
}

const onQualifications = {
  declare: (world, body) => world.client.post(body.registration, '/v1/qualifications', anew(body), named(body, 'declare')),
  async renew(world, body) {
    const { id } = await ownQualification(world, body, body.qualifications[0].number);
    await world.client.post(body.registration, '/v1/qualifications',
      { ...anew(body), valid_from: dayOf(world, 0), valid_until: dayOf(world, 1095), replaces: id }, named(body, 'renew'));
  },
  confirm: (world, body) => decide(world, body, anew(body).number, 'confirmation', {}),
  refuse: (world, body) => decide(world, body, anew(body).number, 'refusal', { reason: '证书在发证机关的公示中查不到' }),
  pauseQualification: (world, body) => decide(world, body, body.qualifications[0].number, 'pause', { reason: '发证机关正在核查' }),
  resumeQualification: (world, body) => decide(world, body, body.qualifications[0].number, 'resumption', {}),
  revokeQualification: (world, body) => decide(world, body, body.qualifications[0].number, 'revocation', { reason: '证书已被发证机关撤销' }),
};

// --- listings ----------------------------------------------------------------------

async function onListing(world, who, step, what, sent) {
  const { listing, at, act } = step;
  await world.client.post(who, `/v1/listings/${listing.id}/${what}`, sent, `county-listing-${listing.number}-${act}-${at}`);
}

const onListings = {
  async draft(world, body, { listing }) {
    ({ id: listing.id } = await world.client.post(body.registration, '/v1/listings', listing.offer, `county-listing-${listing.number}`));
  },
  async bring(world, body, { listing }) {
    ({ id: listing.id } = await world.client.post(world.people.operator, '/v1/listings',
      { ...listing.offer, institution: body.uscc }, `county-listing-${listing.number}`));
  },
  redraft: (world, body, step) => onListing(world, body.registration, step, 'revision',
    { ...revisionOf(step.listing, 0), materials: `${step.listing.offer.materials}\n四、委托书` }),
  submitListing: (world, body, step) => onListing(world, body.registration, step, 'submission', {}),
  publish: (world, body, step) => onListing(world, world.people.operator, step, 'publication', {}),
  returnListing: (world, body, step) => onListing(world, world.people.operator, step, 'return', { defects: LISTING_DEFECTS }),
  revise: (world, body, step) => onListing(world, body.registration, step, 'revision', revisionOf(step.listing, step.version)),
  pauseListing: (world, body, step) => onListing(world, body.registration, step, 'pause', { reason: '承接能力已满' }),
  resumeListing: (world, body, step) => onListing(world, body.registration, step, 'resumption', {}),
  withdrawListing: (world, body, step) => onListing(world, body.registration, step, 'withdrawal', { reason: '不再提供此项服务' }),
};

// Those that make something: a load that goes on asks what they were answered.
export const MAKING = new Set(['register', 'rival', 'draft', 'bring']);

export const ACTS = { ...registering, ...onTheRoll, ...onQualifications, ...onListings };
