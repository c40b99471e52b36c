// Pulses of the NIST Randomness Beacon 2.0 (draft NISTIR 8213): RSA PKCS#1 v1.5
// with SHA-512 and a key of 4096 bits (protocol §2; the bytes that are signed:
// tests/vectors/nist/format.json).
import { sha512 } from '@noble/hashes/sha2';
import type { Settings } from './attempt';
import { bigEndian, concat, equal, fromBase64, fromHex, fromUtf8, toHex, toNumber, utf8 } from './bytes';
import { isInteger, isObject, type Json, type JsonObject } from './json';

export interface Certificate {
  /** SHA-512 of its DER, as hex. */
  id: string;
  modulus: bigint;
  exponent: bigint;
  /** Not pinned here, but accepted because the verifier was told to. */
  test: boolean;
}

export class CertificateError extends Error {}

/** CN=engine.beacon.nist.gov of 2018. Its dates are not looked at: it is known by
 * its id. */
const PINNED: Certificate = {
  id: '5501e3d72bc42f3b96e16de4dcadcb16768e109662bd16d667d5fd9aee585af3' +
    '1bbdc5dd4f53592276064b53dddd76c8f3604b2a41db6e09f78f82bb5d6569e7',
  modulus: BigInt('0x' +
    'ea75b8440df04e0b30a35ba70a0522a4925f2973bbfa5430c8db5540b397cec9' +
    '94684b07d6b4773d62456860168d4df994056e50f2159b93ae557ed0b39e3105' +
    '21ad3995d304fc0046292910285c82dc42ec138f9e9e433523d1093adf5d0921' +
    'fd7529b3c2315ff02fdfc611aa6046ad1fc19e9ee43f15b53bb218a2822a8750' +
    '953d492559b6b1f8a95eecce670805dfd5cd54e02c58a917c9e5e84a1270421d' +
    '80e0be666468d0b2df07fba5513ee2697bb307418fa1c323c24e327c98073641' +
    'e2b6018ca03358195cf8b14d100ad4120178e3bf000c6fe133181574f198f6a8' +
    'd30400d29772f751440df8d2dde80ba3db99e5beef0f88468d2da3c02a854952' +
    '0286e6b72ea9394cf290476183f83a14a3a8c101332599211ddd7fec587b5d11' +
    'ef73a10acf9b6300ff9ce4c50ff678ba3b637abb3acd6e6f78a742661a4e83c0' +
    '95564b403597b33fc6338ddda64dd9fd994a57b3bab061f4605610d9e21d4b06' +
    'fe238976d8dbf9513c542afe2772ed9fad827db814e1a5be5dbc07b59abe8ed2' +
    'f37f654a807a5e3382ca0b38106e149b24dbae3429b689bf0f692fdffa4cfea7' +
    'd0fc45dfea4dee3fc34ddaf9ba9944172a97c2bb9fbdf2b13fabe7de68a2ce80' +
    '42e8e3e2b80e1d4edbc990cb4466cc1cf868c783830ddee260684c1dc7d47b3e' +
    'c5609174ccd41a7c4b7b8993fa53f3e282d3e88b794934f2dc8a36cd705352a3'),
  exponent: 65537n,
  test: false,
};

const MODULUS_SIZE = 512;

