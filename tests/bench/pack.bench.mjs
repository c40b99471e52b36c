// pack.bench.mjs -- the evidence pack of a draw with 10,000 entrants: made by
// klerod for a GET, and verified by a stranger.
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { until } from '../api/client.mjs';
import { evidence } from '../api/evidence.mjs';
import { fillEntrants } from './fill.mjs';
import { cpuOfRun, cpu_us, middle, rounds, row, run, scratchInstallation } from './measure.mjs';

const ENTRANTS = 10_000;
const SIGNUP_S = 45;
const WAIT_MS_MAX = 300_000;

const comesTo = (it, { id }, state) => until(async () => {
  const { status, body } = await it.call('GET', `/v1/draws/${id}`);
  return status === 200 && body.state === state;
}, `${id} ${state}`, WAIT_MS_MAX);

async function played(it, peers, say) {
  const { operator, supervisor } = (await it.people()).parties;
  const policy = { draw: { commit: { n: 10, unit: 'second' }, reveal: { n: 10, unit: 'second' } } };
  await it.policy(policy);
  const tokens = await fillEntrants(it, ENTRANTS, await it.category());
  const notice = await it.aNotice({ signup_s: SIGNUP_S, select: 10, alternates: 20 });
  const lines = tokens.map((token) => `/v1/notices/${notice.id}/signups ${token} ${randomUUID()} {}\n`).join('');
  const { status } = JSON.parse(await run(join(peers, 'load_posts'), [new URL(it.url).port, 32], { input: lines }));
  if (status['201'] !== ENTRANTS)
    throw new Error(`sign-ups: ${JSON.stringify(status)}`);
  say('signed up');
  const draw = it.drawOf(notice, [], { operator, supervisor });
  await comesTo(it, draw, 'declared');
  for (const act of ['commit', 'reveal']) {
    if (act === 'reveal')
      await comesTo(it, draw, 'locked');
    for (const name of ['operator', 'supervisor']) {
      const reply = await draw[act](name);
      if (reply.status !== 201)
        throw new Error(reply.text);
    }
  }
  await comesTo(it, draw, 'closed');
  return { id: draw.id, ...await evidence(it).verified(draw.id, { operator, supervisor }) };
}

export async function bench({ build, peers, say }) {
  const it = await scratchInstallation(build);
  try {
    const { id, file } = await played(it, peers, say);
    const path = `/v1/draws/${id}/pack`;
    const get = async () => {
      const pids = [it.daemon.child.pid];
      const [from, before] = [performance.now(), cpu_us(pids)];
      const { status, bytes } = await it.call('GET', path);
      if (status !== 200)
        throw new Error(`${path}: ${status}`);
      return { ms: performance.now() - from, cpu_us: cpu_us(pids) - before, size: bytes.length };
    };
    const seen = await rounds({ get, verify: () => cpuOfRun(join(build, 'klero'), ['verify', file, '--trust', join(dirname(file), 'trust.txt')]) });
    const [pack, verify] = [middle(seen.get), middle(seen.verify)];
    return [
      row('pack of 10,000 entrants, GET', pack.ms / 1000, { most: 0.1, unit: 's', digits: 3, cpu_us: pack.cpu_us,
        note: `${Math.round(pack.size / 1024)} KiB` }),
      row('klero verify of it', verify.ms / 1000, { most: 0.1, unit: 's', digits: 3, cpu_us: verify.cpu_us }),
    ];
  } finally {
    await it.remove();
  }
}
