// klero workday and klero clock: anybody can count the days of a matter.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(process.env.KLERO_BUILD ?? join(root, 'build/release'), 'klero');
const load = (name) => JSON.parse(readFileSync(join(root, 'tests/vectors', name), 'utf8'));
const home = mkdtempSync('/tmp/klero-days-');
after(() => rmSync(home, { recursive: true }));

const run = (words, input = '') => {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', input });
  return { status, stdout, stderr };
};
const workday = (...words) => run(['workday', ...words]);
const clock = (value, ...words) => run(['clock', ...words], typeof value === 'string' ? value : JSON.stringify(value));
const prints = (said, text, stderr = '', status = 0) => assert.deepEqual(said, { status, stdout: `${text}\n`, stderr });
function refuses(said, why) {
  assert.deepEqual([said.status, said.stdout], [2, ''], said.stdout + said.stderr);
  assert.match(said.stderr, why);
}

let files = 0;
function calendar(members) {
  const path = join(home, `${files++}.json`);
  writeFileSync(path, typeof members === 'string' ? members
    : JSON.stringify({ days_off: [], workdays: [], horizon: '2099-12-31', ...members }));
  return path;
}
const PROVISIONAL = 'workday: provisional: nothing is published of days after 2026-12-31\n';

// --- workday ----------------------------------------------------------------

test('the arithmetic on which three others agree', () => {
  const { add, count } = load('calendar/cn-workday-arithmetic.json');
  for (const { start, working_days: n, last_day: last } of add)
    prints(workday('add', start, String(n)), last);
  for (const { from, to, working_days_after_from_up_to_and_including_to: n } of count)
    prints(workday('count', from, to), String(n));
});

test('a day and why', () => {
  prints(workday('is', '2026-10-10'), 'yes 国庆节');
  prints(workday('is', '2026-10-01'), 'no 国庆节', '', 1);
  prints(workday('is', '2026-11-23'), 'yes');
  prints(workday('is', '2026-11-22'), 'no', '', 1);
});

test('past what is published an answer is provisional', () => {
  prints(workday('is', '2027-10-01'), 'yes', PROVISIONAL);
  prints(workday('add', '2026-12-31', '1'), '2027-01-01', PROVISIONAL);
  prints(workday('count', '2026-12-30', '2027-01-01'), '2', PROVISIONAL);
  prints(workday('count', '2026-12-30', '2026-12-31'), '1');
});

test('each calendar that is put on top moves the answer', () => {
  prints(workday('add', '2026-09-28', '5'), '2026-10-10');
  const province = calendar({ days_off: ['2026-09-30'] });
  prints(workday('add', '2026-09-28', '5', '--calendar', 'cn', '--calendar', province), '2026-10-12');
  const city = calendar({ workdays: ['2026-09-30', '2026-10-08'] });
  prints(workday('--calendar', 'cn', '--calendar', province, '--calendar', city, 'add', '2026-09-28', '5'), '2026-10-10');
  prints(workday('add', '2026-09-28', '5', '--calendar', calendar({})), '2026-10-05');
});

test('what is no question', () => {
  for (const words of [[], ['add'], ['add', '2026-01-01'], ['add', '2026-01-01', '1', '2'], ['is'], ['count', '2026-01-01'],
    ['when', '2026-01-01'], ['add', '2026-01-01', '-1'], ['is', '2026-01-01', '--calender', 'cn'], ['is', '2026-01-01', '--calendar']])
    refuses(workday(...words), /^usage: klero workday add/);
  for (const date of ['2026-02-29', '2026-2-1', '2009-12-31', '2100-01-01', 'today']) {
    refuses(workday('is', date), /a date is YYYY-MM-DD, from 2010-01-01 to 2099-12-31/);
    refuses(workday('add', date, '1'), /a date is/);
    refuses(workday('count', '2026-01-01', date), /a date is/);
  }
  for (const n of ['0', '1.5', '01', 'x', '51136'])
    refuses(workday('add', '2026-01-01', n), /N is a number from 1 to \d+/);
  refuses(workday('add', '2099-12-31', '51135'), /after 2149-12-31/);
  refuses(workday('count', '2026-01-02', '2026-01-01'), /TO is before FROM/);
  refuses(workday('is', '2026-01-01', '--calendar', join(home, 'nothing')), /No such file/);
  refuses(workday('is', '2026-01-01', '--calendar', calendar('{')), /workday: .*\.json: /);
  refuses(workday('is', '2026-01-01', '--calendar', calendar('{"days_off": [], "days_off": []}')), /duplicate/);
  refuses(workday('is', '2026-01-01', '--calendar', calendar({ horizon: 5 })), /horizon is YYYY-MM-DD/);
  refuses(workday('is', '2026-01-01', ...Array(9).fill(['--calendar', 'cn']).flat()), /at most 8 calendars/);
});

