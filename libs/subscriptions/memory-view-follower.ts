import { retrying, usualRetry } from '#lib/async';
import type { EventCodec, Recorded } from '#lib/event-sourcing';
import { CorruptEvent, StoreUnavailable, type EventStore } from '#lib/event-store';
import type { Log } from './context.js';
import { filterFor } from './filter.js';
import { fingerprintOf } from './fingerprint.js';
import { applyEvent, type MemoryView, type Tables } from './memory-view.js';
import { trackedPosition } from './position.js';
import { fillTables, sizeOf, tablesToSnapshot, type Snapshot, type SnapshotStore } from './snapshots.js';

export type MemoryViewContext = {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly snapshots: SnapshotStore;
  readonly log: Log;
};

/** Fewer events are read again faster than a snapshot of them. */
const minEventsPerSnapshot = 1000;

/** Fills the tables of a memory view from its snapshot and the log, and follows the log from there. */
export class MemoryViewFollower<T extends Tables> {
  readonly tables: T;
  private readonly stopping = new AbortController();
  private readonly progress = trackedPosition();
  private readonly fingerprint: string;
  private following: Promise<void> | undefined;
  private last: Pick<Snapshot, 'eventId' | 'position'> | undefined;
  private eventsSinceSnapshot = 0;
  private saving: Promise<void> | undefined;
  private isReady = false;
  /** The event that keeps it from getting ready. */
  private damage: CorruptEvent | undefined;

  constructor(
    private readonly view: MemoryView<T>,
    private readonly context: MemoryViewContext,
  ) {
    this.tables = view.tables();
    this.fingerprint = fingerprintOf([view.name, view.version], view.on);
  }

  /**
   * Resolves once everything up to `head` is in the tables.
   * @throws {CorruptEvent} it cannot be: what requests are judged by must not lack an event.
   */
  async start(head: number): Promise<void> {
    await this.restore();
    this.following = this.follow();
    while (!this.stopping.signal.aborted && !(await this.reached(head, startCheckIntervalMs))) {
      if (this.damage) throw this.damage;
    }
    this.isReady = true;
  }

  /** Saves a snapshot where that is worth it, and ends. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
    await this.saving;
    if (this.eventsSinceSnapshot >= minEventsPerSnapshot) await this.save();
  }

  /** True once everything up to a position is in the tables; false where that takes longer. */
  reached(position: number, timeoutMs: number): Promise<boolean> {
    return this.progress.reached(position, timeoutMs);
  }

  /** The same for all that is in the log now. @throws {StoreUnavailable} */
  async caughtUp(timeoutMs: number): Promise<boolean> {
    return this.reached(await this.context.store.head(), timeoutMs);
  }

  private async restore(): Promise<void> {
    const { snapshots, log } = this.context;
    try {
      const snapshot = await snapshots.load(this.view.name);
      if (snapshot?.fingerprint !== this.fingerprint || !(await this.isOfThisLog(snapshot))) return;
      fillTables(this.tables, snapshot.tables);
      this.last = snapshot;
      this.progress.moveTo(snapshot.position);
    } catch (error) {
      log.warn({ err: error, view: this.view.name }, 'A snapshot cannot be read: the whole log is read instead');
    }
  }

  private async isOfThisLog({ eventId, position }: Snapshot): Promise<boolean> {
    for await (const event of this.context.store.readAll({ from: position, limit: 1 })) return event.id === eventId;
    return false;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    try {
      await retrying((progressed) => this.read(progressed), {
        policy: usualRetry,
        signal,
        again: (error) => {
          if (error instanceof StoreUnavailable && error.reason === 'closed') return false;
          if (error instanceof CorruptEvent && !this.isReady) {
            this.damage = error;
            return false; // for `start` to throw
          }
          this.context.log.error(
            { err: error, view: this.view.name },
            'A memory view is out of date: the log cannot be read',
          );
          return true;
        },
      });
    } catch (error) {
      const isEnd =
        signal.aborted || this.damage !== undefined || (error instanceof StoreUnavailable && error.reason === 'closed');
      if (!isEnd) throw error;
    }
  }

  private async read(progressed: () => void): Promise<void> {
    const { store, codec } = this.context;
    const { signal } = this.stopping;
    const filter = filterFor(this.view.from, this.view.on);
    const skippedTo = (position: number): boolean => {
      this.progress.moveTo(position);
      progressed();
      return true;
    };
    for await (const page of store.subscribe({ after: this.progress.current(), filter, signal, skippedTo })) {
      for (const event of await codec.decode(page.events)) this.take(event);
      this.progress.moveTo(page.position);
      progressed();
      this.saveIfDue();
    }
  }

  private take(event: Recorded): void {
    applyEvent(this.view, this.tables, event);
    this.last = { eventId: event.id, position: event.position };
    this.eventsSinceSnapshot += 1;
  }

  /** As large as the tables at least, so that what is written stays in proportion to what is read. */
  private saveIfDue(): void {
    if (this.saving || this.eventsSinceSnapshot < Math.max(minEventsPerSnapshot, sizeOf(this.tables))) return;
    this.saving = this.save().finally(() => (this.saving = undefined));
  }

  private async save(): Promise<void> {
    const { snapshots, log } = this.context;
    const { name } = this.view;
    if (!this.last) return;
    this.eventsSinceSnapshot = 0;
    try {
      const { fingerprint } = this;
      await snapshots.save(name, { fingerprint, ...this.last, tables: tablesToSnapshot(this.tables) });
    } catch (error) {
      log.warn({ err: error, view: name }, 'A snapshot could not be saved: the next start reads more of the log');
    }
  }
}

const startCheckIntervalMs = 1000;
