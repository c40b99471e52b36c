// options.mjs -- what a verifier may be told besides a pack: whom to trust, which
// chain and certificate to take, how high the level has to be.
//
// OPTIONS[name] → { codes, wants, alter(pack, chance) → pack with other options }: the
//     pack is a good one; codes as in wrongs.mjs, and `unreadable` where the option
//     itself is refused
// spoilt(pack, chance) → [pack with one option of it damaged, what was done]
import { readFileSync } from 'node:fs';
import { chain } from './beacons.mjs';
import { COSIGNATURE, key, PLAIN, vkey } from './ledger.mjs';
import { ODD_CERTIFICATES, oddChains } from './odd.mjs';
import { alter } from './wrongs.mjs';

const TEST_PULSES = new URL('../vectors/nist/test-pulses.json', import.meta.url);
const { certificate: CERTIFICATE } = JSON.parse(readFileSync(TEST_PULSES, 'utf8'));
const UNWITNESSED = 'declare-unwitnessed';

const option = (codes, plan, change, attempts = () => true) => ({
  codes: codes.split(' '),
  wants: { attempts, plan },
  alter: (pack, chance) => ({ ...pack, ...change(pack, chance) }),
});
const any = () => true;
const strict = (_, { rehearsal }) => !rehearsal;
const made = (of) => ({ kind }, { recorded }) => kind === of && !recorded;
const recorded = (of) => ({ kind }, world) => kind === of && Boolean(world.recorded) && !world.rehearsal;
const witnessed = (_, { witnesses }) => witnesses.length > 0;
const unanimous = (_, { quorum, witnesses }) => quorum > 0 && quorum === witnesses.length;
// Of one that was cancelled, or closed for want of witnesses, it is no news that they miss.
const needed = (plan, world) => unanimous(plan, world) && !['cancelled', 'unwitnessed'].includes(plan.reason);
const cancelled = (stages) => (plan, world) => unanimous(plan, world) && plan.reason === 'cancelled' && stages.includes(plan.stage);
const once = (count) => count === 1;
const lessOne = (lines) => lines.filter((line) => !line.startsWith('witness w0 '));

// The trust file with something done to its lines.
const trusting = (codes, plan, change, attempts) => option(codes, plan, (pack, chance) => {
  const lines = pack.trust.trimEnd().split('\n');
  return { trust: `${change(lines, pack, chance).join('\n')}\n` };
}, attempts);
const added = (codes, plan, ...lines) => trusting(codes, plan, (of) => [...of, ...lines]);
const first = (lines, word) => lines.find((line) => line.startsWith(`${word} `));
const swapped = (lines, word, change) => lines.map((line) => (line.startsWith(`${word} `) ? change(line) : line));
const other = (number) => key(`other ${number}`).hex;
const otherWitness = (number) => vkey(`other-${number}.test/w`, COSIGNATURE, other(number));
const upTo = (count, line) => Array.from({ length: count }, (_, i) => line(i));

