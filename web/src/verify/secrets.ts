// commit-<party>.txt, lock.txt, seal.txt: protocol §2.
import { Reader } from './text';

export interface Commit {
  declare: string;
  party: string;
  secret: string;
}

export interface Lock {
  declare: string;
  /** As declared; commitment i stands on line i + 3. */
  commits: { party: string; commit: { digest: string; signature: string } | null }[];
}

export type Secret = { hex: string } | 'withheld' | 'absent';

export interface Seal {
  declare: string;
  lock: string;
  /** As declared; secret i stands on line i + 4. */
  secrets: { party: string; secret: Secret }[];
}

const PARTIES_MAX = 16;

export function parseCommit(bytes: Uint8Array): Commit {
  const reader = new Reader(bytes);
  reader.kind('commit');
  const commit = {
    declare: reader.hex(reader.take('declare', 1)[0]!, 32),
    party: reader.party(reader.take('party', 1)[0]!),
    secret: reader.hex(reader.take('secret', 1)[0]!, 32),
  };
  reader.end();
  return commit;
}

export function writeCommit(commit: Commit): string {
  const { declare, party, secret } = commit;
  return `klero/1 commit\ndeclare ${declare}\nparty ${party}\nsecret ${secret}\n`;
}

/** What a party signs when it commits. */
export function commitmentStatement(declare: string, party: string, digest: string): string {
  return `klero/1 commitment\ndeclare ${declare}\nparty ${party}\ncommit ${digest}\n`;
}

export function parseLock(bytes: Uint8Array): Lock {
  const reader = new Reader(bytes);
  const commits: Lock['commits'] = [];
  reader.kind('lock');
  const declare = reader.hex(reader.take('declare', 1)[0]!, 32);
  while (!reader.atEnd()) {
    const [party, digest, signature] = reader.take('commit', 3) as [string, string, string];
    const absent = digest === 'absent' && signature === '-';
    if (commits.length === PARTIES_MAX) reader.fail('too many parties');
    if (commits.some((other) => other.party === party)) reader.fail('a party stands twice');
    commits.push({
      party: reader.party(party),
      commit: absent ? null : { digest: reader.hex(digest, 32), signature: reader.hex(signature, 64) },
    });
  }
  if (commits.filter(({ commit }) => commit).length < 2) reader.failNext('fewer than two commitments');
  return { declare, commits };
}

export function writeLock(lock: Lock): string {
  const lines = lock.commits.map(({ party, commit }) =>
    `commit ${party} ${commit ? `${commit.digest} ${commit.signature}` : 'absent -'}\n`);
  return `klero/1 lock\ndeclare ${lock.declare}\n${lines.join('')}`;
}

export function parseSeal(bytes: Uint8Array): Seal {
  const reader = new Reader(bytes);
  const secrets: Seal['secrets'] = [];
  reader.kind('seal');
  const declare = reader.hex(reader.take('declare', 1)[0]!, 32);
  const lock = reader.hex(reader.take('lock', 1)[0]!, 32);
  while (!reader.atEnd()) {
    const [party, secret] = reader.take('secret', 2) as [string, string];
    const missing = secret === 'withheld' || secret === 'absent';
    if (secrets.length === PARTIES_MAX) reader.fail('too many parties');
    if (secrets.some((other) => other.party === party)) reader.fail('a party stands twice');
    secrets.push({
      party: reader.party(party),
      secret: missing ? secret : { hex: reader.hex(secret, 32) },
    });
  }
  if (secrets.length < 2) reader.failNext('fewer than two parties');
  if (revealed({ secrets }).length === 0) reader.failNext('no secret is revealed');
  return { declare, lock, secrets };
}

export function writeSeal(seal: Seal): string {
  const lines = seal.secrets.map(({ party, secret }) =>
    `secret ${party} ${typeof secret === 'string' ? secret : secret.hex}\n`);
  return `klero/1 seal\ndeclare ${seal.declare}\nlock ${seal.lock}\n${lines.join('')}`;
}

/** The secrets that a seal holds, and whose they are. */
export function revealed(seal: Pick<Seal, 'secrets'>): { party: string; hex: string }[] {
  return seal.secrets.flatMap(({ party, secret }) =>
    typeof secret === 'string' ? [] : [{ party, hex: secret.hex }]);
}
