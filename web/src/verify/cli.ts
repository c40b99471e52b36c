// node verify.mjs PACK [OPTION]...: what `klero verify` says, by another reading of
// the protocol. Exit 0 no finding, 1 a finding, 2 unreadable or usage.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  CertificateError, ChainError, type Options, type PackFile, readZip, TrustError, verifyPack, ZipError,
} from './index';
import { type Language, printReport } from './print';
import { SIZE_MAX } from './zip';

const USAGE = `usage: verify PACK [--trust FILE] [--bare] [--min-level A|B|C]
           [--accept-chain FILE] [--accept-certificate FILE]
           [--rehearsal] [--json] [--lang zh|en]
PACK is an evidence pack, <draw-id>.zip or its folder.
`;

class Unreadable extends Error {}

function readFolder(folder: string, prefix = ''): PackFile[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    if (entry.isDirectory()) return readFolder(folder, `${name}/`);
    if (!entry.isFile()) throw new Unreadable(`${name} is no file`);
    return [{ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }];
  });
}

// What is too large is not read at all.
function readPack(path: string): PackFile[] {
  const about = statSync(path);
  if (about.isDirectory()) return readFolder(path);
  if (about.size > SIZE_MAX) throw new ZipError('over 256 MiB');
  return readZip(readFileSync(path));
}

interface Arguments {
  pack: string;
  options: Options;
  json: boolean;
  language: Language;
}

function optionsOf(values: Record<string, string | boolean | undefined>): Options {
  const options: Options = { bare: values['bare'] === true, rehearsal: values['rehearsal'] === true };
  const level = values['min-level'];
  const file = (name: string): Uint8Array | undefined => {
    const path = values[name];
    return typeof path === 'string' ? new Uint8Array(readFileSync(path)) : undefined;
  };
  const [trust, chain, certificate] = [file('trust'), file('accept-chain'), file('accept-certificate')];
  if (trust) options.trust = trust;
  if (chain) options.acceptChain = chain;
  if (certificate) options.acceptCertificate = certificate;
  if (level === 'A' || level === 'B' || level === 'C') options.minLevel = level;
  else if (level !== undefined) throw new Unreadable(USAGE);
  return options;
}

function readArguments(args: string[]): Arguments {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      trust: text, 'min-level': text, 'accept-chain': text, 'accept-certificate': text, lang: text,
      bare: flag, rehearsal: flag, json: flag,
    },
  });
  const language = values.lang ?? (process.env['LANG']?.startsWith('en') ? 'en' : 'zh');
  const [pack, more] = positionals;
  if (pack === undefined || more !== undefined) throw new Unreadable(USAGE);
  if (language !== 'zh' && language !== 'en') throw new Unreadable(USAGE);
  return { pack, options: optionsOf(values), json: values.json ?? false, language };
}

/** The errors that are the world's: of a file, an option, a form. */
function isExpected(error: unknown): error is Error {
  return error instanceof Unreadable || error instanceof ZipError || error instanceof TrustError ||
    error instanceof ChainError || error instanceof CertificateError ||
    (error instanceof Error && 'code' in error);
}

function main(): number {
  try {
    const { pack, options, json, language } = readArguments(process.argv.slice(2));
    const report = verifyPack(readPack(pack), options);
    process.stdout.write(json ? `${JSON.stringify(report, null, 1)}\n` : printReport(report, language));
    return report.verified ? 0 : 1;
  } catch (error) {
    if (!isExpected(error)) throw error;
    process.stderr.write(error.message.startsWith('usage') ? error.message : `verify: ${error.message}\n`);
    return 2;
  }
}

process.exitCode = main();
