// beacons.mjs -- beacons of the tests' own: a drand chain, signed with @noble, and a
// NIST-format beacon with an RSA key of vectors/beacon-test.
//
// chain(seed) → { hash, info, period, genesis, timeOf(round), roundAt(t),
//     sign(round) → hex of 48 bytes }; info is what drand's /info would say
// RECORDED: those of the world outside whose values are vectors, as [{ kind, time,
//     period }] with a chain or a nist that knows only these
// nist() → { id, certificate, pulse({ index, time, chance, odd }) → object }; odd is
//     { before(pulse), sign(bytes, key), after(pulse) }, as in odd.mjs
import { bls12_381 } from '@noble/curves/bls12-381';
import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sha256 } from './ledger.mjs';

const DOMAIN = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

function be(value, size) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes.subarray(8 - size);
}

const chains = new Map();

export function chain(seed) {
  const known = chains.get(seed);
  if (known) return known;
  const secret = bls12_381.G1.normPrivateKeyToScalar(sha256(`chain ${seed}`).fill(0, 0, 1));
  const period = 3 + (sha256(`period ${seed}`)[0] % 28);
  const genesis = 1700000000 + sha256(`genesis ${seed}`)[0];
  const publicKey = Buffer.from(bls12_381.G2.ProjectivePoint.BASE.multiply(secret).toRawBytes(true));
  const group = sha256(`group ${seed}`);
  const hash = sha256(be(period, 4), be(genesis, 8), publicKey, group, 'kleroterion-test').toString('hex');
  const info = {
    public_key: publicKey.toString('hex'), period, genesis_time: genesis, hash,
    groupHash: group.toString('hex'), schemeID: 'bls-unchained-g1-rfc9380', metadata: { beaconID: 'kleroterion-test' },
  };
  const made = {
    hash, info: JSON.stringify(info), period, genesis,
    timeOf: (round) => genesis + (round - 1) * period,
    roundAt: (t) => Math.ceil((t - genesis) / period) + 1,
    // Of a time before the chain: as its first round.
    sign: (round) => {
      const point = bls12_381.G1.hashToCurve(sha256(be(Math.max(1, round), 8)), { DST: DOMAIN });
      return Buffer.from(point.multiply(secret).toRawBytes(true)).toString('hex');
    },
  };
  chains.set(seed, made);
  return made;
}

const folder = new URL('../vectors/beacon-test/', import.meta.url);
const prefixed = (bytes) => Buffer.concat([be(bytes.length, 4), bytes]);
const text = (value) => prefixed(Buffer.from(String(value)));
const raw = (value) => prefixed(Buffer.from(String(value), 'hex'));
const number = (value, size) => be(BigInt.asUintN(8 * size, BigInt(Number.isSafeInteger(value) ? value : 0)), size);

// The bytes that are signed: vectors/nist/format.json. Of a pulse that has not its
// form, too: the signature is to be right all the same.
function message(pulse) {
  const { external, listValues } = pulse;
  return Buffer.concat([
    text(pulse.uri), text(pulse.version), number(pulse.cipherSuite, 4), number(pulse.period, 4), raw(pulse.certificateId),
    number(pulse.chainIndex, 8), number(pulse.pulseIndex, 8), text(pulse.timeStamp), raw(pulse.localRandomValue),
    raw(external?.sourceId), number(external?.statusCode, 4), raw(external?.value),
    ...(listValues ?? []).map((listed) => raw(listed?.value)), raw(pulse.precommitmentValue), number(pulse.statusCode, 4),
  ]);
}

const certificate = readFileSync(new URL('nist-certificate.pem', folder));
const secret = createPrivateKey(readFileSync(new URL('nist-key.pem', folder)));
const id = createHash('sha512').update(new X509Certificate(certificate).raw).digest('hex');

function signPulse(pulse, signing = (bytes) => sign('sha512', bytes, secret)) {
  const signed = message(pulse);
  const signature = signing(signed, secret);
  pulse.signatureValue = signature.toString('hex').toUpperCase();
  pulse.outputValue = createHash('sha512').update(signed).update(signature).digest('hex').toUpperCase();
}

export function nist() {
  const pulse = ({ index, time, chance, odd = {} }) => {
    const value = () => chance.bytes(64).toString('hex').toUpperCase();
    const made = {
      uri: `https://beacon.test/beacon/2.0/chain/1/pulse/${index}`, version: 'Version 2.0', cipherSuite: 0,
      period: 60000, certificateId: id, chainIndex: 1, pulseIndex: index,
      timeStamp: new Date(time * 1000).toISOString(), localRandomValue: value(),
      external: { sourceId: value(), statusCode: 0, value: value() },
      listValues: ['previous', 'hour', 'day', 'month', 'year'].map((type) => ({ uri: null, type, value: value() })),
      precommitmentValue: value(), statusCode: 0,
    };
    odd.before?.(made);
    signPulse(made, odd.sign);
    odd.after?.(made);
    return made;
  };
  return { id, certificate, pulse };
}

// --- recorded: vectors/drand, vectors/nist ----------------------------------

const vectors = new URL('../vectors/', import.meta.url);
const load = (name) => JSON.parse(readFileSync(new URL(name, vectors), 'utf8'));

// Of a round that was not recorded another one's signature has to do.
function quicknet() {
  const { chain_info: info, rounds } = load('drand/quicknet.json');
  const { hash, period, genesis_time: genesis } = info;
  const signatures = new Map(rounds.map(({ round, signature }) => [round, signature]));
  const recorded = {
    hash, info: JSON.stringify(info), period, genesis,
    timeOf: (round) => genesis + (round - 1) * period,
    roundAt: (t) => Math.max(1, Math.ceil((t - genesis) / period) + 1),
    sign: (round) => signatures.get(round) ?? rounds[0].signature,
  };
  return rounds.map(({ round_time_unix: time }) => ({ kind: 'drand', time, period, chain: recorded }));
}

// Pulse 1 has another status than 0, as the first of its chain.
function pulse() {
  const { pulse: served } = load('nist/pulse-54609.json');
  const recorded = {
    id: served.certificateId.toLowerCase(),
    certificate: readFileSync(new URL('nist/certificate-5501e3d7.pem', vectors)),
    pulse: ({ odd = {} }) => {
      const made = structuredClone(served);
      odd.before?.(made);
      odd.after?.(made);
      return made;
    },
  };
  return { kind: 'nist', time: Date.parse(served.timeStamp) / 1000, period: 60, nist: recorded };
}

export const RECORDED = [...quicknet(), pulse()];
