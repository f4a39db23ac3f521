import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
  type _Object,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { OperatorError } from '#lib/operator-error';
import { guardedBody, isMissing, isRefusal, newClient, reasonOf, type BucketSettings } from '#lib/s3';
import { isHash, isUserId, placeOf, userIdOf } from '../names.js';
import { FileMissing, type ByteRange, type KeptFile, type MediaFiles, type StagedFile } from '../port.js';
import { Staging } from '../staging.js';
import { bucketUnavailable, onBucket } from './on-bucket.js';

/** Files in a bucket. */
export type MediaBucket = MediaFiles & {
  /** Asks the server for the bucket. @throws {MediaFilesUnavailable} */
  ready(): Promise<void>;
};

/** The server knows no such bucket, or refuses the key. */
class BucketRefused extends OperatorError {
  override readonly name = 'BucketRefused';
}

type Options = {
  /** Where files are until it is known whose they are. */
  readonly stagingDirectory: string;
  /** How long a download may bring nothing. */
  readonly idleTimeoutMs?: number;
};

/**
 * Keeps the files in a bucket, under the names that they have in a directory of media files. A server that does not answer now may answer
 * later: that is no failure. @throws {MediaFilesUnavailable} the disk fails. @throws {OperatorError} the server refuses.
 */
export const openMediaBucket = async (
  settings: BucketSettings,
  { stagingDirectory, idleTimeoutMs = 30_000 }: Options,
): Promise<MediaBucket> => {
  const staging = new Staging(stagingDirectory);
  await staging.open();
  const bucket = new Bucket(newClient(settings), settings, staging, idleTimeoutMs);
  await bucket.assertUsable();
  return bucket;
};

/** The least that the protocol takes; two of them are in memory for each file that is kept. */
const partBytes = 5 * 1024 * 1024;
const partsAtOnce = 2;
/** How many files of a user are removed at the same time. */
const removedAtOnce = 50;
const readyTimeoutMs = 5_000;

class Bucket implements MediaBucket {
  private readonly prefix: string;

  constructor(
    private readonly client: S3Client,
    private readonly settings: BucketSettings,
    private readonly staging: Staging,
    private readonly idleTimeoutMs: number,
  ) {
    this.prefix = (settings.prefix ?? '').replace(/([^/])$/, '$1/');
  }

  async assertUsable(): Promise<void> {
    try {
      await this.ask();
    } catch (error) {
      if (!isRefusal(error)) return;
      throw new BucketRefused(`The bucket ${this.settings.bucket} cannot be used: ${reasonOf(error)}`);
    }
  }

  ready(): Promise<void> {
    return onBucket(() => this.ask());
  }

  stage(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StagedFile> {
    return this.staging.stage(bytes, maxBytes);
  }

  discard(file: StagedFile): Promise<void> {
    return this.staging.discard(file);
  }

  async keep(userId: string, file: StagedFile): Promise<void> {
    const params = { ...this.nameOf(userId, file.sha256), Body: createReadStream(file.path) };
    // A file that failed in the middle leaves no parts, and one that is smaller than a part is a single request.
    await onBucket(() =>
      new Upload({ client: this.client, params, partSize: partBytes, queueSize: partsAtOnce }).done(),
    );
    await this.staging.discard(file);
  }

  async open(userId: string, sha256: string, range?: ByteRange): Promise<Readable> {
    const name = this.nameOf(userId, sha256);
    const bytes = range && { Range: `bytes=${range.first}-${range.last}` };
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ ...name, ...bytes }));
      if (!(Body instanceof Readable)) throw new Error('The answer has no body');
      return guardedBody(Body, this.idleTimeoutMs, bucketUnavailable);
    } catch (error) {
      throw isMissing(error) ? new FileMissing() : bucketUnavailable(error);
    }
  }

  openWhole(userId: string, sha256: string): Promise<Readable> {
    return this.open(userId, sha256);
  }

  async size(userId: string, sha256: string): Promise<number | undefined> {
    const name = this.nameOf(userId, sha256);
    try {
      return (await this.client.send(new HeadObjectCommand(name))).ContentLength;
    } catch (error) {
      if (!isMissing(error)) throw bucketUnavailable(error);
      await this.ready(); // this answer has no body: it may be the bucket that is missing
      return undefined;
    }
  }

  async *list(): AsyncGenerator<KeptFile> {
    for await (const page of this.pages(this.prefix)) {
      for (const { Key = '', Size: size, LastModified: kept } of page) {
        const [userId = '', , sha256 = ''] = Key.slice(this.prefix.length).split('/');
        if (!isUserId(userId) || !isHash(sha256) || size === undefined || !kept) continue;
        yield { userId, sha256, size, keptAt: kept.toISOString() };
      }
    }
  }

  async remove(userId: string, sha256: string): Promise<void> {
    const name = this.nameOf(userId, sha256);
    await onBucket(() => this.client.send(new DeleteObjectCommand(name)));
  }

  async removeAll(userId: string): Promise<void> {
    const { bucket: Bucket } = this.settings;
    for await (const page of this.pages(`${this.prefix}${userIdOf(userId)}/`, removedAtOnce)) {
      const removed = page.map(({ Key }) => this.client.send(new DeleteObjectCommand({ Bucket, Key })));
      await onBucket(() => Promise.all(removed));
    }
  }

  private async *pages(prefix: string, pageSize = 1000): AsyncGenerator<readonly _Object[]> {
    let next: string | undefined;
    do {
      const asked = { Bucket: this.settings.bucket, Prefix: prefix, MaxKeys: pageSize, ContinuationToken: next };
      const page = await onBucket(() => this.client.send(new ListObjectsV2Command(asked)));
      yield page.Contents ?? [];
      next = page.NextContinuationToken;
    } while (next !== undefined);
  }

  private async ask(): Promise<void> {
    const one = { Bucket: this.settings.bucket, Prefix: this.prefix, MaxKeys: 1 };
    await this.client.send(new ListObjectsV2Command(one), { abortSignal: AbortSignal.timeout(readyTimeoutMs) });
  }

  private nameOf(userId: string, sha256: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.settings.bucket, Key: `${this.prefix}${userIdOf(userId)}/${placeOf(sha256)}` };
  }
}
