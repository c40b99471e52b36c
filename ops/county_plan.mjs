// county_plan.mjs -- a county as a plan: who comes when, and what becomes of him.
//
// planOf(county, catalogue, part) → { bodies, notices, last }: of each body what
// it is and its steps, { at, act, … } with `at` in minutes from midnight in
// Beijing of the first day. Pure: seed, ingredients and catalogue decide. `part`
// of 1 is the whole county, 0.1 a tenth with at least one of everything.
import { at, brands, Chance, creditCode, paper, sha256, somebody } from './county_chance.mjs';
import { listingsOf } from './county_listings.mjs';

// Monday of each wave, in days from the first Monday.
const WAVES = [0, 63, 133, 224, 336];
const ACTIVE_FROM = 28; // days after a wave its institutions have settled
const CHECKS = [[0, 16, 0], [1, 10, 0], [1, 15, 30], [2, 11, 0]]; // day, hour, minute

const dayText = (begin, day) => new Date(begin + (day - 1) * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);

// How many of each, of the whole or a part of it.
function spread(counts, part) {
  return Object.entries(counts).flatMap(([fate, count]) =>
    Array.from({ length: part === 1 ? count : Math.max(1, Math.round(count * part)) }, () => fate));
}

// --- registering -------------------------------------------------------------------

const checked = (body, monday) => {
  const [day, hour, minute] = body.chance.of(CHECKS);
  return [{ at: at(monday, 9), act: 'register' }, { at: at(monday, 9), act: 'submit' }, { at: at(monday + day, hour, minute), act: 'pass' }];
};
const untouched = (body, monday) => [{ at: at(monday, 9), act: 'register' }, { at: at(monday, 9), act: 'submit' }];

// What each fate does in the wave of a Monday.
const REGISTERING = {
  passed: checked,
  mended: (body, monday) => [
    { at: at(monday, 9), act: 'register', lacking: true }, { at: at(monday, 9), act: 'submit' },
    { at: at(monday + 1, 15, 30), act: 'return' },
    { at: at(monday + 3, 10), act: 'amend' }, { at: at(monday + 3, 10), act: 'submit' },
    { at: at(monday + 4, 10), act: 'pass' }],
  deemed: untouched,
  late: (body, monday) => [...untouched(body, monday), { at: at(monday + 14, 10), act: 'pass' }],
  contested: (body, monday) => [
    ...untouched(body, monday), { at: at(monday, 9), act: 'rival' }, { at: at(monday, 9), act: 'submitRival' },
    { at: at(monday + 14, 10), act: 'rejectRival' }, { at: at(monday + 14, 10), act: 'pass' }],
  rejected: (body, monday) => [...untouched(body, monday), { at: at(monday + 1, 10), act: 'reject' }],
  withdrawn: (body, monday) => [...untouched(body, monday), { at: at(monday, 16), act: 'withdraw' }],
  lapsed: (body, monday) => [{ at: at(monday, 9), act: 'register' }],
};

// In the last days: they are as they are when the county is there.
const AT_LAST = {
  draft: (body, last) => [{ at: at(last, 9), act: 'register' }],
  submitted: (body, last) => [{ at: at(last, 9), act: 'register' }, { at: at(last, 9), act: 'submit' }],
  returned: (body, last) => [
    { at: at(last - 2, 9), act: 'register', lacking: true }, { at: at(last - 2, 9), act: 'submit' },
    { at: at(last - 1, 10), act: 'return' }],
  publicity: (body, last) => [
    { at: at(last - 1, 9), act: 'register' }, { at: at(last - 1, 9), act: 'submit' }, { at: at(last, 9), act: 'pass' }],
};
// Where nothing passes by silence and who is passed is shown for days.
const OF_THE_ZONE = ['late', 'publicity'];

// --- on the roll -------------------------------------------------------------------

const sanction = (measure, day, more = {}) => ({ at: at(day, 10), act: 'sanction', measure, ...more });

