import { hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '#lib/sync-directory';
import { VaultError } from './errors.js';

const keyBytes = 32;
/** Its name in the data directory. */
export const masterKeyFile = 'master.key';

/** The key from which all others are derived. Does not print its bytes, so it cannot get into a log by accident. */
export class MasterKey {
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    if (bytes.length !== keyBytes) throw malformed('The master key');
    this.#bytes = Buffer.from(bytes);
  }

  /** A key of 32 bytes for one purpose, always the same. It reveals nothing about the keys for other purposes. */
  subkey(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#bytes, '', `waybill/${purpose}`, keyBytes));
  }

  /** The key itself, for another thread of this process. Must never be written or logged. */
  handOver(): Uint8Array {
    return new Uint8Array(this.#bytes);
  }
}

/**
 * The master key: the given one (32 bytes in base64), otherwise that of the file `master.key` in the directory. If there is neither, and
 * nothing is sealed yet (`mayBeNew`), the file is created. Processes that start at the same time get the same key. An existing file is
 * never changed.
 * @throws {VaultError} `malformed_key`, `exposed_key`, `no_key_file`, `missing_key`
 */
export const loadMasterKey = async (from: {
  readonly given?: string | undefined;
  readonly directory: string;
  readonly mayBeNew: boolean;
}): Promise<MasterKey> => {
  if (from.given !== undefined) return new MasterKey(decode(from.given, 'The given master key'));
  const file = join(from.directory, masterKeyFile);
  const known = await read(file);
  if (known) return known;
  if (!from.mayBeNew) {
    throw new VaultError('missing_key', `The master key is missing: neither given nor in ${file}. Put it back`);
  }
  return create(file, from.directory);
};

const read = async (file: string): Promise<MasterKey | undefined> => {
  const handle = await open(file, 'r').catch(unlessMissing);
  if (!handle) return undefined;
  try {
    const status = await handle.stat();
    if (!status.isFile())
      throw new VaultError('no_key_file', `${file} should contain the master key but is not a file`);
    if ((status.mode & 0o077) !== 0) {
      throw new VaultError('exposed_key', `${file} is readable by others: restrict it to its owner (chmod 600)`);
    }
    return new MasterKey(decode(await handle.readFile('utf8'), file));
  } finally {
    await handle.close();
  }
};

/** Written under another name and then linked, which fails if another process was faster: then its key is used. */
const create = async (file: string, directory: string): Promise<MasterKey> => {
  await mkdir(directory, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
    await handle.sync();
    await link(draft, file).catch(unlessExists);
  } finally {
    await handle.close();
    await unlink(draft);
  }
  await syncDirectory(directory);
  const key = await read(file);
  if (!key) throw new VaultError('no_key_file', `${file} disappeared while it was created`);
  return key;
};

const decode = (text: string, what: string): Buffer => {
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.length !== keyBytes || bytes.toString('base64') !== text.trim()) throw malformed(what);
  return bytes;
};

const malformed = (what: string): VaultError =>
  new VaultError('malformed_key', `${what} is not ${keyBytes} bytes in base64`);

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

const unlessMissing = (error: unknown): undefined => {
  if (codeOf(error) !== 'ENOENT') throw error;
  return undefined;
};

const unlessExists = (error: unknown): void => {
  if (codeOf(error) !== 'EEXIST') throw error;
};
