// demo.mjs URL -- live through a county on the klerod at URL, and play one whole
// draw in it, as separate people.
//
// Run by run.sh in var/, with KLERO the program and ORIGIN the name of the log. Everybody has a folder of his
// own, demo/<who>/, with what only he has: api.key (his token for the API),
// party.key (what he signs with) and a folder for each draw, where `klero party`
// plays his part: it checks, commits, reveals and verifies by itself. Nobody
// reads another's folder, and the service never sees more than the public
// halves. Exit 0 if the pack verified.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { liveThrough } from './county.mjs';

const SIGNUP_S = 6;
const WAIT_S_MAX = 60;
const POLL_MS = 100;

const url = new URL(process.argv[2]);
const klero = process.env.KLERO;
const here = dirname(fileURLToPath(import.meta.url));
const data = join(here, 'data');
const reader = join(here, '../web/dist/verify.mjs'); // the other verifier, of /verify
const county = JSON.parse(readFileSync(join(data, 'county.json'), 'utf8'));
const demo = resolve('demo');
const trust = join(demo, 'trust.txt');
const isTest = process.env.BEACON !== 'quicknet';
const origin = process.env.ORIGIN; // log_origin, as run.sh sets it
const isRehearsal = origin.endsWith('/rehearsal');
// A verifier takes neither for real and wants to be told that this is known.
const accept = [...isRehearsal ? ['--rehearsal'] : [], ...isTest ? ['--accept-chain', resolve('chain.json')] : []];

// --- talking to people and to the service -----------------------------------

const say = (zh, en) => console.log(`\n${zh}\n  ${en}`);
const note = (line) => console.log(`    ${line}`);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function send(to, method, path, headers, content) {
  return new Promise((done, failed) => {
    const sent = request({ ...to, method, path, headers, agent: false }, (reply) => {
      const parts = [];
      reply.on('data', (part) => parts.push(part));
      reply.on('end', () => done({ status: reply.statusCode, headers: reply.headers, bytes: Buffer.concat(parts) }));
    });
    sent.on('error', failed);
    sent.setTimeout(WAIT_S_MAX * 1000, () => sent.destroy(new Error(`${method} ${path}: no answer`)));
    sent.end(content);
  });
}

// A busy service is asked again; so is one that has a text or a pack that no
// published checkpoint covers yet (404, 409).
async function again(to, method, path, headers, content, waits) {
  for (const end = Date.now() + WAIT_S_MAX * 1000; ; await sleep(POLL_MS)) {
    const reply = await send(to, method, path, headers, content);
    if (!waits.includes(reply.status) || Date.now() > end)
      return reply;
  }
}

// `once`, if given, names this act for ever: repeated, it happens once.
async function ask(to, token, method, path, body, once) {
  const content = body && JSON.stringify(body);
  const { status, bytes } = await again(to, method, path, {
    'accept-language': 'en',
    ...token && { authorization: `Bearer ${token}` },
    ...content && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content),
      'idempotency-key': once ?? randomUUID() },
  }, content, [429, 503]);
  const text = bytes.toString();
  if (status >= 300)
    throw new Error(`${method} ${path}: ${status}\n${text}`);
  return JSON.parse(text);
}

const public_ = { host: url.hostname, port: url.port };
const get = (path) => ask(public_, null, 'GET', path);
const admin = (path, body, once) => ask({ socketPath: 'admin.sock', host: 'localhost' }, null, 'POST', path, body, once);

async function download(path) {
  const { status, bytes } = await again(public_, 'GET', path, {}, undefined, [404, 409, 429, 503]);
  assert.equal(status, 200, `${path}: ${status}`);
  return bytes;
}

// `look` again and again, telling how long there is until `end`.
async function waitFor(what, end, look) {
  const line = (text) => process.stdout.isTTY
    ? process.stdout.write(`\r    ${text.padEnd(60)}`) : note(text);
  for (let told = -1, from = Date.now(); ; await sleep(POLL_MS)) {
    const found = await look();
    const now = Date.now();
    const left = Math.max(0, Math.ceil((end - now) / 1000));
    if (found) {
      if (process.stdout.isTTY)
        process.stdout.write(`\r${' '.repeat(66)}\r`);
      return found;
    }
    assert.ok(now < Math.max(end, from) + WAIT_S_MAX * 1000, `${what}: it did not come`);
    if (left !== told && (process.stdout.isTTY || told < 0 || left % 2 === 0))
      line(`…… ${what} ${left} s`);
    told = left;
  }
}

// --- people --------------------------------------------------------------------

