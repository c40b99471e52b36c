// The trust file: a C2SP tlog-policy of log and witness keys, with added lines
// `party <id> <public key>` (protocol §5, §8).
import { fromUtf8, isHex } from './bytes';
import { isPublicKey } from './ed25519';
import { parseVerifierKey } from './note';
import { isPartyId, parseInteger } from './text';

export interface Trust {
  logs: { name: string; key: string }[];
  witnesses: { name: string; key: string }[];
  parties: { id: string; key: string }[];
}

const SIZE_MAX = 1 << 20;
const LINES_MAX: Record<string, number> = { log: 32, witness: 32, group: 32, party: 64 };
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

export class TrustError extends Error {
  constructor(readonly line: number, why: string) {
    super(`line ${line}: ${why}`);
  }
}

class TrustReader {
  readonly trust: Trust = { logs: [], witnesses: [], parties: [] };
  private readonly names = new Set<string>();
  private readonly members = new Set<string>();
  private readonly keys = new Set<string>();
  private readonly counts: Record<string, number> = {};
  private quorums = 0;
  private line = 0;

  private fail(why: string): never {
    throw new TrustError(this.line, why);
  }

  read(text: string): Trust {
    const lines = text.split('\n');
    const rest = lines.pop();
    for (const line of lines) {
      const fields = line.split(/[ \t]+/).filter((field) => field !== '');
      this.line++;
      if (CONTROL.test(line)) this.fail('a control character');
      if (fields.length > 0 && !fields[0]!.startsWith('#')) this.take(fields);
    }
    if (rest !== '') this.fail('the line does not end with LF');
    if (this.quorums !== 1) this.fail('exactly one quorum line is expected');
    return this.trust;
  }

  private take([word, ...fields]: string[]): void {
    const count = (this.counts[word!] ?? 0) + 1;
    if (count > (LINES_MAX[word!] ?? count)) this.fail('too many lines of this kind');
    this.counts[word!] = count;
    switch (word) {
      case 'log': return this.log(fields);
      case 'witness': return this.witness(fields);
      case 'group': return this.group(fields);
      case 'quorum': return this.quorum(fields);
      case 'party': return this.party(fields);
      default: this.fail('not one of the words that may stand here');
    }
  }

  /** A key that no other of this kind has. */
  private newKey(kind: string, key: string): string {
    if (this.keys.has(`${kind} ${key}`)) this.fail('a key stands twice');
    if (!isPublicKey(key)) this.fail('not a key that can sign');
    this.keys.add(`${kind} ${key}`);
    return key;
  }

  private newName(name: string | undefined): void {
    if (!name || name === 'none' || this.names.has(name)) this.fail('not a new name');
    this.names.add(name);
  }

  private log([vkey, url, more]: string[]): void {
    const key = parseVerifierKey(vkey ?? '');
    if (key?.type !== 'log' || more !== undefined || url === '') this.fail('not the key of a log');
    if (this.trust.logs.some(({ name }) => name === key.name)) this.fail('a log has one key');
    this.trust.logs.push({ name: key.name, key: this.newKey('log', key.key) });
  }

  private witness([name, vkey, , more]: string[]): void {
    const key = parseVerifierKey(vkey ?? '');
    this.newName(name);
    if (key?.type !== 'witness' || more !== undefined) this.fail('not the key of a witness');
    this.trust.witnesses.push({ name: key.name, key: this.newKey('witness', key.key) });
  }

  private group([name, count, ...members]: string[]): void {
    const number = count === 'any' ? 1 : count === 'all' ? members.length : parseInteger(count ?? '');
    if (members.length === 0 || !number || number > members.length) this.fail('not a group');
    for (const member of members) {
      if (!this.names.has(member) || this.members.has(member)) this.fail('not a member');
      this.members.add(member);
    }
    this.newName(name);
  }

  private quorum([name, more]: string[]): void {
    if (!name || more !== undefined || this.quorums > 0) this.fail('not the one quorum');
    if (name !== 'none' && !this.names.has(name)) this.fail('nobody has this name');
    this.quorums++;
  }

  private party([id, key, more]: string[]): void {
    if (!id || !isPartyId(id)) this.fail('not a party');
    if (!key || !isHex(key, 32) || more !== undefined) this.fail('not a key');
    this.trust.parties.push({ id, key: this.newKey('party', key) });
  }
}

/** Was this key given to this party? It may have been given several. */
export function isGiven(trust: Trust | null, id: string, key: string): boolean {
  return trust?.parties.some((party) => party.id === id && party.key === key) ?? false;
}

/** Throws TrustError. The quorum of the file is read and not applied: protocol §8. */
export function parseTrust(bytes: Uint8Array): Trust {
  const text = bytes.length <= SIZE_MAX ? fromUtf8(bytes) : undefined;
  if (text === undefined) throw new TrustError(1, 'not UTF-8, or over 1 MiB');
  return new TrustReader().read(text);
}