// What becomes of one that has entered; `last` is the last day of the plan.
const AFTERWARDS = {
  suspended: (last) => [sanction('suspend', last - 40, { months: 3 })],
  served: () => [sanction('suspend', 420, { months: 1 })],
  repaired: (last) => [sanction('suspend', 420, { months: 12 }), { at: at(last - 40, 10), act: 'repair' }],
  removed: () => [sanction('remove', 420)],
  blacklisted: () => [sanction('blacklist', 420, { months: 24 })],
  commended: () => [sanction('commend', 420, { months: 12 })],
  warned: () => [sanction('reminder', 420)],
  left: () => [{ at: at(430, 10), act: 'leave' }],
};
// Their listings must not be touched while they may not act.
const RESTLESS = ['suspended', 'served', 'repaired', 'removed', 'blacklisted', 'left'];

// --- papers ------------------------------------------------------------------------

// It is stored before it is named; what names it is its digest.
function hold(body, name, line) {
  const bytes = paper(line);
  body.papers.push({ name, bytes, digest: sha256(bytes) });
  return sha256(bytes);
}

// --- qualifications ----------------------------------------------------------------

// Day of its end, from the first; what is done about it.
const EXPIRING = {
  expired: (last) => ({ until: last - 60, steps: [] }),
  renewed: (last) => ({ until: last - 20, steps: [{ at: at(last - 40, 10), act: 'renew' }, { at: at(last - 39, 10), act: 'confirm' }] }),
  expiring: (last) => ({ until: last + 21, steps: [] }),
  declared: (last) => ({ steps: [{ at: at(last - 1, 10), act: 'declare' }] }),
  refused: (last) => ({ steps: [{ at: at(last - 40, 10), act: 'declare' }, { at: at(last - 39, 10), act: 'refuse' }] }),
  paused: (last) => ({ steps: [{ at: at(last - 39, 10), act: 'pauseQualification' }] }),
  revoked: (last) => ({ steps: [{ at: at(last - 39, 10), act: 'revokeQualification' }] }),
  resumed: (last) => ({ steps: [{ at: at(last - 40, 10), act: 'pauseQualification' }, { at: at(last - 39, 10), act: 'resumeQualification' }] }),
};

function qualificationsOf(body, categories, begin, until) {
  const kinds = [...new Set(categories.map(({ qualification }) => qualification))].slice(0, 3);
  return kinds.map((kind, i) => ({ kind, level: body.chance.of(['甲级', '乙级', '丙级']), scopes: categories.map(({ service }) => service).slice(0, 8),
    number: `示资证字第${body.uscc.slice(8, 16)}${i + 1}号`, issuer: '示例省行业主管部门',
    valid_from: dayText(begin, -400), valid_until: dayText(begin, i === 0 && until ? until : 1500 + 30 * body.chance.between(0, 12)),
    evidence: hold(body, `证书${i + 1}.pdf`, `Certificate ${i + 1} of ${body.uscc} - invented`) }));
}

// --- a body ------------------------------------------------------------------------

function bodyOf(county, number, brand, region) {
  const chance = new Chance(county.seed, `body ${number}`);
  const { uscc_region: code, regions } = county;
  const eight = `MA${String(200_000 + number * 2_711).padStart(6, '0')}`;
  const uscc = creditCode(code, eight);
  const trade = county.rare_trades[number - 1] ?? county.trades[number % county.trades.length];
  const head = somebody(chance, county, number);
  const name = `${county.name}${brand}${chance.of(trade.suffixes)}`;
  const presence = chance.of(['both', 'online', 'window']);
  const body = { number, uscc, name, trade, chance, region: region ?? chance.of(regions).code, steps: [], listings: [], papers: [],
    profile: { kind: chance.next() < 0.9 ? 'enterprise' : chance.of(['public-institution', 'social-organisation']),
      legal_representative: head.person_name, address: `${county.name}${chance.of(county.streets)}${chance.between(1, 199)} 号`,
      founded: `${chance.between(1996, 2022)}-0${chance.between(1, 9)}-1${chance.between(0, 9)}`, capital_fen: chance.of([1, 2, 5, 10, 30]) * 100_000_000,
      presence, ...presence !== 'online' && { counter: `二楼 ${chance.between(1, 40)} 号` },
      contact_name: somebody(chance, county, number).person_name, contact_phone: `0000-${String(1_000_000 + number)}` },
    affiliations: [{ kind: 'legal-representative', ...head }] };
  return Object.assign(body, { licence: hold(body, '营业执照.pdf', `Licence of ${uscc} - invented`) });
}

