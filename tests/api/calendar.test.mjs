// Calendars: the notice of a year, adopted by two persons who see what it changes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { assertProblem, call, daemon, must, people, region, until } from './client.mjs';
import { canonical, sha256 } from './keys.mjs';

const newCode = () => `k${randomBytes(6).toString('hex')}`;
const off = (date, name = '县庆') => ({ date, name, working: false });
const makeup = (date, name = '县庆') => ({ date, name, working: true });

const acts = (it) => {
  const subject = ({ region: code, year, version }) => `${code}-${year}-${version}`;
  const propose = async (payload, { key, about } = {}) => it.call('POST', '/v1/proposals', {
    key: key ?? (await it.people()).operator, body: { act: 'calendar.adopt', subject: about ?? subject(payload), payload } });
  const approve = async ({ id, digest }) => it.call('POST', `/v1/proposals/${id}/approval`, { key: (await it.people()).supervisor, body: { digest } });
  return { propose, approve, adopt: async (payload) => approve(must(await propose(payload))),
    day: async (code, date) => must(await it.call('GET', `/v1/regions/${code}/days?from=${date}&to=${date}`), 200).items[0],
    seen: async (code) => must(await it.call('GET', `/v1/regions/${code}/calendar`), 200) };
};
const { propose, approve, adopt, day, seen } = acts({ call, people });
const notice = (code, days, others = {}) => ({ region: code, year: 2026, version: '1', source: '示例县人民政府通知', days, ...others });

test('a notice is adopted, and shows what it changes', async () => {
  const code = await region(newCode());
  const below = await region(newCode(), code);
  const was = await seen(below);
  // a working Monday and a Saturday; 1 October is off already
  const payload = notice(code, [off('2026-11-16'), makeup('2026-11-21'), off('2026-10-01')]);
  const made = must(await propose(payload));
  assert.deepEqual(made.changes, { count: 2, days: [
    { date: '2026-11-16', working: false, provisional: false }, { date: '2026-11-21', working: true, provisional: false }] });
  assert.equal((await day(code, '2026-11-16')).working, true);
  must(await approve(made), 200);
  assert.deepEqual(await day(code, '2026-11-16'), { date: '2026-11-16', working: false, kind: 'off', provisional: false, name: '县庆',
    region: code, source: payload.source });
  assert.deepEqual([(await day(below, '2026-11-21')).kind, (await day(await region(), '2026-11-21')).kind], ['makeup', 'weekend']);
  const now = await seen(below);
  assert.notEqual(now.version, was.version);
  assert.deepEqual(now.levels.map(({ region: one }) => one), ['cn', 'demo', code, below]);
  assert.equal(now.horizon, was.horizon);
  const { items } = must(await call('GET', `/v1/calendars?region=${code}`), 200);
  assert.deepEqual(items, [must(await call('GET', `/v1/calendars/${code}-2026-1`), 200)]);
  const { region: of, year, days, source, version, digest } = items[0];
  assert.deepEqual({ region: of, year, days, source, version }, payload);
  assert.equal(digest, sha256(canonical({ days, region: code, year })));
  assertProblem(await propose(payload), 409, 'exists');
});

test('a later version of a year takes the place of the earlier one', async () => {
  const code = await region(newCode());
  must(await adopt(notice(code, [off('2026-11-16'), off('2026-11-17')])), 200);
  const made = must(await propose(notice(code, [off('2026-11-17'), off('2026-11-18')], { version: '2' })));
  assert.deepEqual(made.changes.days.map(({ date, working }) => [date, working]), [['2026-11-16', true], ['2026-11-18', false]]);
  must(await approve(made), 200);
  assert.deepEqual([(await day(code, '2026-11-16')).working, (await day(code, '2026-11-17')).working, (await day(code, '2026-11-18')).working],
    [true, false, false]);
});

test('each of two notices proposed at once shows what it changes after the other', async () => {
  const code = await region(newCode());
  const [one, two] = [must(await propose(notice(code, [off('2026-11-16')]))), must(await propose(notice(code, [off('2026-11-17')], { version: '2' })))];
  must(await approve(one), 200);
  assertProblem(await approve(two), 409, 'conflict');
});

test('an operator or a supervisor proposes, another organisation approves', async () => {
  const code = await region(newCode());
  const { owner, auditor, operator } = await people();
  for (const key of [owner, auditor])
    assertProblem(await propose(notice(code, [off('2026-11-16')]), { key }), 403, 'forbidden');
  const { id, digest } = must(await propose(notice(code, [off('2026-11-16')])));
  assertProblem(await call('POST', `/v1/proposals/${id}/approval`, { key: operator, body: { digest } }), 403, 'forbidden');
});

