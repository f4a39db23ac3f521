/** A fault for the next `count` uploads or downloads. */
export type MediaFault = {
  readonly on: 'upload' | 'download';
  readonly count: number;
} & (
  | { readonly kind: 'status'; readonly status: number }
  /** Never answers; the client must time out. */
  | { readonly kind: 'hang' }
  /** Closes the connection after half of the bytes. */
  | { readonly kind: 'cut' }
);

/** The active faults, in the order in which they were added. */
export class MediaFaults {
  #waiting: MediaFault[] = [];

  /** Throws a RangeError if the count is not a positive integer or the status is not an HTTP error. */
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

  /** Counts down the oldest fault for that direction, and returns it. */
  take(on: MediaFault['on']): MediaFault | undefined {
    const index = this.#waiting.findIndex((fault) => fault.on === on);
    const fault = this.#waiting[index];
    if (!fault) return undefined;
    this.#waiting.splice(index, 1, ...(fault.count > 1 ? [{ ...fault, count: fault.count - 1 }] : []));
    return fault;
  }
}
