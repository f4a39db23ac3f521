import type { Backlog, Reading } from './backlog.js';
import type { Pending } from './chat-queue.js';
import { ChatQueues } from './chat-queues.js';
import type { Item } from './item.js';

/** Which are asked for, by number: all from one on, or these. */
export type Numbers = { readonly gte: number } | { readonly in: readonly number[] };

export type ReadInOrder = {
  /** What is pending, by number; `shown`: the position that the view must show. */
  readonly pending: (numbers: Numbers, shown: number, limit: number) => Promise<readonly Pending[]>;
  readonly isDueAt: (dueAt: string) => void;
};

const maxPage = 1000;
/** What could not be attempted is attempted again after this. */
const skippedWaitMs = 10_000;

/** As they happened, one of a chat at a time: see `ChatQueues`. */
export class InOrder implements Backlog {
  private queues = new ChatQueues();
  private mayHaveMore = true;
  private isOutdated = false;
  /** Reading forward and reading what is missing take turns. */
  private hasJustRefilled = false;
  private pageSize = 0;

  constructor(private readonly context: ReadInOrder) {}

  next(isBusy: (chat: string) => boolean): Item | undefined {
    return this.isOutdated ? undefined : this.queues.next(isBusy);
  }

  take(next: Item): void {
    this.queues.take(next);
  }

  wantsReading(isBusy: (chat: string) => boolean): boolean {
    if (this.isOutdated) return true;
    return (this.queues.isHungry || this.mayReadForward) && this.queues.isLow(isBusy);
  }

  async read(reading: Reading): Promise<void> {
    if (this.isOutdated) this.beginAnew();
    const refills = this.queues.isHungry && !(this.hasJustRefilled && this.mayReadForward);
    this.hasJustRefilled = refills;
    this.queues.beginReading();
    await (refills ? this.refill(reading) : this.readForward(reading));
    this.noteNextDue();
  }

  add(): boolean {
    this.mayHaveMore = true;
    return false;
  }

  cameDue(until: string): void {
    this.queues.cameDue(until > now() ? until : now());
    this.noteNextDue();
  }

  /** One whose number is not known was begun before order was asked for. */
  failed(item: Item): void {
    if (isNumbered(item)) this.queues.failed(item);
    else this.isOutdated = true;
  }

  skipped(item: Item): void {
    if (!isNumbered(item)) return void (this.isOutdated = true);
    this.queues.skipped(item, new Date(Date.now() + skippedWaitMs).toISOString());
    this.noteNextDue();
  }

  renewed(): Backlog {
    return new InOrder(this.context);
  }

  private get mayReadForward(): boolean {
    return this.mayHaveMore && !this.queues.isFull;
  }

  private async refill({ shown, isUnderWay }: Reading): Promise<void> {
    const missing = this.queues.missing();
    const numbers = [...missing.values()].flat();
    const found = await this.context.pending({ in: numbers }, shown, numbers.length);
    this.queues.refill(missing, found, { until: now(), isUnderWay });
  }

  /** As many as there is room for; more where most of those before were behind others of their chats. */
  private async readForward({ shown, isUnderWay }: Reading): Promise<void> {
    this.mayHaveMore = false;
    const limit = Math.max(this.queues.room, this.pageSize);
    const found = await this.context.pending({ gte: this.queues.readUpTo + 1 }, shown, limit);
    const { room } = this.queues;
    const held = this.queues.readForward(found, { until: now(), isUnderWay });
    this.mayHaveMore ||= found.length === limit;
    this.pageSize = found.length === limit && held < room / 2 ? Math.min(maxPage, 2 * limit) : 0;
  }

  private beginAnew(): void {
    this.queues = new ChatQueues();
    this.isOutdated = false;
    this.mayHaveMore = true;
  }

  private noteNextDue(): void {
    const dueAt = this.queues.nextDue();
    if (dueAt !== undefined) this.context.isDueAt(dueAt);
  }
}

const isNumbered = (item: Item): item is Pending => 'number' in item && 'dueAt' in item;

const now = (): string => new Date().toISOString();