class Person {
  constructor(who, role, organisation) {
    Object.assign(this, { who, role, organisation, folder: join(demo, who) });
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.keygen('api.key', '--api');
    this.token = readFileSync(join(this.folder, 'api.key'), 'utf8').trim();
  }

  file(name) {
    return join(this.folder, name);
  }

  klero(...args) {
    return execFileSync(klero, args, { cwd: this.folder, encoding: 'utf8' });
  }

  keygen(name, ...options) {
    if (!existsSync(this.file(name)))
      writeFileSync(this.file(`${name}.pub`), this.klero('keygen', ...options, name));
  }

  // What keygen printed: the public half, or the hash of a token.
  half(name) {
    return readFileSync(this.file(`${name}.pub`), 'utf8').trim();
  }

  post(path, body, once) {
    return ask(public_, this.token, 'POST', path, body, once);
  }

  // His part in a draw, on his own machine; what it says.
  async party(what, id) {
    const words = ['party', what, url.origin, id, '--dir', id, '--key', 'party.key', '--trust', trust, '--wait', ...accept];
    const { stdout } = await promisify(execFile)(klero, words, { cwd: this.folder });
    return stdout.trim().split('\n');
  }
}

const officials = Object.fromEntries(county.organisations.map(({ id, role }) => [role, new Person(role, role, id)]));
const reviewers = county.reviewers.map(({ id, role }) => new Person(id, role, id));
const institutions = county.institutions.map(({ uscc, name }) =>
  Object.assign(new Person(uscc, 'institution', uscc), { name }));
const partyNames = ['operator', 'supervisor', 'owner'];

// --- the county ------------------------------------------------------------------

async function twoPersons(proposer, approver, act, subject, payload) {
  const once = `county-${act}-${subject}`;
  const { id, digest } = await proposer.post('/v1/proposals', { act, subject, payload }, once);
  await approver.post(`/v1/proposals/${id}/approval`, { digest }, once);
}

// Every act has a name of its own, so a load that was cut short goes on.
async function loadCounty() {
  const { operator, supervisor, auditor } = officials;
  say(`一、装入${county.name}(虚构):单位、账号、政策、服务事项、机构`,
    `1. Loading ${county.name_en}: organisations, accounts, policy, categories, institutions.`);
  const { region } = county.policy;
  await admin('/v1/regions', { code: region, name: county.name, name_en: county.name_en }, `county-region-${region}`);
  for (const { id, role, name } of [...county.organisations, ...county.reviewers]) {
    const who = reviewers.find((one) => one.organisation === id) ?? officials[role];
    await admin('/v1/organisations', { id, name, region }, `county-${id}`);
    await admin('/v1/accounts', { organisation: id, role, key_hash: who.half('api.key') }, `county-account-${id}`);
  }
  await twoPersons(supervisor, auditor, 'policy.adopt', `${county.policy.region}-${county.policy.version}`, county.policy);
  for (const name of partyNames) {
    officials[name].keygen('party.key');
    const { organisation } = officials[name];
    const enrolment = JSON.parse(officials[name].klero('enrol', 'party.key', origin, organisation, name));
    await twoPersons(officials[name], auditor, 'party.enrol', organisation, enrolment);
  }
  for (const [act, file] of [['approval-items', 'approval_items.csv'], ['categories', 'categories.csv']])
    operator.klero('admin', '--url', url.origin, '--key', 'api.key', act, join(data, file));
  for (const { uscc, name, affiliation_group, min_fen, max_fen, ...terms } of county.institutions) {
    const who = institutions.find((one) => one.organisation === uscc);
    await operator.post('/v1/institutions', { uscc, name, ...affiliation_group && { affiliation_group } }, `county-${uscc}`);
    await operator.post('/v1/listings', { ...county.listing, institution: uscc, ...terms,
      fee: { ...county.listing.fee, min_fen, max_fen } }, `county-listing-${uscc}`);
    await operator.post('/v1/accounts',
      { organisation: uscc, role: 'institution', key_hash: who.half('api.key') }, `county-account-${uscc}`);
  }
}

// What the tokens of the other institutions are made from, by whoever acts for them.
function ownSecret() {
  const file = join(demo, 'county.secret');
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(32).toString('hex'), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8');
}

async function liveInCounty() {
  say(`演练 ${county.days} 天:其余 290 家机构入驻、受审、挂牌、调价、到期、受处理,时间逐步拨到今天。`,
    `A rehearsal of ${county.days} days: 290 more institutions register, are checked, list, revise, expire; time is moved up to today.`);
  const from = Date.now();
  const { bodies } = await liveThrough({ url: url.origin, socketPath: 'admin.sock', county, secret: ownSecret(),
    people: { ...officials, reviewers }, tell: (zh, en) => note(`${zh} · ${en}`) });
  const listings = bodies.reduce((sum, body) => sum + body.listings.length, institutions.length);
  say(`全县 ${bodies.length + institutions.length} 家机构、${listings} 项挂牌已就绪,用时 ${Math.round((Date.now() - from) / 1000)} 秒。`,
    `${bodies.length + institutions.length} institutions and ${listings} listings are there, after ${Math.round((Date.now() - from) / 1000)} s.`);
}

