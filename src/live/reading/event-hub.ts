import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { retrying, usualRetry } from '#lib/async';
import type { EventCodec, Recorded } from '#lib/event-sourcing';
import { NewestEvents, StoreUnavailable } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import { PublicEvents } from '../../platform/public-events/public-events.js';
import type { Stores } from '../../platform/stores.js';
import { CODEC, LOG, STORES } from '../../platform/tokens.js';
import { Backlog } from './backlog.js';
import { learning } from './chat-names.js';

/** So many events are kept for readers who come a little late. */
const limits = { maxRecentEvents: 500, maxRecentCharacters: 4 * 1024 * 1024 };

/** Follows the log once for all live readers of this process, and hands each the events of its user. */
@Injectable()
export class EventHub implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** By user; under null, those who read all users' events. */
  private readonly backlogs = new Map<string | null, Set<Backlog>>();
  private recent = new NewestEvents<{ readonly event: Recorded }>(limits, 0);
  private position = 0;
  private readonly stopping = new AbortController();
  private following: Promise<void> | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
    @Inject(LOG) private readonly log: Log,
    private readonly publicEvents: PublicEvents,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.position = await this.stores.events.head();
    this.recent = new NewestEvents(limits, this.position);
    this.following = this.follow();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** How far it has come: a reader whose backlog is empty has all that it wants up to there. */
  reached(): number {
    return this.position;
  }

  /** The events after a position, of one user or of all; undefined where that is too long ago: the log must be read up to its end first. */
  join(userId: string | null, after: number, wants: (event: Recorded) => boolean): Backlog | undefined {
    if (!this.recent.covers(after)) return undefined;
    const backlog = new Backlog(after, wants);
    for (const { event } of this.recent.after(after))
      if (userId === null || userOf(event) === userId) backlog.offer(event);
    this.backlogs.set(userId, (this.backlogs.get(userId) ?? new Set()).add(backlog));
    return backlog;
  }

  leave(userId: string | null, backlog: Backlog): void {
    const others = this.backlogs.get(userId);
    others?.delete(backlog);
    if (others?.size === 0) this.backlogs.delete(userId);
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    const isClosed = (error: unknown): boolean => error instanceof StoreUnavailable && error.reason === 'closed';
    try {
      await retrying((progressed) => this.read(signal, progressed), {
        policy: usualRetry,
        signal,
        again: (error) => {
          this.log.error({ err: error }, 'Live readers hear nothing: the log cannot be read');
          return !isClosed(error);
        },
      });
    } catch (error) {
      if (!signal.aborted && !isClosed(error)) throw error;
    }
  }

  private async read(signal: AbortSignal, progressed: () => void): Promise<void> {
    const categories = [...this.publicEvents.categories, learning.category];
    const skippedTo = (position: number): boolean => {
      this.position = position;
      progressed();
      return true;
    };
    const pages = this.stores.events.subscribe({ after: this.position, filter: { categories }, signal, skippedTo });
    for await (const page of pages) {
      for (const event of await this.codec.decode(page.events)) {
        this.remember(event);
        this.offer(event);
      }
      this.position = page.position;
      progressed();
    }
  }

  private remember(event: Recorded): void {
    this.recent.add({ event });
    this.position = event.position;
  }

  private offer(event: Recorded): void {
    for (const userId of [userOf(event), null]) {
      for (const backlog of this.backlogs.get(userId) ?? []) {
        if (!backlog.offer(event)) this.leave(userId, backlog);
      }
    }
  }
}

const userOf = ({ data }: Recorded): string => (data as { readonly userId?: string }).userId ?? '';
