// The public beacons, as the verifier pins them (protocol §2): a draw on another chain
// or certificate is a test, and every page that shows it says so.
import { ref } from 'vue';

/** How they begin: 128 bits, for a first visit fetches them. What they are to the
 * last bit is for the verifier to say. */
const PUBLIC = ['52db9ba70e0cc0f6eaf7803dd07447a1', '5501e3d72bc42f3b96e16de4dcadcb16'];

/** Does this page show a draw that is a test? */
export const testing = ref(false);

/** Of the hash of a drand chain, or the id of a certificate. */
export function isTestBeacon(of: string): boolean {
  return !PUBLIC.some((begin) => of.startsWith(begin));
}

/** Of the text of declare.txt; a beacon without a network is no test. */
export function declaresTest(text: string): boolean {
  const [, of] = /^beacon (?:drand|nist) (\S+) /m.exec(text) ?? [];
  return of !== undefined && isTestBeacon(of);
}
