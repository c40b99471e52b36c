// What a file is named by where it is given as evidence: its SHA-256. It is stored when
// what names it is sent, for only then is it known whose it is.
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { Failure } from './client';
import { all, call } from './session';

const TYPES: Partial<Record<string, string>> = {
  pdf: 'application/pdf', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', ofd: 'application/ofd',
};

/** What was chosen in this page and is not stored yet, by its digest. */
const chosen = new Map<string, File>();

export const digestOf = (text: string): string => bytesToHex(sha256(new TextEncoder().encode(text)));

export async function evidenceOf(file: File): Promise<string> {
  const digest = bytesToHex(sha256(new Uint8Array(await file.arrayBuffer())));
  chosen.set(digest, file);
  return digest;
}

/** Those among these that a page which was loaded anew can only ask for again. */
export async function lost(digests: string[]): Promise<string[]> {
  const away = digests.filter((digest) => digest && !chosen.has(digest));
  if (away.length === 0) return [];
  const stored = new Set((await all<{ sha256: string }>('/v1/files').catch(() => [])).map(({ sha256: digest }) => digest));
  return away.filter((digest) => !stored.has(digest));
}

/** For who sends it now; what is refused is told at the pointer of its field. */
export async function store(given: [pointer: string, digest: string][]): Promise<void> {
  for (const [pointer, digest] of given) {
    const file = chosen.get(digest);
    if (!file) continue;
    const type = TYPES[file.name.split('.').pop()?.toLowerCase() ?? ''] ?? 'application/octet-stream';
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      await call('/v1/files', { method: 'POST', file: { bytes, type, name: file.name, digest } });
    } catch (error) {
      const { status, code, title } = error as Failure;
      if (![409, 413, 415, 422].includes(status)) throw error;
      throw new Failure(status, code, title, [{ pointer, code, detail: title }]);
    }
    chosen.delete(digest);
  }
}
