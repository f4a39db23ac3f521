/** What happens to the next `count` requests of one direction. */
export type MediaFault = {
  readonly on: 'upload' | 'download';
  readonly count: number;
} & (
  | { readonly kind: 'status'; readonly status: number }
  /** Never answers; the client has to give up. */
  | { readonly kind: 'hang' }
  /** Ends the connection when half of the bytes have passed. */
  | { readonly kind: 'cut' }
);

/** The faults that are still to happen, in the order in which they were asked for. */
export class MediaFaults {
  #waiting: MediaFault[] = [];

  /** Throws a RangeError where the count is not a positive integer or the status is no error of HTTP. */
  add(fault: MediaFault): void {
    if (!Number.isInteger(fault.count) || fault.count < 1) throw new RangeError('count must be a positive integer');
    if (fault.kind === 'status' && !(Number.isInteger(fault.status) && fault.status >= 400 && fault.status <= 599))
      throw new RangeError('status must be between 400 and 599');
    this.#waiting.push(fault);
  }

  waiting(): readonly MediaFault[] {
    return [...this.#waiting];
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Uses up one occurrence. */
  take(on: MediaFault['on']): MediaFault | undefined {
    const index = this.#waiting.findIndex((fault) => fault.on === on);
    const fault = this.#waiting[index];
    if (!fault) return undefined;
    this.#waiting.splice(index, 1, ...(fault.count > 1 ? [{ ...fault, count: fault.count - 1 }] : []));
    return fault;
  }
}
