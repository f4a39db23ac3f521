import { Transient } from '#lib/async';

/** The cursor does not belong to this `find`. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

/** The views cannot be written or read at the moment (`disk_full`, `io`, `closed`), are damaged (`corrupt`), or are another process's (`owned`). */
export class ReadModelsUnavailable extends Transient {
  override readonly name = 'ReadModelsUnavailable';
  constructor(
    readonly reason: 'disk_full' | 'io' | 'closed' | 'corrupt' | 'owned',
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}