const many = (n) => Array.from({ length: n }, (_, i) => off(new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)));
const faults = {
  'no days': [{ days: [] }, '/payload/days', 'year-count'],
  '129 days': [{ days: many(129) }, '/payload/days', 'year-count'],
  'a day of another form': [{ days: [off('2026-1-1')] }, '/payload/days/0', 'year-date'],
  'a day that does not exist': [{ days: [off('2026-01-01'), off('2026-02-29')] }, '/payload/days/1', 'year-date'],
  'a day of another year': [{ days: [off('2027-02-01')] }, '/payload/days/0', 'year-outside'],
  'a day named twice': [{ days: [off('2026-11-16'), makeup('2026-11-16')] }, '/payload/days/1', 'year-twice'],
  'a day without a name': [{ days: [{ date: '2026-11-16', working: false }] }, '/payload/days/0', 'year-form'],
  'a day with a name of 65 bytes': [{ days: [off('2026-11-16', 'x'.repeat(65))] }, '/payload/days/0', 'year-form'],
  'a year before the first': [{ year: 2009 }, '/payload/year', 'bounds'],
  'a year after the last': [{ year: 2100 }, '/payload/year', 'bounds'],
  'a region that is not there': [{ region: 'nowhere' }, '/payload/region', 'unknown'],
  'no source': [{ source: undefined }, '/payload/source', 'missing'],
  'a member nobody knows': [{ week: '1111100' }, '/payload', 'unknown-member'],
};
for (const [what, [change, pointer, code]] of Object.entries(faults))
  test(`refused: ${what}`, async () => {
    const reply = await propose({ ...notice(await region(), [off('2026-11-16')]), ...change });
    assertProblem(reply, 422, 'invalid');
    assert.deepEqual(reply.body.errors.map((one) => [one.pointer, one.code]), [[pointer, code]]);
  });

test('the subject is the region, the year and the version', async () => {
  const reply = await propose(notice(await region(), [off('2026-11-16')]), { about: 'another' });
  assertProblem(reply, 422, 'invalid');
  assert.deepEqual(reply.body.errors.map(({ pointer, code }) => [pointer, code]), [['/payload/version', 'subject']]);
});

test('128 days, and those of a month at either end, are taken', async () => {
  must(await propose(notice(await region(), many(128))));
  must(await propose(notice(await region(), [off('2025-12-01'), off('2027-01-31')])));
});

test('where nothing is published any more a day is provisional, and that is told in time', async () => {
  const it = await daemon({}, { rehearsal: '2026-10-01T00:00:00Z' });
  const mine = acts(it);
  try {
    await it.policy();
    const alarms = async () => must(await it.call('GET', '/v1/events?kind=region.expiring'), 200).items.map(({ at, data }) => [at, data.calendar_ends]);
    assert.equal((await mine.seen('demo')).horizon, '2026-12-31');
    assert.deepEqual([(await mine.day('demo', '2026-12-31')).provisional, (await mine.day('demo', '2027-01-01')).provisional], [false, true]);
    await it.moveTo('2026-10-31T15:59:59Z');
    assert.deepEqual(await alarms(), []);
    await it.moveTo('2026-11-02T00:00:00Z');
    await until(async () => (await alarms()).length);
    assert.deepEqual(await alarms(), [['2026-10-31T16:00:00Z', '2026-12-31']], '60 days before that day begins in Shanghai');
    assert.equal(must(await it.call('GET', '/v1/regions/demo'), 200).calendar_ends, '2026-12-31');
    const late = must(await it.adminCall('POST', '/v1/regions', { body: { code: 'late', name: '晚来' } }));
    assert.equal(late.calendar_ends, '2026-12-31');
    const year = (n) => notice('cn', [off(`${n}-01-01`, '元旦')], { year: n, source: '国务院办公厅通知' });
    must(await mine.adopt(year(2028)), 200);
    assert.equal((await mine.seen('demo')).horizon, '2026-12-31', 'not over a gap');
    must(await mine.adopt(year(2027)), 200);
    assert.equal((await mine.seen('demo')).horizon, '2028-12-31');
    assert.deepEqual([(await mine.day('demo', '2027-01-01')).name, (await mine.day('demo', '2028-12-31')).provisional], ['元旦', false]);
    await it.moveTo('2026-11-29T00:00:00Z');
    assert.equal((await alarms()).length, 1);
  } finally {
    await it.stop();
  }
});
