// workbooks.mjs -- XLSX files as spreadsheets write them, and as nobody should.
//
// workbook(rows, { shared, stored, files }) → bytes: rows of cells that are texts, numbers or
//     { formula }; texts shared or in their cells; `files` are more, or others
// archive(files, stored) → bytes of a ZIP of [name, text] pairs
import { crc32, deflateRawSync } from 'node:zlib';

const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((c) => c & 1 ? 0xedb88320 ^ c >>> 1 : c >>> 1, n) >>> 0);
const checksum = crc32 ?? ((bytes) => (bytes.reduce((c, byte) => table[(c ^ byte) & 255] ^ c >>> 8, 0xffffffff) ^ 0xffffffff) >>> 0);

export function archive(files, stored = false) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, text] of files) {
    const bytes = Buffer.from(text);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(stored ? 0 : 8, 4);
    head.writeUInt32LE(checksum(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, tail, Buffer.from(name)]));
    parts.push(local);
    at += local.length;
  }
  const all = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(all.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, all, Buffer.from('PK\x05\x06'), end]);
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const name = (column, row) => `${column >= 26 ? String.fromCharCode(64 + Math.floor(column / 26)) : ''}${String.fromCharCode(65 + column % 26)}${row}`;

export function workbook(rows, { shared = true, stored = false, files = {} } = {}) {
  const texts = [];
  const cell = (value, at) => {
    if (value === '' || value === null)
      return '';
    if (typeof value === 'number')
      return `<c r="${at}"><v>${value}</v></c>`;
    if (typeof value === 'object')
      return `<c r="${at}"><f>${value.formula}</f><v>0</v></c>`;
    if (!shared)
      return `<c r="${at}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
    texts.push(`<si><r><t>${escaped(value.slice(0, 1))}</t></r><r><t xml:space="preserve">${escaped(value.slice(1))}</t></r><rPh><t>注音</t></rPh></si>`);
    return `<c r="${at}" t="s"><v>${texts.length - 1}</v></c>`;
  };
  const sheet = rows.map((cells, i) => `<row r="${i + 1}">${cells.map((value, j) => cell(value, name(j, i + 1))).join('')}</row>`).join('');
  const all = { '[Content_Types].xml': '<Types/>', 'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
    ...shared && { 'xl/sharedStrings.xml': `<sst>${texts.join('')}</sst>` }, ...files };
  return archive(Object.entries(all).filter(([, text]) => text !== null), stored);
}
