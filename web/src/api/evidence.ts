// What a file is named by where it is given as evidence: its SHA-256.
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

export const EVIDENCE_SIZE_MAX = 20 * 1024 * 1024;

export async function evidenceOf(file: File): Promise<string> {
  return bytesToHex(sha256(new Uint8Array(await file.arrayBuffer())));
}

export const digestOf = (text: string): string => bytesToHex(sha256(new TextEncoder().encode(text)));