// Some share the person who represents them: they are one group.
function tie(bodies, every) {
  bodies.forEach((body, i) => {
    if (i % every === 1)
      Object.assign(body, { affiliations: bodies[i - 1].affiliations,
        profile: { ...body.profile, legal_representative: bodies[i - 1].profile.legal_representative } });
  });
}

function lost(code) {
  throw new Error(`the catalogue has no category ${code}`);
}

export function planOf(county, catalogue, { begin, part = 1 }) {
  const monday = (8 - new Date(begin + 8 * 3_600_000).getUTCDay()) % 7;
  const last = county.days - 1;
  const names = brands(county);
  const chance = new Chance(county.seed, 'fates');
  const fates = spread(county.registrations, part);
  const bodies = fates.map((fate, i) =>
    Object.assign(bodyOf(county, i + 1, names[i], OF_THE_ZONE.includes(fate) ? county.zone.code : undefined), { fate }));
  const entered = bodies.filter(({ fate }) => ['passed', 'mended', 'deemed', 'late', 'contested'].includes(fate));
  const steady = chance.shuffle(entered.filter(({ fate }) => fate === 'passed'));
  for (const [i, after] of spread(county.afterwards, part).entries())
    steady[i].after = after;
  const calm = steady.filter(({ after }) => !after);
  for (const [i, qualification] of spread(county.qualifications, part).entries())
    calm[i].qualification = qualification;
  tie(calm.slice(-Math.max(2, Math.round(20 * part))), 4);
  for (const [i, body] of bodies.entries()) {
    const early = body.after || body.qualification;
    const wave = monday + WAVES[early ? i % 3 : body.fate === 'lapsed' ? i % 4 : i % WAVES.length];
    const care = body.qualification && EXPIRING[body.qualification](last);
    const categories = body.trade.categories.map((code) => catalogue.get(code) ?? lost(code));
    body.qualifications = qualificationsOf(body, categories, begin, care?.until);
    body.steps.push(...AT_LAST[body.fate] ? AT_LAST[body.fate](body, last) : REGISTERING[body.fate](body, wave));
    body.settled = entered.includes(body) ? wave + ACTIVE_FROM : null;
    if (body.settled !== null && body.number % 3 === 0)
      body.steps.push({ at: at(body.settled, 9), act: 'employ', ...somebody(body.chance, county, 5000 + body.number) });
    body.steps.push(...care?.steps ?? [], ...body.after ? AFTERWARDS[body.after](last) : []);
  }
  const settled = bodies.filter((body) => body.settled !== null);
  listingsOf(county, catalogue, settled, { part, last, restless: (body) => RESTLESS.includes(body.after) });
  for (const body of bodies)
    body.steps.sort((a, b) => a.at - b.at); // stable: those of one time in the order they were said
  return { bodies, last, notices: noticesOf(county, last) };
}

// Asked for in between, with nobody who signed up; and some that still run.
function noticesOf(county, last) {
  return county.notices.map(({ day, open_days, ...members }, i) =>
    ({ number: i + 1, at: at(day < 0 ? last + 1 + day : day, 14), open_days, members }));
}

// Of the whole plan: what happens at which time, in order.
export function timetable({ bodies, notices }) {
  const times = new Map();
  const time = (minutes) => times.get(minutes) ?? times.set(minutes, { at: minutes, bodies: [], notices: [] }).get(minutes);
  for (const body of bodies)
    for (const minutes of new Set(body.steps.map((step) => step.at)))
      time(minutes).bodies.push({ body, steps: body.steps.filter((step) => step.at === minutes) });
  for (const notice of notices)
    time(notice.at).notices.push(notice);
  return [...times.values()].sort((a, b) => a.at - b.at);
}
