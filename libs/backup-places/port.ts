import type { Readable } from 'node:stream';
import { Transient } from '#lib/async';

/** A file that is whole. */
export type PlacedFile = { readonly name: string; /** In bytes. */ readonly size: number };

/**
 * Where backups are kept, apart from the data. Names are those of files, without a directory. Where nothing was ever written, it is empty; only
 * `write` makes what is missing.
 */
export interface BackupPlace {
  /** For people and logs; without a secret. */
  readonly name: string;

  /**
   * Stores a stream as it comes. It is listed under its name only once it is whole and `verify`, which may read it again, has resolved.
   * Where anything fails, nothing is left of it. A file with that name is replaced.
   * @throws {BackupPlaceUnavailable} whatever the stream or `verify` throws
   */
  write(name: string, bytes: AsyncIterable<Uint8Array>, verify?: Verify): Promise<void>;

  /** @throws {BackupMissing} {BackupPlaceUnavailable}, also from the stream */
  read(name: string): Promise<Readable>;

  /** Those that are whole, in no particular order. @throws {BackupPlaceUnavailable} */
  list(): Promise<readonly PlacedFile[]>;

  /** Does nothing where there is no such file. @throws {BackupPlaceUnavailable} */
  remove(name: string): Promise<void>;

  /** Removes what writers left that died, older than a day. @throws {BackupPlaceUnavailable} */
  clean(): Promise<void>;
}

/** Looks at a file that was written, before it has its name. */
export type Verify = (read: () => Promise<Readable>) => Promise<void>;

/** There is no such file. */
export class BackupMissing extends Error {
  override readonly name = 'BackupMissing';
}

/** The disk or the server that keeps the backups fails. */
export class BackupPlaceUnavailable extends Transient {
  override readonly name = 'BackupPlaceUnavailable';
}
