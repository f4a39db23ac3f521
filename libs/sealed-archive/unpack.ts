import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Unpack } from 'tar';
import { OperatorError } from '#lib/operator-error';
import { decrypterFor } from './keys.js';

/** The archive is not whole, was changed, or is not for these keys. */
export class ArchiveDamaged extends OperatorError {
  override readonly name = 'ArchiveDamaged';
}

/**
 * Decrypts an archive with the secret keys, and puts its files into a directory that exists, for their owner only. Of what is in it, only
 * files and directories are taken whose path `isExpected`. Memory does not grow with its size.
 * @throws {InvalidKey} nothing was read. @throws {ArchiveDamaged} some files may be there then. @throws what the stream throws.
 */
export const unpack = async (
  encrypted: Readable,
  identities: readonly string[],
  directory: string,
  isExpected: (path: string) => boolean,
): Promise<void> => {
  const decrypter = decrypterFor(identities);
  let failure: Error | undefined;
  encrypted.once('error', (error) => (failure = error));
  const files = new Unpack({
    cwd: directory,
    strict: true,
    dmode: 0o700, // of directories that are not in it themselves
    onReadEntry: (entry) => {
      entry.mode = entry.type === 'Directory' ? 0o700 : 0o600;
    },
    preserveOwner: false,
    noMtime: true,
    filter: (path, entry) => 'type' in entry && ['File', 'Directory'].includes(entry.type) && isExpected(path),
  });
  const ended = new Promise<void>((resolve, reject) => {
    files.once('close', resolve);
    files.once('error', reject);
  });
  ended.catch(() => {});
  try {
    const plain = await decrypter.decrypt(Readable.toWeb(encrypted) as ReadableStream<Uint8Array>);
    for await (const chunk of Readable.fromWeb(plain as Parameters<typeof Readable.fromWeb>[0]))
      if (!files.write(Buffer.from(chunk as Uint8Array))) await Promise.race([once(files, 'drain'), ended]);
    files.end();
    await ended;
  } catch (error) {
    if (failure) throw failure;
    throw new ArchiveDamaged(
      `The archive cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    encrypted.destroy();
  }
};