// --- clock ------------------------------------------------------------------

const cases = load('clock/cases.json');
const given = (name) => cases.find((one) => one.name === name).in;

test('each case comes out as it should', () => {
  for (const { name, in: input, out } of cases) {
    const { status, stdout, stderr } = clock(input);
    assert.deepEqual([status, stderr, JSON.parse(stdout)], [0, '', out], name);
  }
});

// As many counted days as the clock has used, and as it foresees until it is due.
test('day by day a person can follow it', () => {
  for (const { name, in: input, out } of cases) {
    const { status, stdout } = clock(input, '--explain', '--lang', 'en');
    const [lived, foreseen = ''] = stdout.split(/^-- .* --\n/m);
    const days = lived.split('\n').slice(0, -1);
    const counted = (lines) => lines.map((line) => line.match(/(?:runs|paused) +(\d+|-)/)[1]).filter((n) => n !== '-').map(Number);
    assert.equal(status, 0, name);
    assert.equal(days.length, out.wall_days, name);
    assert.deepEqual(counted(days), Array.from({ length: out.used }, (_, i) => i + 1), name);
    assert.equal(days.filter((line) => line.includes(' paused ')).length, out.paused_days, name);
    const ahead = foreseen.split('\n').slice(0, -1);
    if (ahead.length > 0) {
      assert.equal(ahead.at(-1).slice(0, 10), out.due, name);
      assert.ok(counted(ahead).length >= out.margin, name); // more where it is moved to a working day
    }
  }
});

test('in Chinese, with the reason for each day off', () => {
  const { stdout } = clock(given('across-national-day-with-makeup'), '--explain');
  assert.match(stdout, /^2026-09-29 {2}二 {2}工作 {3}审批部门 {6}计时 {8}1$/m);
  assert.match(stdout, /^-- 以下按现状推算 --$/m);
  assert.match(stdout, /^2026-10-01 {2}四 {2}休息 {3}审批部门 {6}计时 {8}- {2}放假 {2}国庆节$/m);
  assert.match(stdout, /^2026-10-10 {2}六 {2}工作 {3}审批部门 {6}计时 {8}5 {2}调休 {2}国庆节$/m);
  assert.match(clock(given('own-calendar'), '--explain', '--lang', 'en').stdout, /^2026-11-03 {2}Tu {2}off {4}authority {5}runs {8}- {2}day off$/m);
});

test('what is refused names the event', () => {
  const input = given('two-events-one-date');
  const events = [...input.events, { at: '2010-01-01T00:00:00Z', kind: 'hold', holder: 'owner' }];
  refuses(clock({ ...input, events }), new RegExp(`^clock: events\\[${events.length - 1}\\]: it is earlier`));
  refuses(clock({ ...input, more: 1 }), /^clock: it has calendar, limit, today, events/);
  refuses(clock('{"a": 1, "a": 2}'), /^clock: line 1: duplicate/);
  refuses(clock(''), /^clock: line 1: '\[' or '\{' expected/);
  refuses(clock('[]'), /^clock: it has calendar/);
  for (const words of [['file'], ['--explain', '--lang', 'de'], ['--lang'], ['--more']])
    refuses(clock(input, ...words), /^usage: klero clock/);
});
