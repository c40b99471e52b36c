// The files of a pack by their names, and what one of them says.
export type Files = Map<string, Uint8Array>;

/** Undefined where there is no such file, and where it breaks its form: of that a
 * finding tells. */
export function read<T>(files: Files, name: string, parse: (bytes: Uint8Array) => T): T | undefined {
  const bytes = files.get(name);
  try {
    return bytes && parse(bytes);
  } catch {
    return undefined;
  }
}

export interface ShownPolicy {
  draw?: Record<string, unknown>;
}

export function readPolicy(files: Files): ShownPolicy | undefined {
  return read(files, 'policy.json', (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as ShownPolicy);
}
