import { Transient } from '#lib/async';

/** The log of requests cannot be written or read at the moment. */
export class RequestLogUnavailable extends Transient {
  override readonly name = 'RequestLogUnavailable';
}
