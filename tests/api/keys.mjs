// keys.mjs -- what a party or an institution has of its own: keys, secrets,
// signatures of klero/1, and credit codes for institutions of tests.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

// RFC 8410: what stands before the 32 bytes of an Ed25519 key in DER.
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex');

export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

// An Ed25519 key from its 32-byte seed, as hex.
export function keyFrom(seed) {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_DER, Buffer.from(seed, 'hex')]), format: 'der', type: 'pkcs8' });
  const public_key = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x, 'base64url').toString('hex');
  return { seed, public_key, sign: (text) => sign(null, Buffer.from(text), key).toString('hex') };
}
export const newKey = () => keyFrom(randomBytes(32).toString('hex'));
export const newSecret = () => randomBytes(32).toString('hex');

// protocol §6, for values that have a canonical form.
export const canonical = (value) => value === null || typeof value !== 'object' ? JSON.stringify(value)
  : Array.isArray(value) ? `[${value.map(canonical).join()}]`
    : `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;

// protocol §2: the reveal, and the signed statement that commits to it.
export const revealText = (declare, party, secret) =>
  `klero/1 commit\ndeclare ${declare}\nparty ${party}\nsecret ${secret}\n`;
export function commitment(declare, party, secret, key) {
  const commit = sha256(revealText(declare, party, secret));
  const signature = key.sign(`klero/1 commitment\ndeclare ${declare}\nparty ${party}\ncommit ${commit}\n`);
  return { party, commit, signature };
}

// The payload of party.enrol: whoever holds the key says whose it is.
export function enrolment(origin, organisation, party, key) {
  const { public_key } = key;
  const signature = key.sign(`klero/1 party\norigin ${origin}\norganisation ${organisation}\nparty ${party}\nkey ${public_key}\n`);
  return { party, public_key, signature };
}

// GB 11714 and GB 32100: the two check characters of a credit code.
const LETTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const total = (text, weights) =>
  [...text].reduce((sum, letter, i) => sum + LETTERS.indexOf(letter) * weights[i], 0);
export function usccFrom(region, eight) {
  const inner = 11 - total(eight, [3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  const body = `91${region}${eight}${inner === 11 ? '0' : inner === 10 ? 'X' : inner}`;
  const weights = Array.from({ length: 17 }, (_, i) => 3 ** i % 31);
  return body + LETTERS[(31 - total(body, weights) % 31) % 31];
}
export const newUscc = () =>
  usccFrom('360700', Array.from(randomBytes(8), (byte) => LETTERS[byte % 10]).join(''));
