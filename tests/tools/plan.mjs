// plan.mjs -- what happens in an attempt, before a byte of it is made: who takes
// part, when, and how it ends. What a plan says protocol §2 and §3 allow; packs.mjs
// decides the rest on the way, such as which checkpoint is late or was never made.
//
// planWorld(chance) → { origin, witnesses, quorum, rehearsal, project, chain, nist,
//     recorded, attempts, parties, shuffled, start }; recorded: its one draw has a
//     beacon of the world outside, whose value was recorded, and ends `drawn`
// planAttempt(chance, world, n, start, last) → the plan that packs.mjs carries out:
//     { number, reason, outcome, kind, policy, delay, parties, times, secrets, draw,
//     beacon, stage, weightMax, entries, excluded, draftDiffers, draftShown, select,
//     late, replaces, annul }
import { chain, nist, RECORDED } from './beacons.mjs';

const HOUR = 3600;
export const REASONS = {
  drawn: 'result', 'too-few': 'failed', absent: 'failed', unwitnessed: 'failed', unsealed: 'failed',
  withheld: 'failed', beacon: 'void', cancelled: 'void', party: 'void',
};
// With beacon none nothing is sealed too late, and nothing does not come.
const WITHOUT_BEACON = Object.keys(REASONS).filter((reason) => !['beacon', 'unsealed'].includes(reason));

export function planWorld(chance) {
  const witnesses = Array.from({ length: chance.below(4) }, (_, i) => `witness-${i + 1}.test/w`);
  const rehearsal = chance.happens(0.05);
  const recorded = chance.happens(0.15) ? chance.pick(RECORDED) : null;
  return {
    origin: `log-${chance.below(1000)}.test/klero${rehearsal ? '/rehearsal' : ''}`,
    witnesses, rehearsal, recorded,
    quorum: witnesses.length === 0 ? 0 : chance.between(chance.happens(0.1) ? 0 : 1, witnesses.length),
    project: `2026-${chance.between(100000, 999999)}-01`,
    chain: recorded?.chain ?? chain(chance.below(4)),
    nist: recorded?.nist ?? nist(),
    attempts: !recorded && chance.happens(0.25) ? chance.between(2, 3) : 1,
    parties: ['operator', 'supervisor', ...chance.some(['owner', 'entrants', 'auditor-1'], 0.5)],
    shuffled: chance.happens(0.2),
    start: recorded ? recorded.time - 300 * 24 * HOUR : 1790000000 + chance.below(1e7),
  };
}

function planParties(chance, world, reason) {
  const parties = world.parties.map((id) => ({
    id, required: id === 'operator' || (id === 'supervisor' && chance.happens(0.7)) || chance.happens(0.3),
  }));
  if (reason === 'absent' && !parties.some(({ id, required }) => required && id !== 'operator')) parties[1].required = true;
  return world.shuffled ? chance.shuffle(parties) : parties;
}

// Those who commit, and of them those who reveal.
function planSecrets(chance, parties, reason, kind, policy) {
  let absent = chance.some(parties.filter(({ required }) => !required), 0.3).map(({ id }) => id);
  const ids = parties.map(({ id }) => id);
  if (ids.length - absent.length < 2) absent = [];
  if (reason === 'too-few') absent = chance.shuffle(ids).slice(chance.below(2));
  if (reason === 'absent') absent = [chance.pick(parties.filter(({ id, required }) => required && id !== 'operator')).id];
  const committed = ids.filter((id) => !absent.includes(id));
  let withheld = [];
  const may = kind !== 'none' && policy === 'continue' && chance.happens(0.3);
  if (may || reason === 'unsealed' || reason === 'party') withheld = [chance.pick(committed.filter((id) => kind !== 'none' || id !== 'operator'))];
  if (reason === 'withheld') withheld = committed;
  const revealed = committed.filter((id) => !withheld.includes(id));
  const judges = revealed.filter((id) => id === 'supervisor' || id === 'entrants');
  if (kind === 'public' && reason === 'drawn' && (revealed.length < 2 || judges.length === 0)) {
    return { committed: ids, withheld: [], revealed: ids, absent: [] };
  }
  return { committed, withheld, revealed, absent };
}

