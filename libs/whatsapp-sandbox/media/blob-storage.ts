import type { Readable } from 'node:stream';
import type { ByteRange } from './range.js';

/** A blob that is being written. Must be ended by exactly one of `keep` and `discard`. */
type BlobDraft = {
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** Stores the blob under this id and replaces an existing one. */
  readonly keep: (id: string) => Promise<void>;
  /** Deletes what was written, also after a failed write. */
  readonly discard: () => Promise<void>;
};

/** Physical storage of blobs. Enforces no limits and does not check content. */
export type BlobStorage = {
  /** Blobs stored by an earlier run, oldest first. */
  readonly list: () => Promise<readonly { readonly id: string; readonly size: number }[]>;
  readonly draft: () => Promise<BlobDraft>;
  /** The stream fails if the blob does not exist. */
  readonly read: (id: string, range: ByteRange) => Readable;
  /** Streams that are already open may finish. */
  readonly remove: (id: string) => Promise<void>;
};
