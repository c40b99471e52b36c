// readings.mjs -- both verifiers over one pack, and whether they agree.
//
// Needs web/dist (npm run build in web/) and klero in $KLERO_BUILD.
// reads(pack) → { c, ts }: what each says, as { status, level, first }; pack as
//     makePack() gives it, or { files, bare: true }
// disagreement(pack) → null, or a line that says how the two differ
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyPack } from '../../web/dist/verify-lib.mjs';
import { zip } from './packs.mjs';

const klero = join(process.env.KLERO_BUILD ?? 'build/release', 'klero');
const folder = mkdtempSync(join(tmpdir(), 'readings-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// Does this klero check the values of drand and nist itself?
export const checksBeacons = (() => {
  const { stderr, stdout } = spawnSync(klero, ['verify'], { encoding: 'utf8' });
  return `${stderr}${stdout}`.includes('--accept-certificate');
})();

// One that does not says so last of all, knows no chain's rounds and no certificate:
// what it cannot ask is not compared.
const UNASKED = new Set(['beacon-unchecked', 'beacon-forged', 'pulse-forged', 'certificate-unknown']);

function verdict({ level, findings }, status) {
  const asked = checksBeacons ? findings : findings.filter(({ code }) => !UNASKED.has(code));
  const [first] = asked;
  return {
    status: checksBeacons ? status : Number(asked.length > 0), level,
    first: first ? `${first.code} ${first.file}:${first.line}` : 'none',
  };
}

function optionFiles(pack) {
  const { trust, chain, certificate, bare, rehearsal } = pack;
  const args = [...(bare ? ['--bare'] : []), ...(rehearsal ? ['--rehearsal'] : [])];
  const given = (option, name, bytes) => {
    writeFileSync(join(folder, name), bytes);
    args.push(option, join(folder, name));
  };
  if (trust) given('--trust', 'trust.txt', trust);
  if (chain && checksBeacons) given('--accept-chain', 'chain.json', chain);
  else if (chain) args.push('--accept-chain', JSON.parse(chain).hash);
  if (certificate && checksBeacons) given('--accept-certificate', 'certificate.pem', certificate);
  return args;
}

export function readByC(pack) {
  const file = join(folder, 'pack.zip');
  writeFileSync(file, zip(pack.files));
  const { status, stdout, stderr } = spawnSync(klero, ['verify', file, '--json', ...optionFiles(pack)],
    { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0 && status !== 1) throw new Error(`klero verify: status ${status}: ${stderr}`);
  return verdict(JSON.parse(stdout), status);
}

export function readByTs(pack) {
  const { trust, chain, certificate, bare, rehearsal } = pack;
  const report = verifyPack(pack.files, {
    bare, rehearsal,
    ...(trust && { trust: Buffer.from(trust) }),
    ...(chain && { acceptChain: Buffer.from(chain) }),
    ...(certificate && { acceptCertificate: certificate }),
  });
  return verdict(report, report.verified ? 0 : 1);
}

// Where the beacon's value was not checked no level is told.
function levels(c, ts, pack) {
  const kinds = pack.plans?.map(({ kind }) => kind) ?? [];
  return checksBeacons || !(pack.bare || kinds.some((kind) => kind === 'drand' || kind === 'nist'))
    ? [c.level, ts.level] : [null, null];
}

export function disagreement(pack) {
  const [c, ts] = [readByC(pack), readByTs(pack)];
  const [a, b] = levels(c, ts, pack);
  if (c.status === ts.status && c.first === ts.first && a === b) return null;
  return `klero: ${c.status} ${c.first} ${a}; web: ${ts.status} ${ts.first} ${b}`;
}

// The command of web itself, as a stranger runs it.
export function runCommand(args) {
  const command = new URL('../../web/dist/verify.mjs', import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}
