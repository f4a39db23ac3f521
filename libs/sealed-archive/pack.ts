import { Readable } from 'node:stream';
import { Encrypter } from 'age-encryption';
import { create } from 'tar';

/** Little work for most of the gain: the log is text. */
const gzipLevel = 1;

/**
 * The named files and directories of a directory, in that order, as one stream: a tar archive, compressed with gzip, encrypted in the format of
 * `age` for each of these public keys. Memory does not grow with the size of the files. `age -d -i KEYS < FILE | tar xz` opens it.
 */
export async function* pack(
  directory: string,
  names: readonly string[],
  recipients: readonly string[],
): AsyncGenerator<Uint8Array> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const archive = create({ cwd: directory, gzip: { level: gzipLevel }, portable: true, strict: true }, [...names]);
  const plain = Readable.from(archive as AsyncIterable<Buffer>, { objectMode: false });
  try {
    const encrypted = await encrypter.encrypt(Readable.toWeb(plain) as ReadableStream<Uint8Array>);
    for await (const chunk of Readable.fromWeb(encrypted as Parameters<typeof Readable.fromWeb>[0]))
      yield chunk as Uint8Array;
  } finally {
    plain.destroy();
  }
}
