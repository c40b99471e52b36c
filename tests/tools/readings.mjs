// readings.mjs -- both verifiers over one pack, and whether they agree.
//
// Needs web/dist (npm run build in web/) and klero in $KLERO_BUILD.
// await readings(pack) → { c, ts }: what each says, read once, as { status, first,
//     level, caps, rests_on } and, without a finding, { warnings, attempts }; or as
//     { status: 2 } of what it cannot read. pack as makePack() gives it, or { files, bare: true }; archive: the ZIP
//     as bytes, in the place of files
// disagreement({ c, ts }) → null, or a line that says how the two differ
// klero(...words), runCommand(words) → { status, stdout, stderr } of the commands
// given(name, bytes) → the path of a file that holds them, until the next of its name
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CertificateError, ChainError, readZip, TrustError, verifyPack, ZipError } from '../../web/dist/verify-lib.mjs';
import { zip } from './packs.mjs';

const program = join(process.env.KLERO_BUILD ?? 'build/release', 'klero');
const folder = mkdtempSync(join(tmpdir(), 'readings-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// Of a pack with a finding people are told more by the one than by the other.
function verdict(report, status) {
  const { level, caps, rests_on, warnings, attempts, findings: [first] } = report;
  return {
    status, first: first ? `${first.code} ${first.file}:${first.line}` : 'none', level, caps, rests_on,
    ...(first ? {} : { warnings: warnings.map(({ code, about }) => `${code} ${about}`).sort(), attempts }),
  };
}

export function given(name, bytes) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function words({ trust, chain, certificate, bare, rehearsal, minLevel }) {
  return [
    ...(bare ? ['--bare'] : []), ...(rehearsal ? ['--rehearsal'] : []),
    ...(minLevel ? ['--min-level', minLevel] : []),
    ...(trust !== undefined ? ['--trust', given('trust.txt', trust)] : []),
    ...(chain !== undefined ? ['--accept-chain', given('chain.json', chain)] : []),
    ...(certificate !== undefined ? ['--accept-certificate', given('certificate.pem', certificate)] : []),
  ];
}

async function readByC(pack) {
  const args = ['verify', given('pack.zip', pack.archive ?? zip(pack.files)), '--json', ...words(pack)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status === 2 && !stderr.includes('no memory')) return { status };
  if (status !== 0 && status !== 1) throw new Error(`klero verify: status ${status}: ${stderr}`);
  return verdict(JSON.parse(stdout), status);
}

const UNREADABLE = [CertificateError, ChainError, TrustError, ZipError];

function readByTs({ files, archive, trust, chain, certificate, bare, rehearsal, minLevel }) {
  const bytes = (of) => (typeof of === 'string' ? Buffer.from(of) : of);
  try {
    const report = verifyPack(archive ? readZip(archive) : files, {
      bare, rehearsal, ...(minLevel && { minLevel }),
      ...(trust !== undefined && { trust: bytes(trust) }),
      ...(chain !== undefined && { acceptChain: bytes(chain) }),
      ...(certificate !== undefined && { acceptCertificate: bytes(certificate) }),
    });
    return verdict(report, report.verified ? 0 : 1);
  } catch (error) {
    if (UNREADABLE.some((kind) => error instanceof kind)) return { status: 2 };
    throw error;
  }
}

// The one reads in a process of its own while the other reads in this one.
export async function readings(pack) {
  const c = readByC(pack);
  const ts = readByTs(pack);
  return { c: await c, ts };
}

export function disagreement({ c, ts }) {
  const names = new Set([...Object.keys(c), ...Object.keys(ts)]);
  const differ = [...names].filter((name) => JSON.stringify(c[name]) !== JSON.stringify(ts[name]));
  const said = (of) => ['first', ...differ].map((name) => `${name} ${JSON.stringify(of[name])}`).join(', ');
  return differ.length === 0 ? null : `klero: ${said(c)}\nweb: ${said(ts)}`;
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status, stdout, stderr };
}

export const klero = (...args) => run(program, args);

// The command of web itself, as a stranger runs it.
export const runCommand = (args) =>
  run(process.execPath, [new URL('../../web/dist/verify.mjs', import.meta.url).pathname, ...args]);