// --- the draw ----------------------------------------------------------------------

const seconds = (time) => Date.parse(time);
const nameOf = (id) => county.institutions.find((one) => one.uscc === id)?.name ?? id;

async function publishNotice() {
  const signup_close = new Date(Date.now() + SIGNUP_S * 1000).toISOString().replace(/\.\d+/, '');
  const notice = await officials.owner.post('/v1/notices', { ...county.notice, signup_close });
  say(`二、业主发布公告 ${notice.number}:${notice.title}`,
    `2. The owner publishes notice ${notice.number}; sign-up until ${signup_close}.`);
  return notice;
}

async function signUp(notice) {
  say('三、十家机构报名。报名内容密封,截止前连运营机构也看不到谁报了名。',
    '3. Ten institutions sign up: sealed until the close, each gets a signed receipt.');
  for (const one of institutions) {
    const made = await one.post(`/v1/notices/${notice.id}/signups`, {});
    writeFileSync(one.file(`receipt-${notice.number}.json`), JSON.stringify(made.receipt));
    note(`✓ ${one.name}`);
  }
}

async function stateOf(id, ...states) {
  const { status, bytes } = await send(public_, 'GET', `/v1/draws/${id}`, {});
  if (status === 404)
    return null;
  const draw = JSON.parse(bytes);
  assert.ok(draw.outcome !== 'failed' && draw.outcome !== 'void', `${id}: ${draw.outcome}, ${draw.reason}`);
  return states.includes(draw.state) && draw;
}

async function showRoster(id, notice) {
  const draw = await waitFor('报名截止 / sign-up closes in', seconds(notice.signup_close), () => stateOf(id, 'drafted', 'declared'));
  say('四、报名开封,资格核对,公示名单草案,可以提出异议。',
    '4. The sign-ups are opened and judged; the draft roster is shown for objections.');
  const { items } = await get(`/v1/notices/${notice.id}/entrants`);
  for (const { institution, state, reason } of items)
    note(`${state === 'included' ? '✓' : '✗'} ${nameOf(institution)}${reason ? ` (${reason})` : ''}`);
  return draw;
}

// All at once, each for himself; then one after another they are heard.
async function eachParty(what, id) {
  const said = await Promise.all(partyNames.map((name) => officials[name].party(what, id)));
  partyNames.forEach((name, i) => said[i].forEach((line) => note(`${name}  ${line}`)));
}

// Each has fetched and checked all that the draw rests on, and trusts nothing
// but the keys he was given beforehand.
async function commit(id, draft) {
  const draw = await waitFor('名单冻结 / frozen in', seconds(draft.draft_until), () => stateOf(id, 'declared'));
  say('五、名单冻结。运营机构、监督者、业主各自核对后,在自己的设备上产生秘密,只交出承诺。',
    '5. The roster is frozen. Operator, supervisor and owner each check it, make a secret and hand in a commitment only.');
  writeTrust();
  await eachParty('commit', id);
  return draw;
}

async function reveal(id, draw) {
  const locked = await waitFor('承诺截止 / commitments close in', seconds(draw.commit_by), () => stateOf(id, 'locked'));
  say('六、承诺锁定,并由见证人联署。各方核对锁定文本里有自己的承诺,然后公开秘密。',
    '6. The commitments are locked, and the witness has cosigned that. Each checks that its own stands in the lock, then reveals.');
  await eachParty('reveal', id);
  const sealed = await waitFor('封存 / sealed in', seconds(locked.reveal_by), () => stateOf(id, 'sealed', 'closed'));
  say(isTest ? `秘密已封存并联署。最后的随机数是测试信标的第 ${sealed.beacon_round} 轮,此刻尚未产生。`
    : `秘密已封存并联署。最后的随机数是公共信标 drand quicknet 的第 ${sealed.beacon_round} 轮,此刻世上无人知道。`,
  isTest ? `The secrets are sealed and cosigned. Last comes round ${sealed.beacon_round} of a test beacon, which is not there yet.`
    : `The secrets are sealed and cosigned. Last comes round ${sealed.beacon_round} of drand quicknet, which nobody in the world knows yet.`);
  return waitFor('信标 / beacon in', seconds(sealed.beacon_time), () => stateOf(id, 'closed'));
}

