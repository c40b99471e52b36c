// persons.mjs -- people who log in, for tests.
//
// persons(it) → bound to what client.mjs gives for an installation:
//     invited(role, organisation) → { account, organisation, role, code }: an account that
//         waits for its set-up, in an organisation of its own
//     setUp(invited, { totp = true, login, password }) → the same with login, password,
//         secret and recovery codes; each login() takes one of these
//     login(somebody, { totp }) → { …somebody, session, token, cookie }; with a recovery
//         code, or with the code `totp`
//     loggedIn(role, options) → all three
// code(secret, step = 0) → what an authenticator shows now, or steps later
// newSecret(), newPassword(), byCookie(session) → options of call() with the cookie
import { createHmac, randomBytes } from 'node:crypto';
import { must } from './client.mjs';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

export const newPassword = () => `pw-${randomBytes(9).toString('base64url')}`;
export const newSecret = () => [...randomBytes(32)].map((byte) => ALPHABET[byte & 31]).join('');

// RFC 6238, SHA-1.
export function code(secret, steps = 0) {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

export const byCookie = ({ cookie }, headers = { 'sec-fetch-site': 'same-origin' }) =>
  ({ headers: { cookie, ...headers } });

export function persons({ call, adminCall }) {
  async function invited(role = 'owner', organisation) {
    const id = organisation ?? `${role}-${randomBytes(5).toString('hex')}`;
    if (!organisation)
      must(await adminCall('POST', '/v1/organisations', { body: { id, name: `测试单位${id}` } }));
    const { setup } = must(await adminCall('POST', '/v1/accounts', { body: { organisation: id, role } }));
    return { role, organisation: id, account: setup.account, code: setup.code };
  }

  async function setUp(who, { totp = true, ...chosen } = {}) {
    const set = { login: `u-${randomBytes(6).toString('hex')}`, password: newPassword(), ...chosen };
    const secret = totp ? newSecret() : undefined;
    const reply = must(await call('POST', '/v1/accounts/me/setup',
      { body: { code: who.code, ...set, ...totp && { totp_secret: secret, totp: code(secret) } } }), 200);
    return { ...who, ...set, secret, recovery: reply.recovery_codes ?? [] };
  }

  async function login(who, { totp } = {}) {
    const factor = totp ? { totp } : who.recovery.length ? { recovery_code: who.recovery.pop() } : {};
    const reply = await call('POST', '/v1/sessions', { body: { login: who.login, password: who.password, ...factor } });
    const { id, token } = must(reply);
    return { ...who, session: id, token, cookie: `__Host-klero=${token}`, reply };
  }

  const loggedIn = async (role, options) => login(await setUp(await invited(role), options));

  return { invited, setUp, login, loggedIn };
}
