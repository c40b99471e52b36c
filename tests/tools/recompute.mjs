// recompute.mjs URL -- reckon every number of the first page from /v1/events alone.
//
// Prints what differs and exits with 1, or says that nothing does. It shares no code
// with klerod and reads no row: what an object is in is what its last event made it.
//   readEvents(get) → all published events; get(path) gives the JSON of a path
//   recompute(events, size, offersSize) → what GET /v1/home shows after so many
//   differences(home, events) → [[path, shown, reckoned], …]
import { pathToFileURL } from 'node:url';

// What each kind of event makes of its subject; others leave its state alone.
const MAKES = {
  institution: { admitted: 'active', entered: 'active', restored: 'active', suspended: 'suspended', removed: 'removed', withdrawn: 'withdrawn' },
  registration: { made: 'draft', submitted: 'submitted', returned: 'returned', passed: 'publicity', deemed: 'publicity', entered: 'entered',
    rejected: 'rejected', withdrawn: 'withdrawn', lapsed: 'lapsed' },
  qualification: { declared: 'declared', confirmed: 'active', resumed: 'active', paused: 'paused', replaced: 'replaced', revoked: 'revoked', dropped: 'dropped' },
  sanction: { imposed: 'imposed', expired: 'expired', repaired: 'repaired' },
  category: { published: 'active', retired: 'retired' },
  listing: { drafted: 'draft', returned: 'draft', submitted: 'check', published: 'published', resumed: 'published', paused: 'paused', withdrawn: 'withdrawn' },
  notice: { published: 'open', closed: 'closed', opened: 'judged', failed: 'failed' },
  draw: { drafted: 'drafted', declared: 'declared', locked: 'locked', sealed: 'sealed', stopped: 'stopped', closed: 'closed', annulled: 'annulled', dropped: 'dropped' },
};
const PLURAL = { category: 'categories' };
const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400 };
const LIST_MAX = 5;
const NAMES_MAX = 3;
const DECIDES = ['passed', 'returned', 'rejected', 'deemed'];

export async function readEvents(get) {
  const events = [];
  for (let after = '';;) {
    const { items, next_cursor } = await get(`/v1/events?limit=200${after}`);
    events.push(...items);
    if (next_cursor === null)
      return events;
    after = `&after=${next_cursor}`;
  }
}

// Every object: what it is in, what was said of it last, and its events.
function replay(events) {
  const all = Object.fromEntries(Object.keys(MAKES).map((kind) => [kind, new Map()]));
  for (const event of events) {
    const [kind, what] = event.kind.split('.');
    const objects = all[kind];
    if (!objects)
      continue;
    if (!objects.has(event.subject))
      objects.set(event.subject, { id: event.subject, events: [] });
    const object = objects.get(event.subject);
    object.state = MAKES[kind][what] ?? object.state;
    object.data = event.data;
    object.events.push({ what, at: event.at, data: event.data, index: event.index });
  }
  return all;
}

const count = (objects, states) => Object.fromEntries(states.map((state) =>
  [state, [...objects.values()].filter((one) => one.state === state).length]));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;

// The first decision on each submission, and whether its time had passed before.
function formChecks(registrations) {
  const sum = { decided: 0, on_time: 0, deemed: 0, overdue: 0 };
  const used = [];
  for (const { events } of registrations.values()) {
    const rounds = new Map();
    for (const { what, at, data } of events) {
      if (!data.round || ![...DECIDES, 'overdue'].includes(what))
        continue;
      const round = rounds.get(data.round) ?? {};
      rounds.set(data.round, round);
      if (round.by)
        continue;
      if (what === 'overdue')
        round.late = true;
      else
        Object.assign(round, { by: what, seconds: (Date.parse(at) - Date.parse(data.submitted_at)) / 1000 });
    }
    for (const { by, late, seconds } of rounds.values()) {
      sum.deemed += by === 'deemed';
      sum.overdue += Boolean(late && !by);
      if (!by || by === 'deemed')
        continue;
      sum.decided++;
      sum.on_time += !late;
      used.push(seconds);
    }
  }
  return { ...sum, median_s: median(used) };
}

// What is published by an institution that is on the roll.
function offersOf(all, size) {
  const listings = [...all.listing.values()].filter(({ state, data }) =>
    state === 'published' && all.institution.get(data.institution)?.state === 'active').map(({ data }) => data);
  const suppliers = new Map();
  for (const { category, institution } of listings)
    if (all.category.get(category)?.state === 'active')
      suppliers.set(category, (suppliers.get(category) ?? new Set()).add(institution));
  return { log_size: size, listings: listings.length, suppliers: new Set(listings.map(({ institution }) => institution)).size,
    categories: suppliers.size, single: [...suppliers.values()].filter((some) => some.size === 1).length,
    median_workdays: median(listings.filter(({ deadline_unit }) => deadline_unit === 'workday').map(({ promised_days }) => promised_days)) };
}

// --- notices and draws --------------------------------------------------------------

const textOf = (draw, what) => draw.events.findLast((one) => one.what === what)?.data.text;
const fieldOf = (text, name) => text?.match(new RegExp(`^${name} (.*)$`, 'm'))?.[1];
const noticeOf = (all, draw) => {
  const number = draw.id.replace(/^D-/, 'ZJ-').replace(/-\d+$/, '');
  return [...all.notice.values()].find(({ data }) => data.number === number);
};

function running(all) {
  return [...all.notice.values()].filter(({ state }) => state === 'open').map(({ id, data }) =>
    ({ notice: id, number: data.number, title: data.title, owner_name: data.owner_name, category: data.category, signup_close: data.signup_close }))
    .sort((a, b) => a.signup_close < b.signup_close ? -1 : a.signup_close > b.signup_close ? 1 : a.number < b.number ? -1 : 1).slice(0, LIST_MAX);
}

