import type { Readable } from 'node:stream';
import type { ByteRange } from './range.js';

/** A blob that is still arriving. Exactly one of `keep` and `discard` ends it. */
export type Draft = {
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** Puts the blob on the shelf; one that stands there under this id is replaced. */
  readonly keep: (id: string) => Promise<void>;
  /** Leaves nothing behind, also after a write that failed. */
  readonly discard: () => Promise<void>;
};

/** Where blobs physically are. It knows no limits and checks no content. */
export type Shelf = {
  /** What an earlier run left, oldest first. */
  readonly list: () => Promise<readonly { readonly id: string; readonly size: number }[]>;
  readonly draft: () => Promise<Draft>;
  /** The stream fails where the id is not on the shelf. */
  readonly read: (id: string, range: ByteRange) => Readable;
  /** Readers that have begun may finish. */
  readonly remove: (id: string) => Promise<void>;
};
