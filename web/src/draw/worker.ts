// Reads the published texts of one draw and computes its tickets, away from the
// page. New texts come as they are published; what was read stays.
import type { Answer, Texts } from './facts';
import { broken, read } from './read';

interface Scope {
  onmessage: (event: MessageEvent<Texts>) => void;
  postMessage(answer: Answer): void;
}

const scope = self as unknown as Scope;
const texts = new Map<string, Uint8Array>();

scope.onmessage = ({ data }) => {
  for (const [name, bytes] of data) texts.set(name, bytes);
  try {
    const facts = read(texts, (done, all) => scope.postMessage({ kind: 'progress', done, all }));
    scope.postMessage({ kind: 'facts', facts });
  } catch (error) {
    scope.postMessage(broken(error));
  }
};
