import type { Attempt, DeliveryView } from '../delivery.contract.js';
import type { Places, Waiter } from './places.js';

/** A delivery as the dispatcher needs it. */
export type Item = Pick<
  DeliveryView,
  | 'id'
  | 'webhookId'
  | 'userId'
  | 'eventId'
  | 'stream'
  | 'revision'
  | 'sessionId'
  | 'chatId'
  | 'attempts'
  | 'attemptsBefore'
>;

/** What became of an item, and the position of the record; undefined where it is not to be attempted (any more). */
export type Attempted = (Pick<Attempt, 'outcome' | 'dueAt' | 'unmade'> & { readonly position: number }) | undefined;

export type LaneContext = {
  readonly webhookId: string;
  readonly userId: string;
  readonly places: Places;
  /** Whether the webhook gets anything now, and whether in order. Undefined: it does not. */
  readonly webhook: () => { readonly ordered: boolean } | undefined;
  /**
   * The next that are due, from the view as of a position at least; `more` where others may be due behind them. In order, they may be
   * read again before they have been attempted.
   */
  readonly read: (shown: number) => Promise<{ readonly items: readonly Item[]; readonly more: boolean }>;
  /** Resolves once its outcome is on record; `succeeded` is called before that, when the endpoint has taken it. Does not reject. */
  readonly attempt: (item: Item, succeeded: () => void) => Promise<Attempted>;
  readonly isDueAt: (dueAt: string) => void;
};

/** Requests to one endpoint at a time. */
const maxConcurrent = 16;
/** After so many failures in a row, an endpoint gets one request at a time until one succeeds. */
const failuresBeforeProbing = 5;
const maxBuffered = 200;
/** With fewer in memory, the next are read while these are delivered. Those in order are read when none in memory can be attempted. */
const refillBelow = 50;
/** With so many that the endpoint has taken and that are not on record yet, no more are delivered: after a crash, they are once more. */
const maxUnrecorded = 32;

/** The deliveries of one webhook: a bounded number of those that are due is in memory, the others wait in the view. */
export class Lane implements Waiter {
  private readonly buffer: Item[] = [];
  /** In the buffer, or being attempted. */
  private readonly known = new Set<string>();
  /** How many of each chat are being attempted: more than one, where they did not come in order when they began. */
  private readonly busyChats = new Map<string, number>();
  /** Ended since a reading of the view began, which may still show them as due. */
  private endedWhileReading = new Set<string>();
  /** Chats in which a delivery has failed since a reading began, which may show those behind it. */
  private heldWhileReading = new Set<string>();
  private running = 0;
  private unrecorded = 0;
  private failures = 0;
  /** What the view must show before it is read: the last record of this lane. */
  private shown = 0;
  private isReading = false;
  private mayHaveMore = true;
  /** In order, what is due was left in the view, behind what was read. */
  private isMoreLeft = false;
  /** Whether the webhook wants order, as far as this lane knows. */
  private isOrdered = false;
  private isStopped = false;

  constructor(private readonly context: LaneContext) {}

  get userId(): string {
    return this.context.userId;
  }

  /** Something is due in the view, as of a position. */
  wake(shown = 0): void {
    this.shown = Math.max(this.shown, shown);
    this.mayHaveMore = true;
    this.resume();
  }

  /** New deliveries, recorded at a position. What there is no room for waits in the view. */
  add(items: readonly Item[], position: number): void {
    const isNext = !this.mayHaveMore && !this.isReading && this.context.webhook()?.ordered === false;
    const room = isNext ? Math.max(0, maxBuffered - this.buffer.length) : 0;
    for (const item of items.slice(0, room)) this.push(item);
    if (items.length > room) this.wake(position);
    else this.resume();
  }

  stop(): void {
    this.isStopped = true;
  }

  resume(): void {
    const webhook = this.context.webhook();
    if (this.isStopped || !webhook) return this.clear();
    if (webhook.ordered && !this.isOrdered) this.readAgain();
    this.isOrdered = webhook.ordered;
    const most = this.failures < failuresBeforeProbing ? maxConcurrent : 1;
    while (this.running < most && this.unrecorded < maxUnrecorded) {
      const index = this.nextIndex();
      if (this.buffer[index] === undefined) break;
      if (!this.context.places.take(this)) break;
      for (const item of this.buffer.splice(index, 1)) void this.run(item);
    }
    const isLow = this.isOrdered ? this.buffer[this.nextIndex()] === undefined : this.buffer.length < refillBelow;
    if (isLow && this.mayHaveMore && !this.isReading) void this.read();
  }

