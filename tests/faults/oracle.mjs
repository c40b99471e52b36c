// oracle.mjs -- was anything lost, done twice or done wrongly? Judged by what
// clients were told, by the log, and by the programs of ours that look for
// themselves. Nothing here shares a line with klerod.
//
//   const history = new History();                       (history.mjs)
//   … acts through history.steady(it.call), faults …
//   assert.deepEqual(await judge(it, history), []);
//
// judge(it, history, { everything }) → the violations, as lines that begin
//     with the number of the invariant. klerod must be up; what is still on its
//     way may be. `everything`: whatever happened in this log, happened through
//     this history, so an effect that nobody asked for is a violation, too.
//
//  1 what was acknowledged is in the log, exactly once     oracle_acts.mjs
//  2 no key has two effects
//  3 a project has one open attempt, one effective result  oracle_draws.mjs
//  4 a result is what its texts and secrets give
//  5 the root is the signed one; the log has only grown    oracle_rules.mjs
//  6 the rows are what the events give                     `klero fsck`
//  7 the roster: signed up, less withdrawn, less excluded  oracle_draws.mjs
//  8 no reveal before the lock, no value before the seal
//  9 only legal transitions, by whom they are for          oracle_rules.mjs
// 10 two persons of two organisations
// 11 no sign-up after the close                            oracle_acts.mjs
// 12 numbers are integers, sums balance                    oracle_rules.mjs
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../api/client.mjs';
import { judgeActs, judgeCloses } from './oracle_acts.mjs';
import { judgeDraws } from './oracle_draws.mjs';
import { judgeRules, judgeTree } from './oracle_rules.mjs';
import { readLog } from './log.mjs';

const FAULTS_SHOWN = 20;

// The smallest log that has all that was acknowledged.
function promised({ records }) {
  return records.reduce((most, { reply }) =>
    reply?.status < 300 && reply.log_size > most ? reply.log_size : most, 0);
}

// The database against the log; needs no klerod.
export function fsck(it) {
  const { status, stdout, stderr } = program('klero', ['fsck', join(it.home, 'klerod.conf')]);
  return status === 0 ? [] : [`6 klero fsck: status ${status}\n${stdout}${stderr}`];
}

// By the clock of klerod, so that nothing is of a time to come.
function logCheck(it) {
  const state = join(it.home, 'oracle-state');
  const { status, stdout, stderr } = program('klero', ['log', 'check', `${it.url}/log`, '--state', state], '', it.faked);
  return status === 0 && existsSync(state) ? [] : [`5 klero log check: status ${status}\n${stdout}${stderr}`];
}

// Of a log that was read (log.mjs), and of nothing else.
export function judgeLog(log, history, everything = false) {
  const faults = [];
  const fault = (number, text) => faults.push(`${number} ${text}`);
  judgeTree(log, history, fault);
  judgeActs(log, history, fault, everything);
  judgeCloses(log, fault);
  judgeRules(log, fault);
  judgeDraws(log, fault);
  return faults;
}

export async function judge(it, history, { everything = false } = {}) {
  let log;
  try {
    log = await readLog(history.steady(it.call), promised(history));
  } catch (error) {
    return [`1 the log cannot be read: ${error.message}`];
  }
  history.sees(log.note);
  const faults = [...judgeLog(log, history, everything), ...logCheck(it), ...fsck(it)];
  return faults.length > FAULTS_SHOWN ? [...faults.slice(0, FAULTS_SHOWN), `… ${faults.length} in all`] : faults;
}
