// Verifies packs, one at a time, away from the page. Asks nobody anything.
import { digest } from '../verify/bytes';
import { CertificateError, ChainError, type Options, readZip, TrustError, verifyPack, ZipError } from '../verify/index';
import type { Question, Reply } from './messages';
import { stepsOf } from './steps';

interface Scope {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(reply: Reply): void;
}

const scope = self as unknown as Scope;

function optionsOf({ trust, chain, certificate, rehearsal }: Question): Options {
  return {
    rehearsal,
    ...trust && { trust },
    ...chain && { acceptChain: chain },
    ...certificate && { acceptCertificate: certificate },
  };
}

function unreadable(error: unknown, number: number): Reply {
  const what = error instanceof ZipError ? 'pack' : error instanceof TrustError ? 'trust'
    : error instanceof ChainError ? 'chain' : error instanceof CertificateError ? 'certificate' : 'other';
  return { kind: 'unreadable', number, what, why: error instanceof Error ? error.message : '' };
}

scope.onmessage = ({ data }) => {
  const begin = performance.now();
  try {
    const files = readZip(data.pack);
    const report = verifyPack(files, optionsOf(data));
    scope.postMessage({
      kind: 'verified', number: data.number, report, steps: stepsOf(files, report, data.trust !== null),
      files: files.map(({ name, bytes }) => [name, bytes]),
      sha256: digest(data.pack),
      ms: Math.round(performance.now() - begin),
    });
  } catch (error) {
    scope.postMessage(unreadable(error, data.number));
  }
};
