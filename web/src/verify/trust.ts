// The trust file: a C2SP tlog-policy of log and witness keys, with added lines
// `party <id> <public key>` (protocol §5).
import { fromUtf8, isHex } from './bytes';
import { isPublicKey } from './ed25519';
import { parseVerifierKey } from './note';
import { isPartyId, parseInteger } from './text';

export interface Trust {
  logs: { name: string; key: string }[];
  witnesses: { name: string; key: string }[];
  parties: Map<string, string>;
}

export class TrustError extends Error {
  constructor(readonly line: number, why: string) {
    super(`line ${line}: ${why}`);
  }
}

class TrustReader {
  readonly trust: Trust = { logs: [], witnesses: [], parties: new Map() };
  private readonly names = new Set<string>();
  private readonly members = new Set<string>();
  private readonly keys = new Set<string>();
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
      if (fields.length > 0 && !fields[0]!.startsWith('#')) this.take(fields);
    }
    if (rest !== '') this.fail('the line does not end with LF');
    if (this.quorums !== 1) this.fail('exactly one quorum line is expected');
    return this.trust;
  }

  private take([word, ...fields]: string[]): void {
    switch (word) {
      case 'log': return this.log(fields);
      case 'witness': return this.witness(fields);
      case 'group': return this.group(fields);
      case 'quorum': return this.quorum(fields);
      case 'party': return this.party(fields);
      default: this.fail('not one of the words that may stand here');
    }
  }

  private newKey(key: string): string {
    if (this.keys.has(key)) this.fail('a key stands twice');
    if (!isPublicKey(key)) this.fail('not a key that can sign');
    this.keys.add(key);
    return key;
  }

  private newName(name: string | undefined): void {
    if (!name || name === 'none' || this.names.has(name)) this.fail('not a new name');
    this.names.add(name);
  }

  private log([vkey, url, more]: string[]): void {
    const key = parseVerifierKey(vkey ?? '');
    if (key?.type !== 'log' || more !== undefined || url === '') this.fail('not the key of a log');
    this.trust.logs.push({ name: key.name, key: this.newKey(key.key) });
  }

  private witness([name, vkey, , more]: string[]): void {
    const key = parseVerifierKey(vkey ?? '');
    this.newName(name);
    if (key?.type !== 'witness' || more !== undefined) this.fail('not the key of a witness');
    this.trust.witnesses.push({ name: key.name, key: this.newKey(key.key) });
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
    if (!id || !isPartyId(id) || this.trust.parties.has(id)) this.fail('not a new party');
    if (!key || !isHex(key, 32) || more !== undefined) this.fail('not a key');
    this.trust.parties.set(id, this.newKey(key));
  }
}

/** Throws TrustError. The quorum of the file is read and not applied: protocol §8. */
export function parseTrust(bytes: Uint8Array): Trust {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new TrustError(1, 'not UTF-8');
  return new TrustReader().read(text);
}
