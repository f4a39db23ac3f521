import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Readable } from 'node:stream';
import { guardedBody, isMissing, newClient, reasonOf, type BucketSettings } from '#lib/s3';
import { BackupMissing, BackupPlaceUnavailable, type BackupPlace, type PlacedFile, type Verify } from '../port.js';

/** Of 10,000 parts at most: 160 GB. Few of them are in memory. */
const partBytes = 16 * 1024 * 1024;
const partsAtOnce = 1;
const idleTimeoutMs = 60_000;

/**
 * Backups in a bucket, under its prefix. An object has its name before it is verified, and loses it again where it does not pass. Parts that a
 * writer left who died are for the bucket's lifecycle rules.
 */
export const openBackupBucket = (settings: BucketSettings): BackupPlace =>
  new BackupBucket(newClient(settings), settings);

class BackupBucket implements BackupPlace {
  readonly name: string;
  private readonly prefix: string;

  constructor(
    private readonly client: S3Client,
    private readonly settings: BucketSettings,
  ) {
    this.prefix = (settings.prefix ?? '').replace(/([^/])$/, '$1/');
    this.name = `s3://${settings.bucket}/${this.prefix}`;
  }

  async write(name: string, bytes: AsyncIterable<Uint8Array>, verify?: Verify): Promise<void> {
    const Body = Readable.from(bytes, { objectMode: false });
    let failure: { readonly error: unknown } | undefined;
    Body.once('error', (error) => (failure = { error })); // of the stream itself, and not of the server
    const params = { ...this.objectOf(name), Body };
    const upload = new Upload({ client: this.client, params, partSize: partBytes, queueSize: partsAtOnce });
    try {
      await upload.done(); // where it fails, it leaves no parts
    } catch (error) {
      Body.destroy();
      throw failure ? failure.error : unavailable(error);
    }
    try {
      await verify?.(() => this.read(name));
    } catch (error) {
      await this.remove(name).catch(() => {}); // what is not described is no backup
      throw error;
    }
  }

  async read(name: string): Promise<Readable> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand(this.objectOf(name)));
      if (!(Body instanceof Readable)) throw new Error('The answer has no body');
      return guardedBody(Body, idleTimeoutMs, unavailable);
    } catch (error) {
      throw isMissing(error) ? new BackupMissing(`There is no ${name} in ${this.name}`) : unavailable(error);
    }
  }

  async list(): Promise<readonly PlacedFile[]> {
    const files: PlacedFile[] = [];
    let next: string | undefined;
    do {
      const asked = { Bucket: this.settings.bucket, Prefix: this.prefix, MaxKeys: 1000, ContinuationToken: next };
      const page = await onBucket(() => this.client.send(new ListObjectsV2Command(asked)));
      for (const { Key = '', Size: size = 0 } of page.Contents ?? []) {
        const name = Key.slice(this.prefix.length);
        if (name !== '' && !name.includes('/')) files.push({ name, size });
      }
      next = page.NextContinuationToken;
    } while (next !== undefined);
    return files;
  }

  async remove(name: string): Promise<void> {
    await onBucket(() => this.client.send(new DeleteObjectCommand(this.objectOf(name))));
  }

  clean(): Promise<void> {
    return Promise.resolve();
  }

  private objectOf(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.settings.bucket, Key: `${this.prefix}${name}` };
  }
}

const onBucket = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
};

/** Has no cause: what the server says of a bad signature contains the id of the key, and what was signed. */
const unavailable = (error: unknown): BackupPlaceUnavailable =>
  error instanceof BackupPlaceUnavailable
    ? error
    : new BackupPlaceUnavailable(`The backups cannot be written to the bucket or read from it: ${reasonOf(error)}`);