export function certificateOf(settings: Settings, id: string): Certificate | undefined {
  return [PINNED, settings.certificate].find((certificate) => certificate?.id === id) ?? undefined;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT = 0x06;
const VERSION = 0xa0;
const RSA = '2a864886f70d010101'; // rsaEncryption: RFC 8017 A.1

/** One value of DER (X.690): its content, and what follows it. */
function der(bytes: Uint8Array, tag: number): [content: Uint8Array, rest: Uint8Array] {
  const first = bytes[1] ?? 0;
  const long = first < 0x80 ? 0 : first & 0x7f;
  const size = long === 0 ? first : Number(toNumber(bytes.subarray(2, 2 + long)));
  const end = 2 + long + size;
  if (bytes[0] !== tag || long > 3 || first === 0x80 || end > bytes.length) {
    throw new CertificateError('the certificate is not the DER of RFC 5280');
  }
  return [bytes.subarray(2 + long, end), bytes.subarray(end)];
}

/** The public key of a certificate: RFC 5280 §4.1. */
function publicKey(certificate: Uint8Array): [modulus: bigint, exponent: bigint] {
  let rest = der(der(certificate, SEQUENCE)[0], SEQUENCE)[0];
  if (rest[0] === VERSION) rest = der(rest, VERSION)[1];
  rest = der(rest, INTEGER)[1];
  for (let i = 0; i < 4; i++) rest = der(rest, SEQUENCE)[1]; // algorithm, issuer, validity, subject
  const [algorithm, bits] = der(der(rest, SEQUENCE)[0], SEQUENCE);
  const key = der(der(bits, BIT_STRING)[0].subarray(1), SEQUENCE)[0];
  if (toHex(der(algorithm, OBJECT)[0]) !== RSA) throw new CertificateError('the key is not one of RSA');
  const [modulus, after] = der(key, INTEGER);
  return [toNumber(modulus), toNumber(der(after, INTEGER)[0])];
}

/** The first certificate of a PEM file (RFC 7468); throws CertificateError. */
export function parseCertificate(pem: Uint8Array): Certificate {
  const text = fromUtf8(pem) ?? '';
  const match = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(text);
  const bytes = match ? fromBase64(match[1]!.replace(/\s+/g, '')) : undefined;
  if (!bytes) throw new CertificateError('there is no certificate in PEM');
  const [modulus, exponent] = publicKey(bytes);
  if (modulus >> 4095n !== 1n || modulus % 2n === 0n || exponent < 3n || exponent % 2n === 0n) {
    throw new CertificateError('the key is not one of RSA with 4096 bits');
  }
  const id = toHex(sha512(bytes));
  return { id, modulus, exponent, test: id !== PINNED.id };
}


class Formless extends Error {}

function text(value: Json | undefined): Uint8Array {
  if (typeof value !== 'string') throw new Formless();
  return concat(bigEndian(utf8(value).length, 4), utf8(value));
}

function integer(value: Json | undefined, size: number): Uint8Array {
  const max = size === 4 ? 2 ** 32 - 1 : Number.MAX_SAFE_INTEGER;
  if (!isInteger(value, 0, max)) throw new Formless();
  return bigEndian(value, size);
}

function hex(value: Json | undefined, size: number): Uint8Array {
  if (typeof value !== 'string' || !/^[0-9a-fA-F]*$/.test(value) || value.length !== 2 * size) {
    throw new Formless();
  }
  return fromHex(value);
}

/** 64 bytes, and before them that they are 64. */
function hash(value: Json | undefined): Uint8Array {
  return concat(bigEndian(64, 4), hex(value, 64));
}

const LISTED = ['previous', 'hour', 'day', 'month', 'year'];

function listed(values: Json | undefined): Uint8Array {
  if (!Array.isArray(values) || values.length !== LISTED.length) throw new Formless();
  return concat(...values.map((value, i) => {
    if (!isObject(value) || value.get('type') !== LISTED[i]) throw new Formless();
    return hash(value.get('value'));
  }));
}

/** The bytes that the beacon signs. */
function message(pulse: JsonObject): Uint8Array {
  const external = pulse.get('external');
  const of = (name: string): Json | undefined => pulse.get(name);
  if (!isObject(external)) throw new Formless();
  return concat(
    text(of('uri')), text(of('version')), integer(of('cipherSuite'), 4), integer(of('period'), 4),
    hash(of('certificateId')), integer(of('chainIndex'), 8), integer(of('pulseIndex'), 8),
    text(of('timeStamp')), hash(of('localRandomValue')),
    hash(external.get('sourceId')), integer(external.get('statusCode'), 4), hash(external.get('value')),
    listed(of('listValues')), hash(of('precommitmentValue')), integer(of('statusCode'), 4),
  );
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

const SHA512 = fromHex('3051300d060960864801650304020305000440'); // RFC 8017 §9.2, note 1

/** RSASSA-PKCS1-v1_5 with SHA-512: RFC 8017 §8.2.2. */
function verifyRsa({ modulus, exponent }: Certificate, signed: Uint8Array, signature: Uint8Array): boolean {
  const number = toNumber(signature);
  const info = concat(SHA512, sha512(signed));
  const padding = new Uint8Array(MODULUS_SIZE - info.length - 3).fill(0xff);
  const expected = concat(Uint8Array.of(0, 1), padding, Uint8Array.of(0), info);
  if (signature.length !== MODULUS_SIZE || number >= modulus) return false;
  return equal(bigEndian(power(number, exponent, modulus), MODULUS_SIZE), expected);
}

/** Is the pulse signed with the certificate's key, and its output what follows
 * from it? */
export function verifyPulse(certificate: Certificate, pulse: JsonObject): boolean {
  try {
    const signed = message(pulse);
    const signature = hex(pulse.get('signatureValue'), MODULUS_SIZE);
    const output = hex(pulse.get('outputValue'), 64);
    if (pulse.get('cipherSuite') !== 0) return false;
    return equal(sha512(concat(signed, signature)), output) && verifyRsa(certificate, signed, signature);
  } catch (error) {
    if (error instanceof Formless) return false;
    throw error;
  }
}
