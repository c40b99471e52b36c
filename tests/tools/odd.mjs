// odd.mjs -- pulses, certificates and chain info at the edge of their form and beyond it.
//
// ODD_PULSES[name] → { good, before?(pulse), sign?(bytes, key), after?(pulse) } for
//     nist().pulse(): what is done before it is signed, how, and what afterwards.
//     good: a verifier takes it (vectors/nist/format.json, protocol §8)
// ODD_CERTIFICATES[name] → { good, pem }: keys to sign pulses with (protocol §8)
// oddChains(info) → { name: { good, json } }: chain info, of a chain that is right
import { constants, createHash, sign } from 'node:crypto';

const before = (change, good = false) => ({ good, before: change });
const after = (change, good = false) => ({ good, after: change });
const set = (name, value, good) => before((pulse) => { pulse[name] = value; }, good);
const lowered = (name) => (pulse) => { pulse[name] = pulse[name].toLowerCase(); };
const SHORT_MAX = 2 ** 32 - 1;

export const ODD_PULSES = {
  'as it should be': before(() => {}, true),
  'a uri of 256 bytes': set('uri', 'u'.repeat(256), true),
  'a uri of 257 bytes': set('uri', 'u'.repeat(257)),
  'a uri of 86 characters and 258 bytes': set('uri', '脉'.repeat(86)),
  'a uri of 85 characters and 255 bytes': set('uri', '脉'.repeat(85), true),
  'an empty uri': set('uri', '', true),
  'no uri': set('uri', null),
  'version 1.0': set('version', 'Version 1.0'),
  'version 2.0 and a space': set('version', 'Version 2.0 '),
  'version 2': set('version', 2),
  'another cipher suite': set('cipherSuite', 1),
  'a cipher suite as text': set('cipherSuite', '0'),
  'a period of 0': set('period', 0, true),
  'the longest period': set('period', SHORT_MAX, true),
  'a period too long': set('period', SHORT_MAX + 1),
  'a period below 0': set('period', -1),
  'a period as text': set('period', '60000'),
  'the highest indexes': before((pulse) => { pulse.chainIndex = pulse.pulseIndex = Number.MAX_SAFE_INTEGER; }, true),
  'a chain below 0': set('chainIndex', -1),
  'a pulse below 0': set('pulseIndex', -1),
  'a pulse as text': set('pulseIndex', '7'),
  'a local value too short': before((pulse) => { pulse.localRandomValue = pulse.localRandomValue.slice(2); }),
  'a local value too long': before((pulse) => { pulse.localRandomValue += '00'; }),
  'a local value in lower case': before(lowered('localRandomValue'), true),
  'a local value not of hex': before((pulse) => { pulse.localRandomValue = `${pulse.localRandomValue.slice(1)}g`; }),
  'a local value that is null': set('localRandomValue', null),
  'nothing external': set('external', null),
  'a list of what is external': before((pulse) => { pulse.external = [pulse.external]; }),
  'an external status': before((pulse) => { pulse.external.statusCode = SHORT_MAX; }, true),
  'an external status too high': before((pulse) => { pulse.external.statusCode = SHORT_MAX + 1; }),
  'no external status': before((pulse) => { delete pulse.external.statusCode; }),
  'an external value too short': before((pulse) => { pulse.external.value = ''; }),
  'no external source': before((pulse) => { delete pulse.external.sourceId; }),
  'four listed': before((pulse) => pulse.listValues.pop()),
  'six listed': before((pulse) => pulse.listValues.push(pulse.listValues[4])),
  'listed in another order': before((pulse) => pulse.listValues.reverse()),
  'listed under another type': before((pulse) => { pulse.listValues[4].type = 'Year'; }),
  'one listed is null': before((pulse) => { pulse.listValues[2] = null; }),
  'one listed has no value': before((pulse) => { delete pulse.listValues[1].value; }),
  'no list': set('listValues', null),
  'a precommitment too short': before((pulse) => { pulse.precommitmentValue = pulse.precommitmentValue.slice(64); }),
  'a member more': set('more', [1], true),
  'members more within': before((pulse) => { pulse.external.more = pulse.listValues[0].more = null; }, true),
  'certificateId in upper case': before((pulse) => { pulse.certificateId = pulse.certificateId.toUpperCase(); }, true),
  'signed and output in lower case': after((pulse) => { lowered('signatureValue')(pulse); lowered('outputValue')(pulse); }, true),
  'a signature with a byte more': after((pulse) => { pulse.signatureValue = `00${pulse.signatureValue}`; }),
  'a signature with a byte less': after((pulse) => { pulse.signatureValue = pulse.signatureValue.slice(2); }),
  'no signature': after((pulse) => { delete pulse.signatureValue; }),
  'another output': after((pulse) => { pulse.outputValue = `0${pulse.outputValue.slice(1)}`.replace(/.$/, (c) => (c === '0' ? '1' : '0')); }),
  'an output too short': after((pulse) => { pulse.outputValue = pulse.outputValue.slice(2); }),
  'signed over SHA-256': { good: false, sign: (bytes, key) => sign('sha256', bytes, key) },
  'signed over SHA-384': { good: false, sign: (bytes, key) => sign('sha384', bytes, key) },
  'signed as PSS': { good: false, sign: (bytes, key) => sign('sha512', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING }) },
  'a signature of zeros': { good: false, sign: () => Buffer.alloc(512) },
  'a signature of ones': { good: false, sign: () => Buffer.alloc(512, 0xff) },
};