function planBeacon(chance, world, kind, t) {
  switch (kind) {
    case 'none': return { kind, text: 'none', time: null };
    case 'public': {
      const time = t + chance.below(HOUR);
      return { kind, template: chance.pick(['dice25', 'dice4', 'lotteries']), time };
    }
    case 'nist': return { kind, id: world.nist.id, time: Math.ceil(t / 60) * 60 };
    default: {
      const round = world.chain.roundAt(t);
      return { kind, chain: world.chain.hash, round, time: world.chain.timeOf(round) };
    }
  }
}

function planTimes(chance, start, delay) {
  const until = start + chance.between(2, 48) * HOUR;
  const declare = until + chance.between(0, HOUR);
  const commitBy = declare + chance.between(1, 48) * HOUR;
  const revealBy = commitBy + chance.between(1, 48) * HOUR;
  return {
    draft: start, until, declare, commitBy, revealBy,
    lock: commitBy + chance.between(0, 900),
    // In time to be cosigned even where the beacon comes at once.
    seal: revealBy + chance.between(0, Math.max(0, Math.min(delay - 5, 20))),
    beacon: revealBy + delay,
  };
}

// All of it moved to where the formula gives a beacon of that time.
function moveTimes(chance, times, { time, period }) {
  const shift = time - chance.below(period) - times.beacon;
  return Object.fromEntries(Object.entries(times).map(([name, at]) => [name, at + shift]));
}

// How far it goes: declared, locked, revealing, sealed, beacon.
function planStage(chance, reason, kind) {
  switch (reason) {
    case 'too-few': case 'absent': return 'declared';
    case 'unwitnessed': return chance.pick(['declared', 'declared', 'locked']);
    case 'withheld': return 'locked';
    case 'beacon': return 'sealed';
    case 'party': return kind === 'none' || chance.happens(0.5) ? 'sealed' : 'beacon';
    case 'cancelled': return chance.pick(kind === 'none' ? ['declared', 'locked', 'revealing', 'sealed'] : ['declared', 'locked', 'revealing', 'sealed', 'beacon']);
    default: return kind === 'none' ? 'sealed' : 'beacon';
  }
}

function planEntries(chance) {
  const many = chance.happens(0.02);
  const count = many ? 1400 : chance.between(3, chance.happens(0.2) ? 120 : 12);
  const weightMax = chance.pick([1, 1, 5, 40]);
  const ids = new Set();
  while (ids.size < count) {
    ids.add(chance.happens(0.8) ? `91360702MA${chance.between(10000000, 99999999)}` : `e:${chance.bytes(4).toString('hex')}`);
  }
  return {
    weightMax,
    entries: [...ids].sort().map((id) => ({ id, weight: chance.between(1, weightMax) })),
    excluded: Array.from({ length: chance.below(4) }, (_, i) => `x${i}-${chance.bytes(3).toString('hex')}`).sort(),
    draftDiffers: chance.happens(0.3),
    draftShown: chance.happens(0.8),
  };
}

export function planAttempt(chance, world, number, start, last) {
  const { recorded } = world;
  const kind = recorded?.kind ?? chance.pick(['none', 'public', 'drand', 'drand', 'nist']);
  const policy = kind === 'none' || chance.happens(0.2) ? 'void' : 'continue';
  const others = kind === 'none' ? WITHOUT_BEACON : Object.keys(REASONS);
  let reason = recorded || (last && chance.happens(0.75)) ? 'drawn' : chance.pick(others);
  if (reason === 'party' && policy === 'continue') reason = 'cancelled';
  if (reason === 'unwitnessed' && world.quorum === 0) reason = 'drawn';
  const delay = kind === 'none' ? 0 : chance.pick([10, 60, 300, 300, 900]);
  const parties = planParties(chance, world, reason);
  const planned = planTimes(chance, start, delay);
  const times = recorded ? moveTimes(chance, planned, recorded) : planned;
  const secrets = planSecrets(chance, parties, reason, kind, policy);
  const result = reason === 'drawn';
  const annulled = result && !last;
  return {
    number, reason, outcome: REASONS[reason], kind, policy, delay, parties, times, secrets,
    draw: `D-${number}-${chance.below(1e6)}`,
    beacon: planBeacon(chance, world, kind, times.beacon),
    stage: planStage(chance, reason, kind),
    ...planEntries(chance),
    select: { count: 1 + chance.below(2), alternates: chance.below(4) },
    late: { declared: false, locked: false, sealed: result && kind !== 'none' && secrets.withheld.length === 0 && chance.happens(0.05) },
    replaces: result ? chance.pick([0, 0, 0, 1, 2, 3]) : 0,
    annul: annulled || (result && chance.happens(0.1)),
  };
}
