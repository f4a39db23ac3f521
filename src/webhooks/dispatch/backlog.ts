import type { Item } from './item.js';

export type Reading = {
  /** What the view must show. */
  readonly shown: number;
  /** Being attempted, or ended since the reading began: the view may still show it as due. */
  readonly isUnderWay: (id: string) => boolean;
};

/** What is to be attempted for a webhook: a bounded number of those that are due is in memory, the others wait in the view. */
export type Backlog = {
  /** The next one that can be attempted. */
  next(isBusy: (chat: string) => boolean): Item | undefined;
  /** Removes that one. */
  take(next: Item): void;
  wantsReading(isBusy: (chat: string) => boolean): boolean;
  /** One reading at a time. @throws the service stops. */
  read(reading: Reading): Promise<void>;
  /** These are new. Answers whether all are in memory, so that they need not be read. */
  add(items: readonly Item[]): boolean;
  /** What waits for a retry until then is due, whatever the wall clock says. */
  cameDue(until: string): void;
  /** An attempt failed, and the view shows what follows from it once it shows the record. */
  failed(item: Item): void;
  /** No attempt was made, for an unexpected reason; it is still pending. */
  skipped(item: Item): void;
  /** Anything may have become due: what takes this one's place. */
  renewed(): Backlog;
};

const maxBuffered = 200;
/** With fewer in memory, the next are read while these are delivered. */
const refillBelow = 50;

export type ReadByTime = (
  shown: number,
  cameDue: string,
) => Promise<{ readonly items: readonly Item[]; readonly more: boolean }>;

/** As they come due. */
export class ByTime implements Backlog {
  private readonly buffer: Item[] = [];
  private readonly buffered = new Set<string>();
  private mayHaveMore = true;
  private isReading = false;
  private dueUntil = '';

  constructor(private readonly readDue: ReadByTime) {}

  next(): Item | undefined {
    return this.buffer[0];
  }

  take({ id }: Item): void {
    this.buffer.shift();
    this.buffered.delete(id);
  }

  wantsReading(): boolean {
    return this.mayHaveMore && this.buffer.length < refillBelow;
  }

  async read({ shown, isUnderWay }: Reading): Promise<void> {
    const { dueUntil } = this;
    [this.mayHaveMore, this.isReading, this.dueUntil] = [false, true, ''];
    try {
      const { items, more } = await this.readDue(shown, dueUntil);
      for (const item of items) if (!isUnderWay(item.id)) this.push(item);
      this.mayHaveMore ||= more;
    } finally {
      this.isReading = false;
    }
  }

  add(items: readonly Item[]): boolean {
    const room = this.mayHaveMore || this.isReading ? 0 : Math.max(0, maxBuffered - this.buffer.length);
    for (const item of items.slice(0, room)) this.push(item);
    if (items.length > room) this.mayHaveMore = true;
    return items.length <= room;
  }

  cameDue(until: string): void {
    this.dueUntil = until;
    this.mayHaveMore = true;
  }

  failed(): void {}

  skipped(): void {}

  renewed(): Backlog {
    this.mayHaveMore = true;
    return this;
  }

  private push(item: Item): void {
    if (this.buffered.has(item.id)) return;
    this.buffered.add(item.id);
    this.buffer.push(item);
  }
}
