import type { RpcError } from './rpc-errors.js';

type Operation = 'append' | 'read' | 'subscribe';

/** What goes wrong with one request. */
type Fault =
  /** Nothing is done, and this is the answer. */
  | { readonly kind: 'refused'; readonly error: RpcError }
  /** A write is done and its answer never comes, or the connection is closed in its place. */
  | { readonly kind: 'answer_lost'; readonly how: 'silence' | 'closed' }
  /** The answer comes, but late. */
  | { readonly kind: 'late'; readonly afterMs: number }
  /** The answer to a read is closed after so many events. */
  | { readonly kind: 'cut'; readonly afterEvents: number };

/** Faults that tests ask for, each for the next requests of one kind. */
export class Faults {
  private readonly planned: Record<Operation, Fault[]> = { append: [], read: [], subscribe: [] };

  /** The next `times` requests meet this fault. */
  next(operation: Operation, fault: Fault, times = 1): void {
    for (let count = 0; count < times; count += 1) this.planned[operation].push(fault);
  }

  /** How many planned faults no request has met yet. */
  left(operation: Operation): number {
    return this.planned[operation].length;
  }

  take(operation: Operation): Fault | undefined {
    return this.planned[operation].shift();
  }
}
