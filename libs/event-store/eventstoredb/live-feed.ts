import { START, type Position, type ResolvedEvent } from '@eventstore/db-client';
import { pause, retryWaitMs } from '#lib/async';
import { NewestEvents } from '../newest-events.js';
import type { StoredEvent, SubscriptionPage } from '../port.js';
import type { Connection } from './connection.js';
import type { Decoded, Decoder } from './decoder.js';
import { isPassing, storeError } from './errors.js';
import { positionFrom, positionOf } from './events.js';
import type { Limits } from './limits.js';
import type { Names } from './names.js';

const window = { maxSearchWindow: 500, checkpointInterval: 1 };

/** Where the feed starts: the last event of any stream, and the last one of the caller's. 0: there is none. */
type FeedStart = { readonly seen: number; readonly own: number };

/**
 * The newest events of the log, for all that follow it: one subscription for the whole process, so that an event comes over the wire once
 * and moves every follower's position. Those that are too far behind read from the server first.
 */
export class LiveFeed {
  private readonly recent: NewestEvents<Decoded>;
  private last: number;
  private resumeAfter: Position | typeof START;
  private seen: number;
  private known: number;
  private trouble: { readonly error: unknown; readonly since: number } | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly decoder: Decoder,
    private readonly limits: Limits,
    { seen, own }: FeedStart,
  ) {
    [this.last, this.known, this.seen] = [own, own, seen];
    this.recent = new NewestEvents(limits, own);
    this.resumeAfter = seen === 0 ? START : positionFrom(seen);
  }

  /** The last event that came. */
  get position(): number {
    return this.last;
  }

  /** Everything up to here was looked at, other programs' events too. */
  get seenUpTo(): number {
    return Math.max(this.seen, this.last);
  }

  /** An event at this position is known to be in the log. */
  note(position: number): void {
    this.known = Math.max(this.known, position);
  }

  /** Whether all events after a position are kept, or still to come. */
  covers(after: number): boolean {
    return this.recent.covers(after);
  }

  /** The events after a position; undefined if some of them are not kept any more. @throws {CorruptEvent} the first one cannot be read. */
  page(after: number, matches: (event: Decoded) => boolean, limit: number): SubscriptionPage | undefined {
    if (!this.covers(after)) return undefined;
    const events: StoredEvent[] = [];
    let position = Math.max(after, this.last);
    for (const decoded of this.recent.after(after)) {
      if (!matches(decoded)) continue;
      const failure = this.decoder.failureOf(decoded);
      if (failure && events.length === 0) throw failure;
      if (!failure) events.push(decoded.event);
      if (!failure && events.length < limit) continue;
      position = events.at(-1)?.position ?? position;
      break;
    }
    return { events, position, live: position >= Math.max(this.last, this.known) };
  }

  /** Resolves when there may be events after a position, or the signal is aborted. @throws {StoreUnavailable} the feed has been down. */
  async beyond(position: number, signal: AbortSignal): Promise<void> {
    while (this.last <= position && !signal.aborted) {
      if (this.trouble && performance.now() - this.trouble.since >= this.limits.stallAfterMs) {
        throw storeError(this.trouble.error);
      }
      await this.change(signal);
    }
  }

  /** Runs until the connection is closed. */
  async run(): Promise<void> {
    const { closed } = this.connection;
    const filter = this.names.filter(undefined, window);
    for (let failures = 1; !closed.aborted; failures += 1) {
      try {
        for await (const item of this.connection.follow({ fromPosition: this.resumeAfter, filter }, closed)) {
          [failures, this.trouble] = [0, undefined];
          if ('checkpoint' in item) this.pass(item.checkpoint);
          else if (!('caughtUp' in item)) this.take(item);
        }
      } catch (error) {
        this.trouble ??= { error, since: isPassing(error) ? performance.now() : -Infinity };
        this.wake();
        await pause(retryWaitMs(this.limits.retry, Math.max(failures, 1)), closed);
      }
    }
    this.wake();
  }

  private pass(checkpoint: Position): void {
    this.resumeAfter = checkpoint;
    const isEvent = checkpoint.commit === checkpoint.prepare;
    this.seen = Math.max(this.seen, Number(checkpoint.commit) - (isEvent ? 0 : 1));
  }

  private take(resolved: ResolvedEvent): void {
    this.pass(positionFrom(positionOf(resolved)));
    const decoded = this.decoder.decode(resolved);
    if (!decoded || decoded.event.position <= this.last) return;
    this.recent.add(decoded);
    this.last = decoded.event.position;
    this.wake();
  }

  private wake(): void {
    for (const resume of this.waiting) resume();
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const resume = (): void => {
        this.waiting.delete(resume);
        signal.removeEventListener('abort', resume);
        resolve();
      };
      this.waiting.add(resume);
      signal.addEventListener('abort', resume, { once: true });
    });
  }
}
