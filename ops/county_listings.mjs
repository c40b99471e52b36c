// county_listings.mjs -- what the institutions of a county offer, in each state.
import { at, Chance } from './county_chance.mjs';

const DRAFTED = 9; // o'clock
const CHECKED = 10;
// Common days on which those who revise do so: fees rise, fall, promises shorten.
const REVISIONS = [200, 300, 390, 480];
const PAUSED = 500;
const WITHDRAWN = 510;

const published = (day) => [
  { at: at(day, DRAFTED), act: 'draft' }, { at: at(day, DRAFTED), act: 'submitListing' },
  { at: at(day + 1, CHECKED), act: 'publish' }];
const revised = (count) => (day) => [...published(day),
  ...REVISIONS.filter((one) => one > day + 1).slice(0, count).map((one, i) => ({ at: at(one, 11), act: 'revise', version: i + 1 }))];

// Steps of a listing whose institution has settled on `day`; `last` is the last day.
const FATES = {
  published, once: revised(1), twice: revised(2), often: revised(4),
  brought: (day) => [{ at: at(day, CHECKED), act: 'bring' }], // by the operator, who has checked it
  mended: (day) => [
    { at: at(day, DRAFTED), act: 'draft' }, { at: at(day, DRAFTED), act: 'submitListing' },
    { at: at(day + 1, CHECKED), act: 'returnListing' },
    { at: at(day + 3, DRAFTED), act: 'redraft' }, { at: at(day + 3, DRAFTED), act: 'submitListing' },
    { at: at(day + 4, CHECKED), act: 'publish' }],
  paused: (day) => [...published(day), { at: at(PAUSED, 10), act: 'pauseListing' }],
  resumed: (day) => [...published(day), { at: at(PAUSED, 10), act: 'pauseListing' }, { at: at(WITHDRAWN, 10), act: 'resumeListing' }],
  withdrawn: (day) => [...published(day), { at: at(WITHDRAWN, 10), act: 'withdrawListing' }],
  draft: (day, last) => [{ at: at(last, DRAFTED), act: 'draft' }],
  check: (day, last) => [{ at: at(last, DRAFTED), act: 'draft' }, { at: at(last, DRAFTED), act: 'submitListing' }],
  returned: (day, last) => [
    { at: at(last - 1, DRAFTED), act: 'draft' }, { at: at(last - 1, DRAFTED), act: 'submitListing' },
    { at: at(last, CHECKED), act: 'returnListing' }],
};
const LEAVING = { at: at(429, 10), act: 'withdrawListing' };

// --- what is offered ---------------------------------------------------------------

const round = (fen, to) => Math.max(to, Math.round(fen / to) * to);

// By the unit of the category: what one pays.
function feeOf(chance, { unit, least_fen, most_fen }, scale = 1) {
  const fen = round((least_fen + chance.next() * (most_fen - least_fen)) * scale, 10_000);
  if (unit === 'investment')
    return { unit, formula: 'staged', brackets: [{ above: 0, rate: 3000 + 250 * chance.between(0, 8) }, { above: 1_000_000_000, rate: 1500 + 250 * chance.between(0, 4) }],
      min_fen: fen, max_fen: fen * 6 };
  if (unit === 'item')
    return { unit, formula: 'flat', base_fen: fen };
  return { unit, formula: 'linear', base_fen: fen, brackets: [{ above: 0, rate: round(fen / 50, 100) * 1_000_000 }], min_fen: fen, max_fen: fen * 20 };
}

function offerOf(county, body, category, chance) {
  const cap = category.cap_days || 30;
  const days = Math.max(1, Math.round(cap * (0.5 + 0.5 * chance.next())));
  const urgent = days > 4 && chance.next() < 0.3;
  const kind = county.fees[category.code[0]];
  return { category: category.code, service_name: category.service, basis: category.basis || '委托合同约定', serves: `项目业主;${category.approval_item || category.service}`,
    conditions: '项目已立项,所需场地可以进入', materials: '一、立项文件\n二、前期资料\n三、用地或现场范围图', steps: '签订合同\n现场踏勘\n编制成果\n内部审核\n交付',
    promised_days: days, deadline_unit: category.cap_unit || 'workday', counts_from: chance.of(['contract', 'materials']),
    ...urgent && { urgent_days: Math.ceil(days / 2), urgent_surcharge_bp: 500 * chance.between(2, 8) },
    fee: feeOf(chance, kind), fee_basis: '市场调节价', rules: '按现行技术标准编制,成果经内部三级审核后交付',
    complaint_channel: `${body.name} 0000-${1_000_000 + body.number};${county.name}中介服务超市 12345`, qualifications: category.qualification || '无强制资质' };
}

// A fee that rises or falls by a tenth or two, and days that do not grow.
export function revisionOf({ offer, seed, number }, version) {
  const chance = new Chance(seed, `revision ${number} ${version}`);
  const scale = version % 3 === 0 ? 0.9 : 1.1 + 0.1 * chance.next();
  const fee = { ...offer.fee };
  for (const name of ['base_fen', 'min_fen', 'max_fen'])
    if (fee[name])
      fee[name] = round(fee[name] * scale, 100);
  const { category: _, ...said } = offer;
  return { ...said, fee, promised_days: Math.max(1, offer.promised_days - (version > 1 ? 1 : 0)),
    ...offer.urgent_days && { urgent_days: Math.min(offer.urgent_days, Math.max(1, offer.promised_days - 1)) } };
}

// --- who offers what ---------------------------------------------------------------

// Each settled body offers some of the categories of its trade; the counts say how
// many listings meet with each fate. Those that will not be able to act have plain ones.
export function listingsOf(county, catalogue, settled, { part, last, restless }) {
  const wanted = Object.entries(county.listings).flatMap(([fate, count]) =>
    Array.from({ length: part === 1 ? count : Math.max(1, Math.round(count * part)) }, () => fate));
  const fates = new Chance(county.seed, 'listings').shuffle(wanted);
  const plain = fates.filter((fate) => fate === 'published').length;
  const slots = [];
  for (let nth = 0; slots.length < fates.length; nth++) {
    const before = slots.length;
    for (const body of settled)
      if (nth < body.trade.categories.length && slots.length < fates.length)
        slots.push({ body, code: body.trade.categories[(body.number + nth) % body.trade.categories.length] });
    if (slots.length === before)
      throw new Error(`the trades have room for ${slots.length} listings of ${fates.length}`);
  }
  const quiet = slots.filter(({ body }) => restless(body));
  if (quiet.length > plain)
    throw new Error('more listings of those who will not act than are only published');
  const others = [...fates].sort((a, b) => (a === 'published') - (b === 'published')); // the plain ones last
  for (const [i, { body, code }] of [...slots.filter((slot) => !quiet.includes(slot)), ...quiet].entries()) {
    const chance = new Chance(county.seed, `listing ${i}`);
    const listing = { number: i + 1, seed: county.seed, fate: others[i], offer: offerOf(county, body, catalogue.get(code), chance) };
    body.listings.push(listing);
    body.steps.push(...FATES[listing.fate](body.settled, last).map((step) => ({ ...step, listing })));
    if (body.after === 'left')
      body.steps.push({ ...LEAVING, listing });
  }
}
