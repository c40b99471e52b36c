// county.mjs -- eighteen months of a county, lived through in a rehearsal.
//
// liveThrough({ url, socketPath, county, people, secret, part, tell })
// needs a service whose rehearsal has just begun, with region, policy, catalogue
// and people: { operator, reviewers, supervisor, auditor, owner }, each { token }.
// It goes on where an earlier one was cut short, changes nothing where all is done,
// and returns the plan. `secret`, 32 bytes, is what tokens of institutions are made
// from; tell(zh, en) is told how far it is.
import { setTimeout as sleep } from 'node:timers/promises';
import { ACTS, MAKING } from './county_acts.mjs';
import { Client } from './county_client.mjs';
import { planOf, timetable } from './county_plan.mjs';

const MOVING_S_MAX = 600;
const POLL_MS = 20;
const TOLD_MS = 5000;

// The catalogue as the service has it, by code.
export async function catalogueOf(client) {
  const all = new Map();
  for (let path = '/v1/categories?limit=200'; path;) {
    const { items, next_cursor } = await client.get(path);
    for (const one of items)
      all.set(one.id, { ...one, code: one.id });
    path = next_cursor && `/v1/categories?limit=200&cursor=${next_cursor}`;
  }
  return all;
}

const textOf = (time) => new Date(time).toISOString().replace(/\.\d+Z/, 'Z');

async function clock(client) {
  const { now, moving, joined } = await client.get('/v1/rehearsal/time');
  return { now: Date.parse(now), moving, joined };
}

async function settled(client, until) {
  for (const end = Date.now() + MOVING_S_MAX * 1000; ; await sleep(POLL_MS)) {
    const time = await clock(client);
    if (until(time))
      return time;
    if (Date.now() > end)
      throw new Error(`time stands at ${textOf(time.now)}`);
  }
}

// Not past it: a load that goes on has been there.
async function moveTo(world, time) {
  const { now } = await settled(world.client, ({ moving }) => !moving);
  if (now < time) {
    await world.client.post(world.people.operator, '/v1/rehearsal/time', { to: textOf(time) }, `county-time-${time}`);
    await settled(world.client, ({ now: is, moving }) => is >= time && !moving);
  }
  world.now = time;
}

// --- what a county has besides -----------------------------------------------------

async function prepare(world) {
  const { client, county, people } = world;
  const { zone, regions, region } = county;
  for (const { code, name } of [...regions, zone].filter((one) => one.code !== region))
    await client.admin('/v1/regions', { code, name, parent: region }, `county-region-${code}`);
  const day = new Date(world.begin + 8 * 3_600_000).toISOString().slice(0, 10);
  const { id } = await client.get(`/v1/regions/${region}/policy?on=${day}`);
  const { policy } = zone;
  await client.twoPersons(people.supervisor, people.auditor, 'policy.adopt', `${zone.code}-${policy.version}`,
    { inherits: id, region: zone.code, effective_from: day, ...policy }, 'county-policy-zone');
  world.pledge = (await client.get('/v1/pledge')).digest;
}

async function publish(world, { number, open_days, members }) {
  const { client, people, county } = world;
  await client.post(people.owner, '/v1/notices', { ...county.notice, ...members,
    signup_close: textOf(world.now + open_days * 86_400_000) }, `county-notice-${number}`);
}

// --- all of it ----------------------------------------------------------------------

// What is over has happened: of that only the answers are wanted.
async function happen(world, { bodies, notices }, over) {
  await world.client.each(bodies, async ({ body, steps }) => {
    for (const step of steps)
      if (!over || MAKING.has(step.act))
        await ACTS[step.act](world, body, step);
  });
  for (const notice of over ? [] : notices)
    await publish(world, notice);
}

function progress(world, tell, total) {
  let told = Date.now();
  return (done, last) => {
    if (Date.now() - told < TOLD_MS && !last)
      return;
    told = Date.now();
    const day = new Date(world.now + 8 * 3_600_000).toISOString().slice(0, 10);
    const { acts } = world.client;
    tell(`${day} · 已办 ${acts} 件 · ${done}/${total}`, `${acts} acts so far`);
  };
}

export async function liveThrough({ url, socketPath, county, people, secret, part = 1, tell = () => {} }) {
  const client = new Client({ url, socketPath });
  const { items: [first] } = await client.get('/v1/events?limit=1');
  // Midnight in Beijing of the day on which the log begins.
  const begin = Math.floor((Date.parse(first.at) + 8 * 3_600_000) / 86_400_000) * 86_400_000 - 8 * 3_600_000;
  const world = { client, county, people, secret, begin, now: begin };
  try {
    const plan = planOf(county, await catalogueOf(client), { begin, part });
    if ((await clock(client)).joined)
      return plan;
    await prepare(world);
    const times = timetable(plan);
    const told = progress(world, tell, times.length);
    const { now } = await settled(client, ({ moving }) => !moving);
    for (const [i, time] of times.entries()) {
      await moveTo(world, begin + time.at * 60_000);
      await happen(world, time, world.now < now);
      told(i + 1, i + 1 === times.length);
    }
    await client.post(people.operator, '/v1/rehearsal/joining', {}, 'county-joining');
    await settled(client, ({ joined, moving }) => joined && !moving);
    return plan;
  } finally {
    client.close();
  }
}