// --- the evidence -------------------------------------------------------------------

// What a verifier must know beforehand, from the people themselves.
function writeTrust() {
  const parties = partyNames.map((name) => `party ${name} ${officials[name].half('party.key')}\n`);
  const keyLine = (...words) => execFileSync(klero, ['keygen', '--show', ...words], { encoding: 'utf8' });
  const witness = keyLine('--witness', 'localhost/witness', 'witness/witness.key');
  writeFileSync(trust, `log ${keyLine('--log', origin, 'keys/log.key')}witness w ${witness}quorum w\n${parties.join('')}`);
}

function show({ status, stdout, stderr }) {
  for (const line of `${stdout}${stderr}`.trim().split('\n'))
    note(line);
  return status === 0;
}

// The second verifier, written apart from the first: it must say the same.
function verifyAgain(words) {
  note(`$ node ${relative(process.cwd(), reader)} ${words.join(' ')}`);
  return show(spawnSync(process.execPath, [reader, ...words, '--lang', 'en'], { encoding: 'utf8' }));
}

// The pack's own script, with nothing of ours: sh, sha256sum, sort.
function verifyByHand(pack, folder) {
  rmSync(folder, { recursive: true, force: true });
  execFileSync('unzip', ['-q', pack, '-d', folder]);
  note(`$ sh ${join(folder, 'verify.sh')}`);
  return show(spawnSync('sh', ['verify.sh'], { cwd: folder, encoding: 'utf8' }));
}

async function verify(id) {
  const pack = join(demo, `${id}.zip`);
  await Promise.all(partyNames.map((name) => officials[name].party('run', id)));
  writeFileSync(pack, await download(`/v1/draws/${id}/pack`));
  say('七、各方都已核验证据包。任何人都可以核验,不必相信本服务。',
    '7. Each party has verified the evidence pack. Anybody can, without trusting this service.');
  const words = ['verify', pack, '--trust', trust, ...accept];
  note(`$ klero ${words.join(' ')}`);
  const said = ['zh', 'en'].map((language) =>
    show(spawnSync(klero, [...words, '--lang', language], { encoding: 'utf8' })));
  return said.every(Boolean) && verifyAgain(words.slice(1)) && verifyByHand(pack, join(demo, id));
}

// result.txt: rank <n> <ticket> <entry> <role>, the smallest ticket first.
async function tellWinner(id) {
  const result = (await download(`/v1/draws/${id}/texts/result.txt`)).toString();
  const seed = sha256(await download(`/v1/draws/${id}/texts/seed.txt`));
  say('八、结果:票号最小者中选。票号 = SHA-256(种子, 机构, 单元),种子由各方的秘密和之后才产生的信标合成,没有一方能单独决定。',
    '8. The result: the smallest ticket wins. A ticket is SHA-256 of seed and entrant; the seed comes from all secrets and a beacon later than them, so no party chose it.');
  note(`seed ${seed}`);
  for (const [, rank, ticket, entry, role] of result.matchAll(/^rank (\S+) (\S+) (\S+) (\S+)$/gm))
    note(`${rank.padStart(2)} ${ticket.slice(0, 16)}… ${nameOf(entry)} ${role}`);
  const [, winner] = result.match(/^rank 1 \S+ (\S+) selected$/m);
  say(`中选:${nameOf(winner)}(${winner})`, `Selected: ${winner}, because its ticket is the smallest of all.`);
}

function tellUrls(id, notice) {
  say('可以自己看:', 'See for yourself:');
  for (const path of ['/', `/draws/${id}`, `/verify?draw=${id}`, `/v1/draws/${id}/pack`, `/v1/draws/${id}`, `/v1/notices/${notice.id}`, '/v1/events', '/log/checkpoint'])
    note(new URL(path, url).href);
}

// --- all of it ------------------------------------------------------------------------

try {
  if (!existsSync(join(demo, 'loaded'))) {
    await loadCounty();
    if (isRehearsal)
      await liveInCounty();
    writeFileSync(join(demo, 'loaded'), '');
  }
  const notice = await publishNotice();
  const id = `${notice.number.replace(/^ZJ/, 'D')}-1`;
  await signUp(notice);
  const draft = await showRoster(id, notice);
  await reveal(id, await commit(id, draft));
  const verified = await verify(id);
  await tellWinner(id);
  tellUrls(id, notice);
  say(verified ? '证据包核验通过。' : '证据包核验未通过!', verified ? 'The evidence pack verified.' : 'THE EVIDENCE PACK DID NOT VERIFY.');
  process.exitCode = verified ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
