import { sha256 } from '@noble/hashes/sha2';
import { toHex } from '../verify/bytes';

/** SHA-256 in hex; also where the browser offers none, as on plain HTTP. */
export function digestOf(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}
