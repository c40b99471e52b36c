// Pulses of the NIST Randomness Beacon 2.0 (draft NISTIR 8213): RSA PKCS#1 v1.5
// with SHA-512 (protocol §2, §8; the bytes that are signed:
// tests/vectors/nist/format.json).
import { sha512 } from '@noble/hashes/sha2';
import { bigEndian, concat, equal, fromHex, toNumber, utf8 } from './bytes';
import type { Certificate } from './certificate';
import { isInteger, isObject, type Json, type JsonObject } from './json';

class Formless extends Error {}

const TEXT_MAX = 256;

function text(value: Json | undefined): Uint8Array {
  if (typeof value !== 'string' || utf8(value).length > TEXT_MAX) throw new Formless();
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
  if (!isObject(external) || of('version') !== 'Version 2.0' || of('cipherSuite') !== 0) throw new Formless();
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

/** Bytes of the modulus, and so of a signature. */
function sizeOf({ modulus }: Certificate): number {
  return Math.ceil(modulus.toString(16).length / 2);
}

/** RSASSA-PKCS1-v1_5 with SHA-512: RFC 8017 §8.2.2. */
function verifyRsa(certificate: Certificate, signed: Uint8Array, signature: Uint8Array): boolean {
  const { modulus, exponent } = certificate;
  const size = sizeOf(certificate);
  const number = toNumber(signature);
  const info = concat(SHA512, sha512(signed));
  const padding = new Uint8Array(size - info.length - 3).fill(0xff);
  const expected = concat(Uint8Array.of(0, 1), padding, Uint8Array.of(0), info);
  return number < modulus && equal(bigEndian(power(number, exponent, modulus), size), expected);
}

/** Is the pulse of format 2.0, signed with the certificate's key, and its output what
 * follows from it? */
export function verifyPulse(certificate: Certificate, pulse: JsonObject): boolean {
  try {
    const signed = message(pulse);
    const signature = hex(pulse.get('signatureValue'), sizeOf(certificate));
    const output = hex(pulse.get('outputValue'), 64);
    const id = hex(pulse.get('certificateId'), 64);
    return equal(id, fromHex(certificate.id)) && equal(sha512(concat(signed, signature)), output) &&
      verifyRsa(certificate, signed, signature);
  } catch (error) {
    if (error instanceof Formless) return false;
    throw error;
  }
}
