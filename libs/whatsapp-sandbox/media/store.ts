import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { directoryShelf } from './directory-shelf.js';
import { memoryShelf } from './memory-shelf.js';
import type { ByteRange } from './range.js';
import type { Shelf } from './shelf.js';

export type StoreLimits = {
  /** Bytes of one blob. */
  readonly blobBytes: number;
  /** Bytes of all blobs and of the uploads under way together. */
  readonly totalBytes: number;
};

export const defaultStoreLimits: StoreLimits = { blobBytes: 100 * 2 ** 20, totalBytes: 512 * 2 ** 20 };

export type BlobErrorCode = 'too_large' | 'store_full' | 'hash_mismatch';

/** A blob that the store does not take. */
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
 * The encrypted blobs. An id is the base64url SHA-256 of the bytes. Where there is no room, the blob that was not asked for
 * the longest goes, as old media do at WhatsApp.
 */
export class BlobStore {
  readonly #sizes = new Map<string, number>(); // longest unused first
  #used = 0;
  #lastChange = Promise.resolve();

  private constructor(
    private readonly shelf: Shelf,
    readonly limits: StoreLimits,
  ) {}

  /** In that directory, with what an earlier run left there; without one in memory. */
  static async open(options: { directory?: string; limits?: Partial<StoreLimits> } = {}): Promise<BlobStore> {
    const shelf = options.directory === undefined ? memoryShelf() : await directoryShelf(options.directory);
    const store = new BlobStore(shelf, { ...defaultStoreLimits, ...options.limits });
    for (const { id, size } of await shelf.list()) store.#remember(id, size);
    await store.#reserve(0);
    return store;
  }

  /** Bytes in use. */
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
      read: (range = { start: 0, end: size - 1 }) => (size === 0 ? Readable.from([]) : this.shelf.read(id, range)),
    };
  }

  /**
   * Takes a blob in as fast as it can be stored, and throws a BlobError where it is too much or not what its id says. Then
   * nothing of it stays. The source is left where reading stopped.
   */
  async receive(id: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const draft = await this.shelf.draft();
    const hash = createHash('sha256');
    let size = 0;
    try {
      for await (const chunk of source) {
        if (size + chunk.length > this.limits.blobBytes)
          throw new BlobError('too_large', `a blob may have ${this.limits.blobBytes} bytes`);
        await this.#reserve(chunk.length);
        size += chunk.length;
        hash.update(chunk);
        await draft.write(chunk);
      }
      if (hash.digest('base64url') !== id)
        throw new BlobError('hash_mismatch', 'the SHA-256 of the bytes is not the id they came under');
      await this.#inTurn(async () => {
        await draft.keep(id);
        this.#used -= size;
        this.#remember(id, size);
        size = 0; // no longer under way
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

  /** The bytes are taken before it first waits, so that uploads side by side cannot take the same room. */
  async #reserve(bytes: number): Promise<void> {
    const leaving: string[] = [];
    for (const [id, size] of this.#sizes) {
      if (this.#used + bytes <= this.limits.totalBytes) break;
      this.#sizes.delete(id);
      this.#used -= size;
      leaving.push(id);
    }
    const fits = this.#used + bytes <= this.limits.totalBytes;
    if (fits) this.#used += bytes;
    if (leaving.length > 0) await this.#inTurn(() => this.#removeUnlessBack(leaving));
    if (!fits) throw new BlobError('store_full', 'the uploads under way fill the store');
  }

  async #removeUnlessBack(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (!this.#sizes.has(id)) await this.shelf.remove(id);
  }

  /** Else a removal under way could take a blob that has just been put back under the same id. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => undefined); // the caller hears of it through `done`
    return done;
  }
}