function drawOf(all, draw) {
  const { data } = noticeOf(all, draw);
  const roster = textOf(draw, 'roster') ?? textOf(draw, 'drafted');
  return { draw: draw.id, state: draw.state, title: data.title, owner_name: data.owner_name,
    entrants: Number(fieldOf(roster, 'entries')), selected: data.select };
}

// When it goes on. The time of a round is known of its network alone: then the least.
function nextTime(all, draw, policies) {
  const after = (time, seconds) => new Date(Date.parse(time) + seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z');
  const declare = textOf(draw, 'declared');
  if (draw.state === 'drafted') {
    const { n, unit } = policies.get(noticeOf(all, draw).data.policy).draw.objection;
    return after(draw.events[0].at, n * SECONDS[unit]);
  }
  if (draw.state === 'declared')
    return fieldOf(declare, 'commit-by');
  const revealed = fieldOf(declare, 'reveal-by');
  return draw.state === 'sealed' && fieldOf(declare, 'beacon') !== 'none'
    ? after(revealed, Number(fieldOf(declare, 'beacon-delay'))) : revealed;
}

function next(all, policies) {
  return [...all.draw.values()].filter(({ state }) => ['drafted', 'declared', 'locked', 'sealed'].includes(state))
    .map((draw) => ({ ...drawOf(all, draw), at: nextTime(all, draw, policies) }))
    .sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : a.draw < b.draw ? -1 : 1).slice(0, LIST_MAX);
}

function results(all) {
  const closing = (draw) => draw.events.find(({ what }) => what === 'closed');
  return [...all.draw.values()].filter((draw) => draw.state === 'closed' && fieldOf(closing(draw).data.text, 'outcome') === 'result')
    .sort((a, b) => closing(b).index - closing(a).index).slice(0, LIST_MAX).map((draw) => {
      const ranks = [...(textOf(draw, 'result') ?? '').matchAll(/^rank \d+ \S+ (\S+) selected$/gm)].map(([, entry]) => entry);
      return { ...drawOf(all, draw), closed_at: closing(draw).at, replacements: draw.events.filter(({ what }) => what === 'replaced').length,
        names: ranks.slice(0, NAMES_MAX).map((entry) => ({ entry, name: nameOf(all, entry, draw) })) };
    });
}

// As it was called when the roster was drawn up.
function nameOf(all, uscc, draw) {
  const before = all.institution.get(uscc).events.filter(({ index }) => index < draw.events[0].index);
  return before[before.length - 1].data.name;
}

// --- all of it -----------------------------------------------------------------------

export function recompute(events, size, offersSize) {
  const known = events.filter(({ index }) => index < size);
  const all = replay(known);
  const policies = new Map(known.filter(({ kind }) => kind === 'policy.adopted').map(({ subject, data }) => [subject, data.policy]));
  const reckoned = { log_size: size, at: known[known.length - 1]?.at };
  for (const [kind, makes] of Object.entries(MAKES))
    reckoned[PLURAL[kind] ?? `${kind}s`] = count(all[kind], [...new Set(Object.values(makes))]);
  reckoned.qualifications.expiring = [...all.qualification.values()].filter(({ state, data }) => state === 'active' && data.days_left > 0).length;
  const outcomes = [...all.draw.values()].filter(({ state }) => ['closed', 'annulled'].includes(state))
    .map((draw) => fieldOf(textOf(draw, 'closed'), 'outcome'));
  reckoned.outcomes = Object.fromEntries(['result', 'failed', 'void'].map((one) => [one, outcomes.filter((is) => is === one).length]));
  return { ...reckoned, form_checks: formChecks(all.registration), running: running(all), next: next(all, policies), results: results(all),
    offers: offersSize === undefined ? null : offersOf(replay(events.filter(({ index }) => index < offersSize)), offersSize) };
}

function compare(shown, reckoned, path, found) {
  if (shown !== null && typeof shown === 'object' && reckoned !== null && typeof reckoned === 'object') {
    for (const name of new Set([...Object.keys(shown), ...Object.keys(reckoned)]))
      compare(shown[name], reckoned[name], `${path}/${name}`, found);
  } else if (shown !== reckoned) {
    found.push([path, shown, reckoned]);
  }
}

export function differences(home, events) {
  const found = [];
  const { rehearsal: _, ...shown } = home;
  compare(shown, recompute(events, home.log_size, home.offers?.log_size), '', found);
  // A round of drand comes at the first beat of its network after the delay.
  return found.filter(([path, at, least]) => !(/^\/next\/\d+\/at$/.test(path) && home.next[path.split('/')[2]].state === 'sealed'
    && Date.parse(at) >= Date.parse(least) && Date.parse(at) - Date.parse(least) < 60_000));
}

async function main(url) {
  const get = async (path) => {
    const reply = await fetch(new URL(path, url));
    if (!reply.ok)
      throw new Error(`${path}: ${reply.status}`);
    return reply.json();
  };
  const home = await get('/v1/home');
  let events = await readEvents(get);
  while (events.length < home.log_size) // committed, and published in a moment
    events = await readEvents(get);
  const found = differences(home, events);
  for (const [path, shown, reckoned] of found)
    console.log(`${path}: ${JSON.stringify(shown)} is shown, ${JSON.stringify(reckoned)} is what the events say`);
  console.log(`${home.log_size} events; ${found.length ? `${found.length} numbers differ` : 'every number is what the events say'}`);
  process.exitCode = found.length ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await main(process.argv[2]);
