import { Transient } from '#lib/async';
import type { ExpectedRevision } from './port.js';

/** The stream does not have the expected revision. `actual` is its last revision, or `no_stream`. */
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

/** The append is not valid and can never be stored. Nothing was stored. */
export class InvalidAppend extends Error {
  override readonly name = 'InvalidAppend';
}

/**
 * The store cannot be read or written at the moment (`disk_full`, `io`, `closed`), another process has it open (`owned`), or its file is
 * damaged as a whole (`corrupt`).
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

/** A read was to start at a position where there is no event, and this store can start only at events: see `ReadAll`. */
export class NoEventAtPosition extends StoreUnavailable {}

/** A stored event differs from what was written. */
export class CorruptEvent extends Error {
  override readonly name = 'CorruptEvent';
  constructor(
    readonly position: number,
    readonly problem: string,
  ) {
    super(`Event ${position} is corrupt: ${problem}`);
  }
}

/** This adapter does not support the operation; see `capabilities`. */
export class NotSupported extends Error {
  override readonly name = 'NotSupported';
}
