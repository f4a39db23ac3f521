import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Transient } from '#lib/async';

/** A file as it was received: whole and on disk, but nobody's yet. */
export type StagedFile = {
  /** Of the content, in hex. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
  /** Where it can be read until it is kept or discarded. */
  readonly path: string;
};

/** A file of a user. */
export type KeptFile = {
  readonly userId: string;
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
  /** ISO 8601: when it was last kept. */
  readonly keptAt: string;
};

/** Both ends belong to it; counted from 0. */
export type ByteRange = { readonly first: number; readonly last: number };

/**
 * The files of users. A content is stored once per user, under its hash; two users never share one. A file is staged first, so that it can
 * be looked at before it belongs to somebody.
 */
export interface MediaFiles {
  /**
   * Writes a stream to disk as it comes. Where the stream fails, is empty or too long, nothing is left of it. What is neither kept nor
   * discarded, because the process died, is removed later.
   * @throws {FileTooLarge} {EmptyFile} {MediaFilesUnavailable} whatever the stream throws
   */
  stage(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StagedFile>;

  /** Removes a staged file that is not kept. Does nothing where it is gone already. */
  discard(file: StagedFile): Promise<void>;

  /**
   * Makes a staged file the user's. Once it resolves, it is stored durably. The staged file is used up, whether the user had that content
   * or not. @throws {MediaFilesUnavailable}
   */
  keep(userId: string, file: StagedFile): Promise<void>;

  /** A file's bytes, or those of a range within it. Destroy the stream to stop. @throws {FileMissing} {MediaFilesUnavailable} */
  open(userId: string, sha256: string, range?: ByteRange): Promise<Readable>;

  /**
   * The same of a whole file, for whoever reads it on another thread: an open file where it lies on a disk of this machine. Close it, or
   * destroy the stream. @throws {FileMissing} {MediaFilesUnavailable}
   */
  openWhole(userId: string, sha256: string): Promise<FileHandle | Readable>;

  /** In bytes; undefined where the user has no such file. @throws {MediaFilesUnavailable} */
  size(userId: string, sha256: string): Promise<number | undefined>;

  /** All files of all users, those of a user one after the other. What is kept or removed meanwhile may be left out. @throws {MediaFilesUnavailable} */
  list(): AsyncIterable<KeptFile>;

  /** Does nothing where there is no such file. @throws {MediaFilesUnavailable} */
  remove(userId: string, sha256: string): Promise<void>;

  /** Removes all files of a user. @throws {MediaFilesUnavailable} */
  removeAll(userId: string): Promise<void>;
}

/** The stream is longer than it may be. */
export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge';
  constructor(readonly maxBytes: number) {
    super(`The file is larger than ${maxBytes} bytes`);
  }
}

/** The stream has no bytes. */
export class EmptyFile extends Error {
  override readonly name = 'EmptyFile';
  constructor() {
    super('The file is empty');
  }
}

/** The user has no such file. */
export class FileMissing extends Error {
  override readonly name = 'FileMissing';
  constructor() {
    super('There is no such file');
  }
}

/** The disk or the server that keeps the files fails. */
export class MediaFilesUnavailable extends Transient {
  override readonly name = 'MediaFilesUnavailable';
}
