// Verifies packs, one at a time, away from the page. Asks nobody anything.
import { digest } from '../verify/bytes';
import { ChainError, type Options, readZip, TrustError, verifyPack, ZipError } from '../verify/index';
import type { Question, Reply } from './messages';
import { stepsOf } from './steps';

interface Scope {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(reply: Reply): void;
}

const scope = self as unknown as Scope;

function optionsOf({ trust, chain, rehearsal }: Question): Options {
  return {
    rehearsal,
    ...trust && { trust },
    ...chain && { acceptChain: chain },
  };
}

function unreadable(error: unknown): Reply {
  const what = error instanceof ZipError ? 'pack' : error instanceof TrustError ? 'trust'
    : error instanceof ChainError ? 'chain' : 'other';
  return { kind: 'unreadable', what, why: error instanceof Error ? error.message : '' };
}

scope.onmessage = ({ data }) => {
  const begin = performance.now();
  try {
    const files = readZip(data.pack);
    const report = verifyPack(files, optionsOf(data));
    scope.postMessage({
      kind: 'verified', report, steps: stepsOf(files, report),
      files: files.map(({ name, bytes }) => [name, bytes]),
      sha256: digest(data.pack),
      ms: Math.round(performance.now() - begin),
    });
  } catch (error) {
    scope.postMessage(unreadable(error));
  }
};
