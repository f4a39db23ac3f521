import { Transient } from '#lib/async';

/**
 * The progress of sagas cannot be read or written at the moment (`disk_full`, `io`, `closed`), is damaged (`corrupt`), or belongs to
 * another process (`owned`). Nothing was recorded.
 */
export class SagaProgressUnavailable extends Transient {
  override readonly name = 'SagaProgressUnavailable';
  constructor(
    readonly reason: 'disk_full' | 'io' | 'closed' | 'corrupt' | 'owned',
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}
