// The parts of the verifier one by one, for pages that show a step of it and for
// tests that hold it to vectors.
export { fromBase64, fromHex, toHex } from './bytes';
export { parseChain, roundAt, timeOfRound, verifyRound } from './drand';
export { rank } from './draw';
export { isPublicKey, verifySignature } from './ed25519';
export { parseJson, writeJson } from './json';
export { checkConsistency, checkInclusion, leafHash } from './merkle';
export { cosignedAt, isSigned, parseCheckpoint, parseNote, parseVerifierKey } from './note';
export { parseCertificate, verifyPulse } from './nist';
export { parseProof, parseSteps } from './proof';
