import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { retrying, usualRetry } from '#lib/async';
import { fold, type EventCodec } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import type { RestorationState, RestoredFrom } from './restoration.contract.js';
import { isHeld, restorationDecider, restorationId } from './restoration.decider.js';

const stream = `${restorationDecider.events.category}-${restorationId}`;

type Context = { readonly events: EventStore; readonly codec: EventCodec; readonly log: Log };

/**
 * Whether this service is a copy that was restored from a backup and waits for an admin's word. Known before anything acts: until it is
 * released, it must not do to the outside world what the original may do, too.
 */
export class Restoration implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly waiting: (() => void)[] = [];
  private following: Promise<void> = Promise.resolve();

  private constructor(
    private readonly context: Context,
    private known: RestorationState,
  ) {}

  /** @throws {StoreUnavailable | CorruptEvent} */
  static async open(context: Context): Promise<Restoration> {
    return new Restoration(context, await stateIn(context));
  }

  get state(): RestorationState {
    return this.known;
  }

  /** Nothing connects to WhatsApp, and nothing is sent to anybody. */
  get isHeld(): boolean {
    return isHeld(this.known);
  }

  /** Calls it once nothing is held: at once in a service that was never restored, and never where this process ends before. */
  whenReleased(task: () => void): void {
    if (this.isHeld) this.waiting.push(task);
    else task();
  }

  onApplicationBootstrap(): void {
    if (!isHeld(this.known)) return;
    this.context.log.warn(aboutOf(this.known), inWords(this.known));
    this.following = this.follow();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** Another process on the same log may be the one that is asked. */
  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    try {
      await retrying(() => this.read(signal), {
        policy: usualRetry,
        signal,
        again: (error) => {
          this.context.log.warn({ err: error }, 'Whether this copy may go on cannot be read; it is tried again');
          return true;
        },
      });
    } catch {
      // the service stops
    }
  }

  private async read(signal: AbortSignal): Promise<void> {
    for await (const _page of this.context.events.subscribe({ stream, after: 0, signal, skippedTo: () => true })) {
      this.known = await stateIn(this.context);
      if (!this.isHeld) break;
    }
    if (this.isHeld) return;
    this.context.log.info(this.known, 'This restored copy goes on as any service');
    for (const task of this.waiting.splice(0)) task();
  }
}

const stateIn = async ({ events, codec }: Context): Promise<RestorationState> => {
  const stored = [];
  for await (const event of events.readStream(stream)) stored.push(event);
  return fold(restorationDecider, await codec.decode(stored));
};

const aboutOf = ({ backupId, takenAt, position, restoredAt }: RestoredFrom) => ({
  backupId,
  takenAt,
  position,
  restoredAt,
});

/** What a held copy is, for people. */
export const inWords = ({ takenAt }: RestoredFrom): string =>
  `This is a copy that was restored from the backup of ${takenAt}. It neither connects nor sends, and waits for an admin: POST /v1/admin/system/resume`;
