// The public beacons, as the verifier pins them (protocol §2): a draw on another chain
// or certificate is a test, and every page that shows it says so.
import { ref } from 'vue';

const PUBLIC = [
  '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  '5501e3d72bc42f3b96e16de4dcadcb16768e109662bd16d667d5fd9aee585af3' +
    '1bbdc5dd4f53592276064b53dddd76c8f3604b2a41db6e09f78f82bb5d6569e7',
];

/** Does this page show a draw that is a test? */
export const testing = ref(false);

/** Of the hash of a drand chain, or the id of a certificate. */
export function isTestBeacon(of: string): boolean {
  return !PUBLIC.includes(of);
}

/** Of the text of declare.txt; a beacon without a network is no test. */
export function declaresTest(text: string): boolean {
  const [, of] = /^beacon (?:drand|nist) (\S+) /m.exec(text) ?? [];
  return of !== undefined && isTestBeacon(of);
}
