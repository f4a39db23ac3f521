import { Transient } from '#lib/async';
import type { ExpectedRevision } from './port.js';

/** The stream is not where the appender believed it to be. `actual` is its last revision, or `no_stream`. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: number | 'no_stream',
  ) {
    super(`Stream ${stream} is at ${actual}, not ${expected}`);
  }
}

/** What was to be appended can never be stored: nothing was. */
export class InvalidAppend extends Error {
  override readonly name = 'InvalidAppend';
}

/**
 * The store cannot be written or read at the moment (`disk_full`, `io`, `closed`), is another process's (`owned`), or its file is
 * damaged beyond single events (`corrupt`).
 */
export class StoreUnavailable extends Transient {
  override readonly name = 'StoreUnavailable';
  constructor(
    readonly reason: 'disk_full' | 'io' | 'closed' | 'owned' | 'corrupt',
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** A stored event is not what was written. */
export class CorruptEvent extends Error {
  override readonly name = 'CorruptEvent';
  constructor(
    readonly position: number,
    readonly problem: string,
  ) {
    super(`Event ${position} is corrupt: ${problem}`);
  }
}

/** This adapter cannot do that; its `capabilities` say so. */
export class NotSupported extends Error {
  override readonly name = 'NotSupported';
}