  /** Where the next one is in the buffer. In order, none of a chat is next while one of it is being attempted. */
  private nextIndex(): number {
    return this.isOrdered ? this.buffer.findIndex((item) => !this.busyChats.has(chatOf(item))) : 0;
  }

  private push(item: Item): void {
    if (this.known.has(item.id)) return;
    this.known.add(item.id);
    this.buffer.push(item);
  }

  /** What was read without regard to order may be behind a delivery that waits for its retry, which only the view knows. */
  private readAgain(): void {
    this.clear();
    this.mayHaveMore = true;
  }

  private clear(): void {
    for (const { id } of this.buffer.splice(0)) this.known.delete(id);
  }

  private async read(): Promise<void> {
    const { isOrdered } = this;
    this.isReading = true;
    this.mayHaveMore = false;
    this.endedWhileReading = new Set();
    this.heldWhileReading = new Set();
    try {
      const { items, more } = await this.context.read(this.shown);
      const isOutdated = !isOrdered && this.mayBeOrdered();
      for (const item of isOutdated ? [] : items) if (!this.hasChangedWhileReading(item)) this.push(item);
      this.isMoreLeft = isOrdered && more;
      this.mayHaveMore ||= isOutdated || (more && (!isOrdered || this.buffer.length === 0));
    } catch {
      this.mayHaveMore = true; // the service stops
      return;
    } finally {
      this.isReading = false;
    }
    this.resume();
  }

  private async run(item: Item): Promise<void> {
    const chat = chatOf(item);
    this.running += 1;
    this.busyChats.set(chat, (this.busyChats.get(chat) ?? 0) + 1);
    let isAhead = false;
    const attempted = await this.context.attempt(item, () => {
      // The next of a chat, where they come in order, waits for the record.
      if (this.mayBeOrdered() || !this.context.places.giveAhead(this.userId)) return;
      isAhead = true;
      this.unrecorded += 1;
      this.running -= 1;
      this.failures = 0;
      this.resume();
    });
    if (isAhead) this.unrecorded -= 1;
    else this.running -= 1;
    this.noteEnd(chat);
    this.known.delete(item.id);
    if (this.isMoreLeft && !this.buffer.some((other) => chatOf(other) === chat)) this.mayHaveMore = true;
    if (this.isReading) this.endedWhileReading.add(item.id);
    if (attempted) {
      const { outcome, dueAt, position, unmade } = attempted;
      this.shown = Math.max(this.shown, position);
      if (!isAhead && !unmade) this.failures = outcome === 'succeeded' ? 0 : this.failures + 1;
      if (dueAt !== null) this.context.isDueAt(dueAt);
      if (this.mayBeOrdered() && outcome !== 'succeeded') this.holdBack(chat);
    }
    if (isAhead) this.context.places.noteRecorded();
    else this.context.places.give(this.userId);
    this.resume();
  }

  /** As the webhook is now, not as it was when an attempt began. */
  private mayBeOrdered(): boolean {
    return this.context.webhook()?.ordered !== false;
  }

  private noteEnd(chat: string): void {
    const left = (this.busyChats.get(chat) ?? 1) - 1;
    if (left === 0) this.busyChats.delete(chat);
    else this.busyChats.set(chat, left);
  }

  private hasChangedWhileReading(item: Item): boolean {
    return this.endedWhileReading.has(item.id) || this.heldWhileReading.has(chatOf(item));
  }

  /** Those behind a failed delivery are left to the view, which knows for how long they wait. */
  private holdBack(chat: string): void {
    for (const { id } of this.buffer.filter((item) => chatOf(item) === chat)) this.known.delete(id);
    const others = this.buffer.filter((item) => chatOf(item) !== chat);
    this.buffer.splice(0, Infinity, ...others);
    this.mayHaveMore = true;
    this.heldWhileReading.add(chat);
  }
}

/** What happens to a session, and to no chat, keeps its order as well. */
export const chatOf = ({ chatId, sessionId }: Pick<Item, 'chatId' | 'sessionId'>): string => chatId ?? sessionId ?? '';
