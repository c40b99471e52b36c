// Certificates that pulses of the NIST beacon are signed with: the pinned one, and
// one in PEM that the verifier is told to accept (protocol §8).
import { sha512 } from '@noble/hashes/sha2';
import type { Settings } from './attempt';
import { fromBase64, latin1, toHex, toNumber } from './bytes';

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

export function certificateOf(settings: Settings, id: string): Certificate | undefined {
  return [PINNED, settings.certificate].find((certificate) => certificate?.id === id) ?? undefined;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const VERSION = 0xa0;
// AlgorithmIdentifier of rsaEncryption, its parameters NULL: RFC 3279 §2.3.1.
const RSA = '06092a864886f70d0101010500';
const FILE_MAX = 64 * 1024;

/** Values of DER (X.690 §10.1), one after the other. */
class Der {
  constructor(private rest: Uint8Array) {}

  /** The content of the next value, which has this tag. */
  take(tag: number): Uint8Array {
    const [first, length = 0x80] = this.rest;
    const more = length < 0x80 ? 0 : length - 0x80;
    const long = this.rest.subarray(2, 2 + more);
    const size = more === 0 ? length : Number(toNumber(long));
    const start = 2 + more;
    const shortest = more === 0 ? length < 0x80 : long[0] !== 0 && size >= 0x80;
    if (first !== tag || !shortest || size > this.rest.length - start) this.fail();
    const content = this.rest.subarray(start, start + size);
    this.rest = this.rest.subarray(start + size);
    return content;
  }

  /** A number that is not negative, in the fewest bytes: X.690 §8.3. */
  natural(): bigint {
    const content = this.take(INTEGER);
    const [first = 0x80, second = 0x80] = content;
    if (first >= 0x80 || (first === 0 && content.length > 1 && second < 0x80)) this.fail();
    return toNumber(content);
  }

  end(): void {
    if (this.rest.length > 0) this.fail();
  }

  private fail(): never {
    throw new CertificateError('the certificate is not the DER of RFC 5280');
  }
}

/** What is signed of a certificate, as far as the key: RFC 5280 §4.1. */
function keyInfo(certificate: Uint8Array): Der {
  const file = new Der(certificate);
  const signed = new Der(new Der(file.take(SEQUENCE)).take(SEQUENCE));
  file.end();
  signed.take(VERSION); // and so not version 1, which has no place for what a key is for
  signed.take(INTEGER);
  for (let i = 0; i < 4; i++) signed.take(SEQUENCE); // algorithm, issuer, validity, subject
  return new Der(signed.take(SEQUENCE));
}

/** The RSAPublicKey of RFC 8017 A.1.1. */
function publicKey(info: Der): [modulus: bigint, exponent: bigint] {
  const algorithm = toHex(info.take(SEQUENCE));
  const bits = info.take(BIT_STRING);
  info.end();
  if (algorithm !== RSA || bits[0] !== 0) throw new CertificateError('the key is not one of RSA');
  const outer = new Der(bits.subarray(1));
  const key = new Der(outer.take(SEQUENCE));
  outer.end();
  const [modulus, exponent] = [key.natural(), key.natural()];
  key.end();
  return [modulus, exponent];
}

function bitLength(number: bigint): number {
  return number.toString(2).length;
}

/** What stands between the first two lines that begin and end a certificate. */
function decodePem(pem: Uint8Array): Uint8Array | undefined {
  const lines = latin1(pem).split('\n').slice(0, -1).map((line) => line.replace(/\r$/, ''));
  const begin = lines.indexOf('-----BEGIN CERTIFICATE-----');
  const end = lines.indexOf('-----END CERTIFICATE-----', begin + 1);
  if (pem.length > FILE_MAX || begin < 0 || end < 0) return undefined;
  return fromBase64(lines.slice(begin + 1, end).join(''));
}

/** The first certificate of a PEM file (RFC 7468); throws CertificateError. */
export function parseCertificate(pem: Uint8Array): Certificate {
  const bytes = decodePem(pem);
  if (!bytes) throw new CertificateError('there is no certificate in PEM');
  const [modulus, exponent] = publicKey(keyInfo(bytes));
  const size = bitLength(modulus);
  if (size < 2048 || size > 4096 || modulus % 2n === 0n || exponent !== 65537n) {
    throw new CertificateError('the key is not RSA of 2048 to 4096 bits, odd, with exponent 65537');
  }
  const id = toHex(sha512(bytes));
  return { id, modulus, exponent, test: id !== PINNED.id };
}
