// trusted.mjs -- a klerod with witnesses and beacons of its own, and what is proved
// of its draws.
//
//   const world = await trusted(settings, { witnesses: 1, rehearsal });
//   world.it            the klerod (client.mjs), its relays known to it
//   world.relay         where its rounds and pulses are (tools/relay.mjs)
//   world.witnesses     each a `klero witness`, or what `make` gives
//   world.policy(more)  a policy of short times, with a quorum of all of them
//   world.prove(id, parties, ...words)  → { status, verdict, said } of klero verify
//   world.check(...words)   → { status, said } of klero log check
//   await world.stop()
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { daemon, program } from './client.mjs';
import { evidence, unzip } from './evidence.mjs';
import { seedOf, Witness } from './witness.mjs';
import { Relay } from '../tools/relay.mjs';

const slower = Number(process.env.KLERO_SLOWER ?? 1);
const seconds = (n) => ({ n: n * slower, unit: 'second' });

async function aWitness(it, log, nth) {
  const name = `witness.example/${nth}`;
  const witness = new Witness(join(it.home, `witness-${nth}`), { name, seed: seedOf(`${name} ${it.home}`), logs: [log] });
  if (witness.init().status !== 0)
    throw new Error('klero witness --init failed');
  return witness.start();
}

export async function trusted(settings = {}, { witnesses: count = 1, make = aWitness, rehearsal } = {}) {
  const it = await daemon({ witness_ms: 20, witness_timeout_s: 2, beacon_ms: 50 }, { rehearsal });
  const log = program('klero', ['keygen', '--show', '--log', it.origin, join(it.home, 'keys/log.key')]).stdout.trim();
  const relay = await new Relay(rehearsal ? () => Number.MAX_SAFE_INTEGER : undefined).start();
  const at = (name) => join(it.home, name);
  const witnesses = [];
  for (let nth = 1; nth <= count; nth++)
    witnesses.push(await make(it, log, nth));
  const lines = witnesses.map(({ name, vkey }) => `witness ${name} ${vkey}`);
  writeFileSync(at('witnesses.txt'), `log ${log}\n${witnesses.map(({ url }, i) => `${lines[i]} ${url}\n`).join('')}quorum none\n`);
  writeFileSync(at('log.trust'), `log ${log}\n${witnesses.map(({ vkey }, i) => `witness w${i} ${vkey}\n`).join('')}quorum ${
    count > 0 ? 'w0' : 'none'}\n`);
  writeFileSync(at('chain.json'), relay.info);
  writeFileSync(at('nist.pem'), relay.nist.certificate);
  await it.stopDaemon();
  it.configure({ ...count > 0 && { witness_file: at('witnesses.txt') }, drand_chain_file: at('chain.json'),
    nist_certificate_file: at('nist.pem'), drand_relays: `http://127.0.0.1:9,${relay.url}/`, nist_relays: relay.url, ...settings });
  await it.start();

  const policy = (draw = {}) => ({ draw: { beacons: ['drand', 'nist', 'public', 'none'], beacon_default: 'drand', quorum: count,
    level_c_reason: null, delay_min_s: 1, delay_s: 2, withheld: 'continue', objection: seconds(1), commit: seconds(4),
    reveal: seconds(5), ...draw } });
  const { pack } = evidence(it);

  async function prove(id, parties, ...words) {
    const file = at(`${id}.zip`);
    const bytes = await pack(id);
    writeFileSync(file, bytes);
    writeFileSync(at(`${id}.trust`), `log ${log}\n${lines.map((line) => `${line}\n`).join('')}quorum none\n${
      Object.entries(parties).map(([name, { key }]) => `party ${name} ${key.public_key}\n`).join('')}`);
    const { status, stdout, stderr } = program('klero', ['verify', file, '--trust', at(`${id}.trust`), '--json',
      ...rehearsal ? ['--rehearsal'] : [], '--accept-chain', at('chain.json'), '--accept-certificate', at('nist.pem'), ...words]);
    return { status, verdict: stdout && JSON.parse(stdout), said: `${stdout}${stderr}`, files: unzip(bytes) };
  }

  // The whole log, by its witnesses' keys: { status, said }.
  function check(...words) {
    const { status, stdout, stderr } = program('klero', ['log', 'check', `${it.url}/log`, '--trust', at('log.trust'),
      '--accept-chain', at('chain.json'), '--accept-certificate', at('nist.pem'), ...words]);
    return { status, said: `${stdout}${stderr}` };
  }

  async function stop() {
    await Promise.all([relay, ...witnesses].map((one) => one.stop()));
    await it.stop();
  }

  return { it, relay, witnesses, policy, prove, check, stop, log };
}