// --- certificates: X.690, RFC 5280 §4.1, RFC 8017 A.1.1 ---------------------

function value(tag, ...parts) {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

const sequence = (...parts) => value(0x30, ...parts);
const RSA = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const NULL = [0x05, 0x00];
const VERSION_3 = value(0xa0, value(0x02, [2]));
const F4 = [1, 0, 1];

// The content of an INTEGER of so many bits that is odd and not below zero.
function odd(bits, last = 1) {
  const bytes = Buffer.alloc(Math.floor(bits / 8) + 1, 0xa5);
  bytes[0] = 0;
  if (bits % 8) bytes[0] = 1 << (bits % 8 - 1);
  else bytes[1] |= 0x80;
  bytes[bytes.length - 1] = last;
  return bytes;
}

function pem(der, head = '-----BEGIN CERTIFICATE-----\n') {
  return `${head}${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function der({ modulus = odd(2048), exponent = F4, version = VERSION_3, algorithm = [...RSA, ...NULL], unused = 0, more = [], tail = [] }) {
  const key = sequence(value(0x02, modulus), value(0x02, exponent), more);
  const info = sequence(sequence(algorithm), value(0x03, [unused], key));
  const signed = sequence(version, value(0x02, [1]), sequence(), sequence(), sequence(), sequence(), info);
  return Buffer.concat([sequence(signed, sequence(), value(0x03, [0])), Buffer.from(tail)]);
}

const made = (good, of) => ({ good, pem: pem(der(of)) });

export const ODD_CERTIFICATES = {
  'RSA of 2048 bits': made(true, {}),
  'RSA of 2047 bits': made(false, { modulus: odd(2047) }),
  'RSA of 2041 bits': made(false, { modulus: odd(2041) }),
  'RSA of 2049 bits': made(true, { modulus: odd(2049) }),
  'RSA of 3072 bits': made(true, { modulus: odd(3072) }),
  'RSA of 4096 bits': made(true, { modulus: odd(4096) }),
  'RSA of 4097 bits': made(false, { modulus: odd(4097) }),
  'an even modulus': made(false, { modulus: odd(2048, 2) }),
  'a modulus below zero': made(false, { modulus: odd(2048).subarray(1) }),
  'a modulus with a zero more': made(false, { modulus: Buffer.concat([Buffer.of(0), odd(2048)]) }),
  'a modulus of 2047 bits with a zero before': made(false, { modulus: Buffer.concat([Buffer.of(0), odd(2047)]) }),
  'no modulus': made(false, { modulus: [] }),
  'exponent 3': made(false, { exponent: [3] }),
  'exponent 65537 with a zero before': made(false, { exponent: [0, ...F4] }),
  'exponent 65539': made(false, { exponent: [1, 0, 3] }),
  'no exponent': made(false, { exponent: [] }),
  'version 1, which is not told': made(false, { version: [] }),
  'no parameters': made(false, { algorithm: RSA }),
  'RSA for PSS alone': made(false, { algorithm: [...RSA.slice(0, -1), 10, ...NULL] }),
  'bits that are unused': made(false, { unused: 1 }),
  'a number more in the key': made(false, { more: value(0x02, [1]) }),
  'a byte after its end': made(false, { tail: [0] }),
  'lines that end with CR LF': { good: true, pem: pem(der({})).replace(/\n/g, '\r\n') },
  'words before and another after': { good: true, pem: `Subject: x\n${pem(der({}))}${pem(der({ exponent: [3] }))}` },
  'a space after its beginning': { good: false, pem: pem(der({}), '-----BEGIN CERTIFICATE----- \n') },
  'a trusted certificate': { good: false, pem: pem(der({}), '-----BEGIN TRUSTED CERTIFICATE-----\n') },
  'an empty line within': { good: true, pem: pem(der({})).replace(/\n/, '\n\n') },
  'a space in its base64': { good: false, pem: pem(der({})).replace(/\n(.)/, '\n$1 ') },
  'no end': { good: false, pem: pem(der({})).replace(/-----END.*/s, '') },
  'no LF at its end': { good: false, pem: pem(der({})).trimEnd() },
  'nothing in it': { good: false, pem: pem(Buffer.alloc(0)) },
  'nothing at all': { good: false, pem: '' },
  '64 KiB': { good: true, pem: `${'x'.repeat(65536 - pem(der({})).length - 1)}\n${pem(der({}))}` },
  'a byte over 64 KiB': { good: false, pem: `${'x'.repeat(65536 - pem(der({})).length)}\n${pem(der({}))}` },
};

// --- chain info: what drand's hash of a chain covers, and protocol §8 --------

function hashOf({ period, genesis_time: genesis, public_key: key, groupHash: group, metadata }) {
  const head = Buffer.alloc(12);
  const id = metadata?.beaconID ?? 'default';
  head.writeUInt32BE(Number(period) % 2 ** 32);
  head.writeBigInt64BE(BigInt(genesis), 4);
  return createHash('sha256').update(head).update(key, 'hex').update(group, 'hex')
    .update(id === 'default' ? '' : String(id)).digest('hex');
}

// The hash is right again after each change; alter changes the text afterwards.
function chain(info, good, change, alter = (text) => text) {
  const changed = structuredClone(info);
  change(changed);
  if ('hash' in changed) changed.hash = hashOf(changed);
  return { good, json: alter(JSON.stringify(changed)) };
}

export function oddChains(info) {
  const put = (good, members) => chain(info, good, (of) => Object.assign(of, members));
  const text = (good, alter) => chain(info, good, () => {}, alter);
  const key = info.public_key;
  return {
    'as it is served': text(true),
    'another hash': text(false, (json) => json.replace(/"hash":"./, (head) => `${head.slice(0, -1)}${head.endsWith('0') ? '1' : '0'}`)),
    'no hash': chain(info, false, (of) => { delete of.hash; }),
    'hash in upper case': text(false, (json) => json.replace(/"hash":"(\w+)"/, (_, hash) => `"hash":"${hash.toUpperCase()}"`)),
    'spaces and line ends': chain(info, true, () => {}, (json) => ` ${json.replace(/[:,{}]/g, '\r\n\t $& ')}\n`),
    'another space': text(false, (json) => json.replace(':', ':\u00a0')),
    'a mark of byte order': text(false, (json) => `\ufeff${json}`),
    'escapes that are not needed': text(true, (json) => json.replace('period', '\\u0070eriod').replace('bls', '\\u0062l\\u0073')),
    'an escape there is not': text(false, (json) => json.replace('bls', '\\B')),
    'a member more': put(true, { more: [{ a: 'ü\n/' }, null, true, -7] }),
    'a NUL in another member': put(false, { more: '\0' }),
    'half a pair in another member': text(false, (json) => json.replace('{', '{"more":"\\ud83c",')),
    'a pair in another member': text(true, (json) => json.replace('{', '{"more":"\\uD83C\\udfb2",')),
    'no whole number in another member': put(false, { more: 1.5 }),
    'an exponent in another member': text(false, (json) => json.replace('{', '{"more":1e2,')),
    'a negative zero in another member': text(false, (json) => json.replace('{', '{"more":-0,')),
    'a number beyond 2^53 in another member': put(false, { more: 2 ** 53 }),
    'a name that is not ASCII in another member': put(false, { more: { ü: 1 } }),
    'an empty name in another member': put(false, { more: { '': 1 } }),
    'a member twice': text(false, (json) => json.replace('{', `{"period":${info.period},`)),
    'another member twice': text(false, (json) => json.replace('{', '{"more":1,"m\\u006fre":1,')),
    'depth 16': put(true, { more: JSON.parse(`${'['.repeat(15)}${']'.repeat(15)}`) }),
    'depth 17': put(false, { more: JSON.parse(`${'['.repeat(16)}${']'.repeat(16)}`) }),
    'many values': put(true, { more: Array(4000).fill(1) }),
    '16 KiB': chain(info, true, () => {}, (json) => json.padEnd(16384)),
    'a byte over 16 KiB': chain(info, false, () => {}, (json) => json.padEnd(16385)),
    'in an array': text(false, (json) => `[${json}]`),
    'two of them': text(false, (json) => json + json),
    'cut short': text(false, (json) => json.slice(0, -1)),
    'a comma more': text(false, (json) => json.replace(/}$/, ',}')),
    'nothing': text(false, () => ''),
    'another scheme': put(false, { schemeID: 'bls-unchained-on-g1' }),
    'no scheme': put(false, { schemeID: null }),
    'genesis at 0': put(true, { genesis_time: 0 }),
    'genesis below 0': put(false, { genesis_time: -1 }),
    'genesis in the last second': put(true, { genesis_time: 253402300799 }),
    'genesis after it': put(false, { genesis_time: 253402300800 }),
    'genesis as text': put(false, { genesis_time: String(info.genesis_time) }),
    'genesis with a point': text(false, (json) => json.replace(/"genesis_time":\d+/, '$&.0')),
    'period 1': put(true, { period: 1 }),
    'period 0': put(false, { period: 0 }),
    'the longest period': put(true, { period: 2 ** 32 - 1 }),
    'a period too long': put(false, { period: 2 ** 32 + 3 }),
    'period with a point': text(false, (json) => json.replace(/"period":\d+/, '$&.0')),
    'no name': chain(info, true, (of) => { delete of.metadata.beaconID; }),
    'an empty name': put(true, { metadata: { beaconID: '' } }),
    'the name default': put(true, { metadata: { beaconID: 'default' } }),
    'a name that is null': put(false, { metadata: { beaconID: null } }),
    'a name that is a number': put(false, { metadata: { beaconID: 7 } }),
    'a name beyond ASCII': put(true, { metadata: { beaconID: '快网' } }),
    'no metadata': chain(info, true, (of) => { delete of.metadata; }),
    'metadata null': put(false, { metadata: null }),
    'metadata in a list': put(false, { metadata: [] }),
    'metadata as text': put(false, { metadata: 'quicknet' }),
    'a group too short': put(false, { groupHash: info.groupHash.slice(2) }),
    'a group too long': put(false, { groupHash: `${info.groupHash}00` }),
    'a group in upper case': put(false, { groupHash: info.groupHash.toUpperCase() }),
    'no group': put(false, { groupHash: '' }),
    'a key too short': put(false, { public_key: key.slice(2) }),
    'a key in upper case': put(false, { public_key: key.toUpperCase() }),
    'a key of infinity': put(false, { public_key: 'c0'.padEnd(192, '0') }),
    'a key off the curve': put(false, { public_key: key.replace(/.$/, (c) => (c === '0' ? '1' : '0')) }),
    'a key over p': put(false, { public_key: `9${'f'.repeat(191)}` }),
    'a key that says it is not compressed': put(false, { public_key: `0${key.slice(1)}` }),
    'the same key negated': put(true, { public_key: `${(parseInt(key[0], 16) ^ 2).toString(16)}${key.slice(1)}` }),
  };
}
