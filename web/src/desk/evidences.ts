// The files that a registration or an institution has stored, for who checks it.
import { all } from '../api/session';

export interface StoredFile {
  id: string;
  sha256: string;
  size: number;
  name: string;
}

const asked = new Map<string, Promise<Map<string, StoredFile>>>();

async function ask(organisation: string): Promise<Map<string, StoredFile>> {
  const files = await all<StoredFile>(`/v1/organisations/${encodeURIComponent(organisation)}/files`).catch(() => []);
  return new Map(files.map((one) => [one.sha256, one]));
}

/** By their digests; asked for once for all the rows of a page. */
export function filesOf(organisation: string): Promise<Map<string, StoredFile>> {
  const files = asked.get(organisation) ?? ask(organisation);
  asked.set(organisation, files);
  return files;
}
/** A page that is opened again asks again. */
export const forgetFiles = (): void => asked.clear();
