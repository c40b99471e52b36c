// A ZIP as protocol §5 allows it: one byte string for one set of files. Whatever
// else the format knows is refused.
import { compareText, equal, fromUtf8, latin1 } from './bytes';

export interface PackFile {
  name: string;
  bytes: Uint8Array;
}

export class ZipError extends Error {}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_SIZE = 22;
const CENTRAL_SIZE = 46;
const LOCAL_SIZE = 30;
const DATE = 0x0021; // 1980-01-01
const VERSION = 20;
const UTF8 = 0x800;
const FILES_MAX = 8192;
const FILE_MAX = 16 * 1024 * 1024;
export const SIZE_MAX = 256 * 1024 * 1024;
const NAME_MAX = 255;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function demand(holds: boolean, why: string): asserts holds {
  if (!holds) throw new ZipError(why);
}

interface Central {
  name: Uint8Array;
  flags: number;
  crc: number;
  size: number;
  offset: number;
  next: number;
}

function readCentral(bytes: Uint8Array, view: DataView, at: number, end: number): Central {
  demand(at + CENTRAL_SIZE <= end && view.getUint32(at, true) === CENTRAL, 'no central header');
  const short = (offset: number): number => view.getUint16(at + offset, true);
  const long = (offset: number): number => view.getUint32(at + offset, true);
  const next = at + CENTRAL_SIZE + short(28);
  demand(short(6) === VERSION && short(4) === VERSION, 'another version');
  demand(short(8) === UTF8 || short(8) === 0, 'other flags');
  demand(short(10) === 0 && long(20) === long(24), 'it is not stored');
  demand(short(12) === 0 && short(14) === DATE, 'another time');
  demand(short(30) === 0 && short(32) === 0, 'an extra field or a comment');
  demand(short(34) === 0 && short(36) === 0 && long(38) === 0, 'another part, or attributes');
  demand(next <= end, 'it is cut');
  demand(long(24) <= FILE_MAX, 'a file over 16 MiB');
  const name = bytes.subarray(at + CENTRAL_SIZE, next);
  return { name, flags: short(8), crc: long(16), size: long(24), offset: long(42), next };
}

function readLocal(bytes: Uint8Array, view: DataView, entry: Central, central: number): Uint8Array {
  const { offset, name, size } = entry;
  const start = offset + LOCAL_SIZE + name.length;
  demand(start + size <= central && view.getUint32(offset, true) === LOCAL, 'no local header');
  const short = (where: number): number => view.getUint16(offset + where, true);
  const long = (where: number): number => view.getUint32(offset + where, true);
  demand(short(4) === VERSION && short(28) === 0, 'another version, or an extra field');
  demand(short(6) === entry.flags, 'the two headers differ');
  demand(short(8) === 0 && short(10) === 0 && short(12) === DATE, 'the two headers differ');
  demand(long(14) === entry.crc && long(18) === size && long(22) === size, 'the two headers differ');
  demand(short(26) === name.length, 'the two headers differ');
  demand(equal(bytes.subarray(offset + LOCAL_SIZE, start), name), 'the two headers differ');
  return bytes.subarray(start, start + size);
}

/** The name, if it is a path that leads nowhere else: UTF-8, told by its flag where
 * it is not ASCII, without control characters and backslash. */
function readName({ name, flags }: Central): string {
  const text = fromUtf8(name);
  demand(text !== undefined && name.length <= NAME_MAX, 'a name that is too long, or no UTF-8');
  demand(!/[\x00-\x1f\x7f\\]/.test(text), 'a control character or a backslash in a name');
  demand(flags === UTF8 || text.length === name.length, 'a name that is not ASCII, and does not say so');
  demand(text.split('/').every((part) => part !== '' && part !== '.' && part !== '..'), 'a name that is no path');
  return text;
}

/** The files of a pack in the order of their names, borrowed from `bytes`.
 * Throws ZipError when it is a ZIP of another make, or none. */
export function readZip(bytes: Uint8Array): PackFile[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - END_SIZE;
  demand(bytes.length <= SIZE_MAX, 'over 256 MiB');
  demand(end >= 0 && view.getUint32(end, true) === END, 'no end of a ZIP');
  const count = view.getUint16(end + 10, true);
  const central = view.getUint32(end + 16, true);
  demand(view.getUint32(end + 4, true) === 0 && view.getUint16(end + 8, true) === count, 'several parts');
  demand(central + view.getUint32(end + 12, true) === end, 'the directory does not end there');
  demand(view.getUint16(end + 20, true) === 0, 'a comment');
  demand(count <= FILES_MAX, 'too many files');
  const files: PackFile[] = [];
  let offset = 0;
  let at = central;
  let last = '';
  for (let i = 0; i < count; i++) {
    const entry = readCentral(bytes, view, at, end);
    demand(entry.offset === offset, 'files stand in gaps or out of order');
    const data = readLocal(bytes, view, entry, central);
    const order = latin1(entry.name);
    demand(i === 0 || compareText(last, order) < 0, 'the names do not ascend');
    demand(crc32(data) === entry.crc, 'the checksum differs');
    files.push({ name: readName(entry), bytes: data });
    last = order;
    offset += LOCAL_SIZE + entry.name.length + entry.size;
    at = entry.next;
  }
  demand(at === end && offset === central, 'something stands between');
  return files;
}
