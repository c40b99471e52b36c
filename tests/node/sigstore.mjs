// sigstore.mjs -- our log as Sigstore's verifier sees it, which shares no code
// with us.
//
//   const log = sigstore(vkey);             a verifier key as keygen --log has it
//   log.verify(entry, index, hashes, note)  throws unless it is proven
import { createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';

const { verifyTLogInclusion } = createRequire(import.meta.url)('@sigstore/verify/dist/tlog/index.js');

// RFC 8410: what stands before the 32 bytes of an Ed25519 public key in DER.
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex');

export function sigstore(vkey) {
  const [, origin, keyId, typed] = vkey.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
  const authority = {
    baseURL: `https://${origin}`,
    logID: Buffer.from(keyId.padEnd(64, '0'), 'hex'),
    publicKey: createPublicKey({ format: 'der', type: 'spki',
      key: Buffer.concat([PUBLIC_DER, Buffer.from(typed, 'base64').subarray(1)]) }),
  };
  return {
    verify: (entry, index, hashes, envelope) => verifyTLogInclusion({
      canonicalizedBody: Buffer.from(entry),
      inclusionProof: { logIndex: String(index), hashes, checkpoint: { envelope } },
    }, [authority]),
  };
}
