import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { directoryBlobStorage } from './directory-storage.js';
import { memoryBlobStorage } from './memory-storage.js';
import type { ByteRange } from './range.js';
import type { BlobStorage } from './blob-storage.js';

type StoreLimits = {
  /** Largest blob. */
  readonly blobBytes: number;
  /** All blobs and uploads in progress together. */
  readonly totalBytes: number;
};

const defaultStoreLimits: StoreLimits = { blobBytes: 100 * 2 ** 20, totalBytes: 512 * 2 ** 20 };

export type BlobErrorCode = 'too_large' | 'store_full' | 'hash_mismatch';

/** The store refuses a blob. */
export class BlobError extends Error {
  constructor(
    readonly code: BlobErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'BlobError';
  }
}

export type StoredBlob = { readonly size: number; readonly read: (range?: ByteRange) => Readable };

/**
 * The encrypted blobs by id, the base64url SHA-256 of their bytes. When the store is full, the least recently used blob is
 * evicted; WhatsApp deletes old media, too.
 */
export class BlobStore {
  readonly #sizes = new Map<string, number>(); // least recently used first
  #used = 0;
  #lastChange = Promise.resolve();

  private constructor(
    private readonly storage: BlobStorage,
    readonly limits: StoreLimits,
  ) {}

  /** Opens the store in a directory, with the blobs of an earlier run, or in memory. */
  static async open(options: { directory?: string; limits?: Partial<StoreLimits> } = {}): Promise<BlobStore> {
    const storage =
      options.directory === undefined ? memoryBlobStorage() : await directoryBlobStorage(options.directory);
    const store = new BlobStore(storage, { ...defaultStoreLimits, ...options.limits });
    for (const { id, size } of await storage.list()) store.#remember(id, size);
    await store.#reserve(0);
    return store;
  }

  /** Bytes in use, including uploads in progress. */
  get used(): number {
    return this.#used;
  }

  find(id: string): StoredBlob | undefined {
    const size = this.#sizes.get(id);
    if (size === undefined) return undefined;
    this.#sizes.delete(id);
    this.#sizes.set(id, size);
    return {
      size,
      read: (range = { start: 0, end: size - 1 }) => (size === 0 ? Readable.from([]) : this.storage.read(id, range)),
    };
  }

  /**
   * Stores a blob, with backpressure. Throws a BlobError if it is too large or its hash is not the id; nothing of it is kept then.
   * Does not read the rest of the source in that case.
   */
  async receive(id: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const draft = await this.storage.draft();
    const hash = createHash('sha256');
    let size = 0;
    try {
      for await (const chunk of source) {
        if (size + chunk.length > this.limits.blobBytes)
          throw new BlobError('too_large', `a blob must not exceed ${this.limits.blobBytes} bytes`);
        await this.#reserve(chunk.length);
        size += chunk.length;
        hash.update(chunk);
        await draft.write(chunk);
      }
      if (hash.digest('base64url') !== id)
        throw new BlobError('hash_mismatch', 'the SHA-256 of the bytes is not the id');
      await this.#serialize(async () => {
        await draft.keep(id);
        this.#used -= size;
        this.#remember(id, size);
        size = 0; // no longer in progress
      });
    } catch (error) {
      this.#used -= size;
      await draft.discard();
      throw error;
    }
  }

  #remember(id: string, size: number): void {
    this.#used += size - (this.#sizes.get(id) ?? 0);
    this.#sizes.delete(id);
    this.#sizes.set(id, size);
  }

  /** Reserves the bytes before the first await, so that concurrent uploads cannot claim the same space. */
  async #reserve(bytes: number): Promise<void> {
    const evicted: string[] = [];
    for (const [id, size] of this.#sizes) {
      if (this.#used + bytes <= this.limits.totalBytes) break;
      this.#sizes.delete(id);
      this.#used -= size;
      evicted.push(id);
    }
    const fits = this.#used + bytes <= this.limits.totalBytes;
    if (fits) this.#used += bytes;
    if (evicted.length > 0) await this.#serialize(() => this.#removeUnlessStoredAgain(evicted));
    if (!fits) throw new BlobError('store_full', 'uploads in progress fill the store');
  }

  async #removeUnlessStoredAgain(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (!this.#sizes.has(id)) await this.storage.remove(id);
  }

  /** Serializes changes: a removal must not delete a blob that was just stored again under the same id. */
  #serialize(change: () => Promise<void>): Promise<void> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => undefined); // the caller gets the error through `done`
    return done;
  }
}
