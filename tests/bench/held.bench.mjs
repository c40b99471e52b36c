// held.bench.mjs -- how long one act holds the writer, so that others wait:
// groups found anew among KLERO_INSTITUTIONS (10,000) with three ties each, and
// a file of KLERO_ROWS (10,000) applied. Others are small acts, one after
// another, meanwhile; held is the longest of them less a usual one.
import { newUscc } from '../api/keys.mjs';
import { registering } from '../api/registering.mjs';
import { fillInstitutions } from './fill.mjs';
import { cpu_us, median, row, scratchInstallation } from './measure.mjs';

const INSTITUTIONS = Number(process.env.KLERO_INSTITUTIONS ?? 10_000);
const ROWS = Number(process.env.KLERO_ROWS ?? 10_000);
const TIES_EACH = 3;
const ROUNDS = 5;
const GROUP_MS_GOAL = 20;
const IMPORT_MS_GOAL = 1000;
const HEAD = 'code,name,authority_name,basis,legal_days,legal_unit,promised_days,promised_unit';

// Each has a legal representative and a controller of its own; of the
// shareholders a tenth hold five institutions, and make groups of them.
const fillTies = (it) => it.sql(`
  UPDATE institution SET affiliation_group = NULL;
  INSERT INTO affiliation (id, state, seq, event_index, held, held_name, holder, holder_name, kind, share_bp, holder_is_state, declared_by)
  SELECT CONCAT('bench-', s.seq, '-', k.seq), 'confirmed', 1, 1, CONCAT('9136070', LPAD(s.seq, 10, '0'), 'X'), '示例机构',
      CASE k.seq WHEN 1 THEN CONCAT('p:', SHA1(CONCAT('head', s.seq)))
        WHEN 2 THEN CONCAT('p:', SHA1(CONCAT('behind', s.seq)))
        ELSE CONCAT('holding-', IF(s.seq MOD 10 < 5, s.seq DIV 10, s.seq + 1000000)) END, '持有人',
      ELT(k.seq, 'legal-representative', 'controller', 'shareholder'), IF(k.seq = 3, 5000, 0), 0, 'bench'
  FROM seq_1_to_${INSTITUTIONS} s JOIN seq_1_to_${TIES_EACH} k`);

// The longest that a small act waited while `work` went on, and its own time;
// and the CPU of both servers, since others on the machine take from neither.
async function heldBy(pids, small, work) {
  const usual = [];
  for (let i = 0; i < 20; i++)
    usual.push(await small());
  let going = true;
  const waited = [];
  const others = (async () => {
    while (going)
      waited.push(await small());
  })();
  const [from, cpu] = [performance.now(), cpu_us(pids)];
  await work();
  const [ms, cpu_ms] = [performance.now() - from, (cpu_us(pids) - cpu) / 1000];
  going = false;
  await others;
  return { held_ms: Math.max(...waited) - median(usual), ms, cpu_ms };
}

export async function bench({ build, say }) {
  const it = await scratchInstallation(build, { registrations_network: 100_000 });
  try {
    const { operator } = await it.people();
    const keeper = await registering(it).keeper();
    const pids = [it.daemon.child.pid, it.server_pid()];
    let number = 0;
    const post = async (key, path, body, headers, status = 201) => {
      const reply = await it.call('POST', path, { key, body, headers });
      if (reply.status !== status)
        throw new Error(`${path}: ${reply.status} ${reply.text}`);
      return reply.body;
    };
    const small = async () => {
      const from = performance.now();
      await post(operator, '/v1/approval_items', { code: `SMALL-${++number}`, name: '审批', authority_name: '局', basis: '法' });
      return performance.now() - from;
    };
    const one = await it.institution();
    const tie = () => post(keeper, '/v1/affiliations', { held: one.uscc, holder: newUscc(), holder_name: '某控股公司', kind: 'parent' });
    const none = [];
    for (let i = 0; i < ROUNDS; i++)
      none.push(await heldBy(pids, small, tie));
    await fillInstitutions(it, INSTITUTIONS);
    await fillTies(it);
    const first = await heldBy(pids, small, tie);
    say(`${(await it.sql('SELECT COUNT(*) FROM affiliation'))[0]} ties; groups of all written the first time in ${first.ms.toFixed(0)} ms`);
    const grouped = [];
    for (let i = 0; i < ROUNDS; i++)
      grouped.push(await heldBy(pids, small, tie));
    const lines = [HEAD, ...Array.from({ length: ROWS }, (_, i) => `R${i},审批${i},局,法,20,workday,10,workday`)]
      .map((line) => `${line}\r\n`).join('');
    const staged = await post(operator, '/v1/imports/approval_items/files', lines, { 'content-type': 'text/csv' });
    const { plan_digest } = (await it.call('GET', `/v1/imports/${staged.id}`, { key: operator })).body;
    const applied = await heldBy(pids, small, () => post(operator, `/v1/imports/${staged.id}/application`, { digest: plan_digest }, {}, 200));
    const of = (samples, what = 'held_ms') => median(samples.map((sample) => sample[what]));
    const note = (samples) => `its own answer ${of(samples, 'ms').toFixed(0)} ms, CPU of both ${of(samples, 'cpu_ms').toFixed(0)} ms`;
    return [
      row('writer held by a tie, few there', of(none), { most: GROUP_MS_GOAL, unit: 'ms' }),
      row(`… among ${INSTITUTIONS} institutions`, of(grouped), { most: GROUP_MS_GOAL, unit: 'ms', note: note(grouped) }),
      row(`… by ${ROWS} rows applied`, applied.held_ms, { most: IMPORT_MS_GOAL, unit: 'ms', note: note([applied]) }),
    ];
  } finally {
    await it.remove();
  }
}
