// A table as programs read it.
import assert from 'node:assert/strict';

// Strict RFC 4180, apart from the code under test.
export function csvRows(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    assert.ok(match, text.slice(cell.lastIndex));
    rows.at(-1).push(match[1]?.replaceAll('""', '"') ?? match[2]);
    if (match[3] === '\r\n')
      rows.push([]);
  }
  return rows.slice(0, -1);
}
