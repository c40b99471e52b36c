// coverage.mjs BUILD -- what the unit tests reach of lib, from gcov's own data.
//
// Fails when fewer lines of lib than LINES_MIN percent were run, or fewer
// branches of the draw and of the pack than BRANCHES_MIN percent taken; each
// that is left is named. Run by `make coverage`, after the tests.
//
// All of gcov's branches of a file count but one: that of a `switch` over an
// enum for a value the enum does not have. No line of the source says it, as
// -Wswitch-enum demands a case for each value that there is. See outside().
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LINES_MIN = 99;
const BRANCHES_MIN = 100;
const WHOLE = /^kl_(draw|ranking|seed|pack)(_[a-z]+)?\.c$/;

/** What gcov says of each source file that was compiled to BUILD/lib. */
function gcov(build) {
  const folder = join(build, 'lib');
  const notes = readdirSync(folder).filter((name) => name.endsWith('.gcno'));
  const out = execFileSync('gcov', ['--json-format', '--stdout',
    '--branch-probabilities', ...notes.map((name) => join(folder, name))],
  { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  return out.split('\n').filter(Boolean).flatMap((line) => JSON.parse(line).files)
    .filter((file) => /^lib\/.*\.c$/.test(file.file));
}

/** Is this the switch of a whole enum, with no `default` and no other case? */
function isEnumSwitch(source, number) {
  const [, indent] = /^(\t+)switch \(/.exec(source[number - 1]) ?? [];
  if (indent === undefined)
    return false;
  const end = source.indexOf(`${indent}}`, number);
  const labels = source.slice(number, end)
    .filter((line) => /^\t+(case .*|default):$/.test(line));
  return labels.length > 0 &&
    labels.every((line) => /^\t+case KL_[A-Z_]+:$/.test(line));
}

/** The branch for none of the cases is the last one of the line of a switch. */
function outside(source, line, index) {
  return index === line.branches.length - 1 &&
    isEnumSwitch(source, line.line_number);
}

function measure(file) {
  const lines = file.lines;
  const source = readFileSync(file.file, 'utf8').split('\n');
  const branches = lines.flatMap((line) => line.branches.map((branch, index) =>
    ({ line: line.line_number, index, count: branch.count }))
    .filter((branch) => branch.count > 0 || !outside(source, line, branch.index)));
  return {
    name: file.file.slice('lib/'.length),
    lines: lines.length,
    run: lines.filter((line) => line.count > 0).length,
    dark: lines.filter((line) => line.count === 0).map((line) => line.line_number),
    branches: branches.length,
    untaken: branches.filter((branch) => branch.count === 0),
  };
}

const percent = (part, whole) => whole === 0 ? 100 : 100 * part / whole;
const show = (number) => number.toFixed(1).padStart(6);

const files = gcov(process.argv[2]).map(measure)
  .sort((left, right) => left.name < right.name ? -1 : 1);
const sum = (of) => files.reduce((total, file) => total + of(file), 0);

console.log(' lines branches');
for (const file of files) {
  const taken = file.branches - file.untaken.length;
  console.log(`${show(percent(file.run, file.lines))}   ${
    show(percent(taken, file.branches))} ${file.name}`);
  if (file.dark.length > 0)
    console.log(`                not run: ${file.dark.join(' ')}`);
  for (const branch of WHOLE.test(file.name) ? file.untaken : [])
    console.log(`  lib/${file.name}:${branch.line}: branch ${branch.index} never taken`);
}
const lines = percent(sum((file) => file.run), sum((file) => file.lines));
const whole = files.filter((file) => WHOLE.test(file.name));
const branches = whole.reduce((total, file) => total + file.branches, 0);
const untaken = whole.reduce((total, file) => total + file.untaken.length, 0);
console.log(`lib: ${lines.toFixed(2)} % of lines (at least ${LINES_MIN})`);
const share = percent(branches - untaken, branches);
console.log(`draw and pack: ${share.toFixed(2)} % of ${branches} branches (at least ${BRANCHES_MIN})`);
process.exit(files.length === 0 || lines < LINES_MIN || share < BRANCHES_MIN ? 1 : 0);
