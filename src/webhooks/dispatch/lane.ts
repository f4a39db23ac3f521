import type { Attempt } from '../delivery.contract.js';
import { ByTime, type Backlog, type ReadByTime } from './backlog.js';
import { InOrder, type ReadInOrder } from './in-order.js';
import { chatOf, type Item } from './item.js';
import type { Places, Waiter } from './places.js';

/** What became of an item, and the position of the record; undefined where it is not to be attempted (any more). */
export type Attempted = (Pick<Attempt, 'outcome' | 'dueAt' | 'unmade'> & { readonly position: number }) | undefined;

export type LaneContext = {
  readonly userId: string;
  readonly places: Places;
  /** Whether the webhook gets anything now, and whether in order. Undefined: it does not. */
  readonly webhook: () => { readonly ordered: boolean } | undefined;
  /** The next that are due, from the view as of a position at least; `more` where others may be due behind them. */
  readonly read: ReadByTime;
  readonly pending: ReadInOrder['pending'];
  /** Resolves once its outcome is on record; `succeeded` is called before that, when the endpoint has taken it. Does not reject. */
  readonly attempt: (item: Item, succeeded: () => void) => Promise<Attempted>;
  readonly isDueAt: (dueAt: string) => void;
};

/** Requests to one endpoint at a time. */
const maxConcurrent = 16;
/** After so many failures in a row, an endpoint gets one request at a time until one succeeds. */
const failuresBeforeProbing = 5;
/** With so many that the endpoint has taken and that are not on record yet, no more are delivered: after a crash, they are once more. */
const maxUnrecorded = 32;

/** The deliveries of one webhook. */
export class Lane implements Waiter {
  /** Undefined while the webhook gets nothing. */
  private backlog: Backlog | undefined;
  /** Whether the backlog is in order. */
  private isOrdered = false;
  private readonly underWay = new Set<string>();
  /** How many of each chat are being attempted: more than one, where they did not come in order when they began. */
  private readonly busyChats = new Map<string, number>();
  /** Ended since a reading of the view began, which may still show them as due. */
  private endedWhileReading = new Set<string>();
  private running = 0;
  private unrecorded = 0;
  private failures = 0;
  /** What the view must show before it is read: the last record of this lane. */
  private shown = 0;
  private isReading = false;
  private isStopped = false;

  constructor(private readonly context: LaneContext) {}

  get userId(): string {
    return this.context.userId;
  }

  /** Something may be due in the view, as of a position. */
  wake(shown = 0): void {
    this.shown = Math.max(this.shown, shown);
    this.backlog = this.backlog?.renewed();
    this.resume();
  }

  /** What waits for a retry until then (ISO 8601) is due. */
  cameDue(until: string): void {
    this.follow();
    this.backlog?.cameDue(until);
    this.resume();
  }

  /** New deliveries, recorded at a position. What there is no room for waits in the view. */
  add(items: readonly Item[], position: number): void {
    this.follow();
    if (this.backlog?.add(items) === false) this.shown = Math.max(this.shown, position);
    this.resume();
  }

  stop(): void {
    this.isStopped = true;
  }

  resume(): void {
    this.follow();
    const most = this.failures < failuresBeforeProbing ? maxConcurrent : 1;
    while (this.backlog && this.running < most && this.unrecorded < maxUnrecorded) {
      const next = this.backlog.next(this.isBusy);
      if (!next || !this.context.places.take(this)) break;
      this.backlog.take(next);
      void this.run(next);
    }
    if (this.backlog?.wantsReading(this.isBusy) && !this.isReading) void this.read(this.backlog);
  }

  private readonly isBusy = (chat: string): boolean => this.busyChats.has(chat);

  /** The webhook as it is now. */
  private follow(): void {
    const webhook = this.isStopped ? undefined : this.context.webhook();
    if (webhook && this.backlog && webhook.ordered === this.isOrdered) return;
    this.backlog = webhook && (webhook.ordered ? new InOrder(this.context) : new ByTime(this.context.read));
    this.isOrdered = webhook?.ordered === true;
  }

  private async read(backlog: Backlog): Promise<void> {
    this.isReading = true;
    this.endedWhileReading = new Set();
    const isUnderWay = (id: string): boolean => this.underWay.has(id) || this.endedWhileReading.has(id);
    try {
      await backlog.read({ shown: this.shown, isUnderWay });
    } catch {
      return; // the service stops
    } finally {
      this.isReading = false;
    }
    this.resume();
  }

  private async run(item: Item): Promise<void> {
    const chat = chatOf(item);
    this.running += 1;
    this.underWay.add(item.id);
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
    this.underWay.delete(item.id);
    if (this.isReading) this.endedWhileReading.add(item.id);
    this.follow();
    if (attempted) {
      const { outcome, dueAt, position, unmade } = attempted;
      this.shown = Math.max(this.shown, position);
      if (!isAhead && !unmade) this.failures = outcome === 'succeeded' ? 0 : this.failures + 1;
      if (dueAt !== null) this.context.isDueAt(dueAt);
      if (outcome === 'retried') this.backlog?.failed(item);
    } else this.backlog?.skipped(item);
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
}
