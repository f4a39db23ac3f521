import { createHash, randomUUID } from 'node:crypto';
import { S3Problem } from './problem.js';

export type StoredObject = { readonly bytes: Buffer; readonly etag: string; readonly modified: Date };
type Part = Pick<StoredObject, 'bytes' | 'etag'>;

const leastPartBytes = 5 * 1024 * 1024;

/** The objects of a bucket, and the uploads that are not complete yet. */
export class BucketContent {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, { readonly key: string; readonly parts: Map<number, Part> }>();

  get(key: string): StoredObject {
    const found = this.objects.get(key);
    if (!found) throw new S3Problem(404, 'NoSuchKey');
    return found;
  }

  put(key: string, bytes: Buffer): StoredObject {
    const object = { bytes, etag: etagOf(bytes), modified: new Date() };
    this.objects.set(key, object);
    return object;
  }

  begin(key: string): string {
    const id = randomUUID();
    this.uploads.set(id, { key, parts: new Map() });
    return id;
  }

  putPart(key: string, id: string, number: number, bytes: Buffer): Part {
    if (!(number >= 1 && number <= 10_000)) throw new S3Problem(400, 'InvalidArgument');
    const part = { bytes, etag: etagOf(bytes) };
    this.upload(key, id).parts.set(number, part);
    return part;
  }

  /** The parts have to be named in order, with what the server said of each. */
  complete(
    key: string,
    id: string,
    named: readonly { readonly number: number; readonly etag: string }[],
  ): StoredObject {
    const { parts } = this.upload(key, id);
    const chosen = named.map(({ number, etag }, index) => {
      const part = parts.get(number);
      if (part?.etag !== etag) throw new S3Problem(400, 'InvalidPart');
      if (number <= (named[index - 1]?.number ?? 0)) throw new S3Problem(400, 'InvalidPartOrder');
      return part.bytes;
    });
    if (chosen.length === 0) throw new S3Problem(400, 'MalformedXML');
    if (chosen.slice(0, -1).some(({ length }) => length < leastPartBytes)) throw new S3Problem(400, 'EntityTooSmall');
    this.uploads.delete(id);
    return this.put(key, Buffer.concat(chosen));
  }

  abort(key: string, id: string): void {
    this.upload(key, id);
    this.uploads.delete(id);
  }

  /** The keys that begin so and come after one, in the order of S3. */
  keys(prefix: string, after: string): readonly string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  }

  private upload(key: string, id: string): { readonly parts: Map<number, Part> } {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) throw new S3Problem(404, 'NoSuchUpload');
    return upload;
  }
}

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;