export const OPTIONS = {
  'no trust': option('keys-not-anchored', any, () => ({ trust: undefined })),
  'bare': option('none', strict, () => ({ bare: true })),
  'bare and without trust': option('none', strict, () => ({ bare: true, trust: undefined })),
  'a rehearsal will do': option('none', any, () => ({ rehearsal: true })),
  'a rehearsal will not do': option('log-rehearsal', (_, { rehearsal }) => rehearsal, () => ({ rehearsal: false })),
  'level A': option('level-low none', any, () => ({ minLevel: 'A' })),
  'level B': option('level-low none', any, () => ({ minLevel: 'B' })),
  'level C': option('none level-low', any, () => ({ minLevel: 'C' })),
  'level A of a recorded round': option('none level-low', recorded('drand'), () => ({ minLevel: 'A' })),
  'level A of a recorded pulse': option('none level-low', recorded('nist'), () => ({ minLevel: 'A' })),
  'level C of a test': option('level-low', (...of) => made('drand')(...of) && strict(...of), () => ({ minLevel: 'C' })),
  'level C, bare': option('level-low', strict, () => ({ minLevel: 'C', bare: true })),

  'no chain': option('chain-unknown', made('drand'), () => ({ chain: undefined })),
  'another chain': option('chain-unknown', made('drand'), () => ({ chain: chain('other').info })),
  'no chain but the pinned one': option('none', recorded('drand'), () => ({ chain: undefined })),
  'another chain besides the pinned one': option('none', recorded('drand'), () => ({ chain: chain('other').info })),
  'odd chain info': option('unreadable chain-unknown none', made('drand'), ({ chain: info }, chance) => ({ chain: chance.pick(Object.values(oddChains(JSON.parse(info)))).json })),
  'no certificate': option('certificate-unknown', made('nist'), () => ({ certificate: undefined })),
  'another certificate': option('certificate-unknown', made('nist'), () => ({ certificate: CERTIFICATE })),
  'no certificate but the pinned one': option('none', recorded('nist'), () => ({ certificate: undefined })),
  'another certificate besides the pinned one': option('none', recorded('nist'), () => ({ certificate: CERTIFICATE })),
  'an odd certificate': option('unreadable certificate-unknown', made('nist'), (_, chance) => ({ certificate: chance.pick(Object.values(ODD_CERTIFICATES)).pem })),

  'nobody is trusted': trusting('log-untrusted', any, () => ['quorum none']),
  'another key of the log': trusting('log-untrusted', any, (lines, { world }) => swapped(lines, 'log', () => `log ${vkey(world.origin, PLAIN, other(0))}`)),
  'the log under another name': trusting('log-untrusted', any, (lines) => swapped(lines, 'log', () => `log ${vkey('other.test', PLAIN, other(0))}`)),
  'several logs': trusting('none', any, (lines) => [...upTo(31, (i) => `log ${vkey(`other-${i}.test`, PLAIN, other(i))} https://other.test/`), ...lines]),
  'too many logs': trusting('unreadable', any, (lines) => [...upTo(32, (i) => `log ${vkey(`other-${i}.test`, PLAIN, other(i))}`), ...lines]),
  'a log with two keys': trusting('unreadable', any, (lines, { world }) => [...lines, `log ${vkey(world.origin, PLAIN, other(0))}`]),
  'a witness less': trusting(UNWITNESSED, needed, lessOne),
  'a witness less of one closed without': trusting('none', (plan, world) => unanimous(plan, world) && plan.reason === 'unwitnessed', lessOne, once),
  'a witness less of one cancelled early': trusting('none', cancelled(['declared', 'locked']), lessOne, once),
  'a witness less of one cancelled late': trusting('reveal-early', cancelled(['revealing', 'sealed', 'beacon']), lessOne, once),
  'a witness under another name': trusting(UNWITNESSED, needed, (lines) => swapped(lines, 'witness', () => `witness w0 ${otherWitness(0)}`).filter((line, i, all) => all.indexOf(line) === i)),
  'more witnesses': trusting('none', any, (lines) => [...lines, ...upTo(29, (i) => `witness x${i} ${otherWitness(i)} https://x.test`)]),
  'too many witnesses': added('unreadable', any, ...upTo(33, (i) => `witness x${i} ${otherWitness(i)}`)),
  'a witness twice': trusting('unreadable', witnessed, (lines) => [...lines, first(lines, 'witness')]),
  'a witness with two names': trusting('unreadable', witnessed, (lines) => [...lines, first(lines, 'witness').replace('w0', 'wx')]),
  'two witnesses with one name': trusting('unreadable', witnessed, (lines) => [...lines, `witness w0 ${otherWitness(0)}`]),
  'a witness that is a log': added('unreadable', any, `witness x ${vkey('x.test', PLAIN, other(1))}`),
  'a log that is a witness': added('unreadable', any, `log ${otherWitness(1)}`),
  'a log with the key of a witness': trusting('none', witnessed, (lines, { world }) => [...lines, `log ${vkey('x.test', PLAIN, world.keys.witnesses[0])}`]),
  'a quorum that is not met': trusting('none', witnessed, (lines) => [...swapped(lines, 'quorum', () => `witness x ${otherWitness(1)}\ngroup g all x w0\nquorum g`)]),
  'a group of groups': trusting('none', witnessed, (lines) => swapped(lines, 'quorum', () => `witness x ${otherWitness(1)}\ngroup g any x\ngroup h 2 g w0\nquorum h`)),
  'a group of none': trusting('unreadable', any, (lines) => swapped(lines, 'quorum', () => 'group g any\nquorum g')),
  'a group of nobody known': trusting('unreadable', any, (lines) => swapped(lines, 'quorum', () => 'group g any y\nquorum none')),
  'a group that asks for more than it has': trusting('unreadable', witnessed, (lines) => swapped(lines, 'quorum', () => 'group g 2 w0\nquorum g')),
  'a group that asks for nobody': trusting('unreadable', witnessed, (lines) => swapped(lines, 'quorum', () => 'group g 0 w0\nquorum g')),
  'a member of two groups': trusting('unreadable', witnessed, (lines) => swapped(lines, 'quorum', () => 'group g 1 w0\ngroup h 1 w0\nquorum g')),
  'too many groups': added('unreadable', any, ...upTo(33, (i) => `witness x${i} ${otherWitness(i)}\ngroup g${i} any x${i}`)),
  'a group called none': added('unreadable', any, `witness x ${otherWitness(1)}`, 'group none any x'),
  'a quorum nobody knows': trusting('unreadable', any, (lines) => swapped(lines, 'quorum', () => 'quorum nobody')),
  'no quorum': trusting('unreadable', any, (lines) => lines.filter((line) => line !== 'quorum none')),
  'two quorums': added('unreadable', any, 'quorum none'),
  'a quorum and more': trusting('unreadable', any, (lines) => swapped(lines, 'quorum', () => 'quorum none none')),
  'no party': trusting('none', any, (lines) => lines.filter((line) => !line.startsWith('party'))),
  'a party with another key': trusting('none', any, (lines) => swapped(lines, 'party', (line) => `party ${line.split(' ')[1]} ${key(`other ${line}`).hex}`)),
  'a party with a second key': trusting('none', any, (lines) => [...lines, `party supervisor ${other(3)}`]),
  'more parties': added('none', any, ...upTo(59, (i) => `party p${i} ${other(i)}`)),
  'too many parties': added('unreadable', any, ...upTo(65, (i) => `party p${i} ${other(i)}`)),
  'two parties with one key': added('unreadable', any, `party p1 ${other(1)}`, `party p2 ${other(1)}`),
  'a party with no id': added('unreadable', any, `party P ${other(1)}`),
  'a party with a key of small order': added('unreadable', any, `party p ${'01'.padEnd(64, '0')}`),
  'a party with a key in upper case': added('unreadable', any, `party p ${other(1).toUpperCase()}`),
  'a party with a key too long': added('unreadable', any, `party p ${other(1)}00`),
  'a party with two keys in a line': added('unreadable', any, `party p ${other(1)} ${other(2)}`),
  'comments and blanks': trusting('none', any, (lines) => ['# whom', '', ' \t', ...lines.map((line) => `\t${line.replaceAll(' ', ' \t ')} `), '  # 证人']),
  'in another order': trusting('none', any, (lines, _, chance) => chance.shuffle(lines)),
  'an unknown word': added('unreadable', any, 'person operator'),
  'a control character': added('unreadable', any, '# \x07'),
  'lines that end with CR LF': trusting('unreadable', any, (lines) => lines.map((line) => `${line}\r`)),
  'no UTF-8': option('unreadable', any, ({ trust }) => ({ trust: Buffer.from(`# \xff\n${trust}`, 'latin1') })),
  'no LF at its end': option('unreadable', any, ({ trust }) => ({ trust: trust.trimEnd() })),
  'an empty trust file': option('unreadable', any, () => ({ trust: '' })),
  '1 MiB of trust': option('none', any, ({ trust }) => ({ trust: trust.padEnd((1 << 20) - 1, '\n') + '\n' })),
  'a byte over 1 MiB of trust': option('unreadable', any, ({ trust }) => ({ trust: trust.padEnd(1 << 20, '\n') + '\n' })),
  'a name of 255 bytes': added('none', any, `log ${vkey('x'.repeat(255), PLAIN, other(1))}`),
  'a name of 256 bytes': added('unreadable', any, `log ${vkey('x'.repeat(256), PLAIN, other(1))}`),
  'a name with U+3000': added('unreadable', any, `log ${vkey('a\u3000b', PLAIN, other(1))}`),
  'a name with U+FEFF': added('none', any, `log ${vkey('a\ufeffb', PLAIN, other(1))}`),
  'a vkey with another id': trusting('unreadable', any, (lines) => swapped(lines, 'log', (line) => line.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))),
};

export function spoilt(pack, chance) {
  const name = chance.pick(['trust', 'trust', 'trust', 'chain', 'certificate'].filter((of) => pack[of] !== undefined));
  return [{ ...pack, [name]: alter(Buffer.from(pack[name]), chance) }, `spoilt ${name}`];
}
