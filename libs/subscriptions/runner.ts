import { pause, retryWaitMs, Transient } from '#lib/async';
import type { Recorded } from '#lib/event-sourcing';
import { CorruptEvent } from '#lib/event-store';
import type { SubscriptionContext } from './context.js';
import { errorText } from './error-text.js';
import { lagOf } from './lag.js';
import { parkingLot, type ParkingLot } from './parking-lot.js';
import { trackedPosition } from './position.js';
import type { ProgressStore } from './progress.js';
import { NotParked, type Lag, type Replay, type Subscription, type SubscriptionState } from './subscription.js';

/** One run of a consumer: from the stored progress until the signal is aborted or something fails. */
export type Run = {
  /** The checkpoint: events after it are to be handled. */
  readonly after: number;
  readonly lot: ParkingLot;
  readonly signal: AbortSignal;
  /** To be called when everything up to `position` is handled or parked, and stored as far as it must be. */
  readonly handled: (position: number, live: boolean) => void;
};

/** What handles the events of a subscription. The runner does the rest. */
export type Consumer = {
  readonly name: string;
  readonly progress: ProgressStore;
  /** Returns when the signal is aborted and the events that were begun are finished. When it throws, a new run starts. */
  readonly consume: (run: Run) => Promise<void>;
  /** Runs a task while no event with that key is being handled; those that come meanwhile wait. */
  readonly exclusively: <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;
  /** Handles a parked event once and stores that it is parked no longer. @throws what its handler throws. */
  readonly handleParked: (event: Recorded) => Promise<void>;
};

/** Makes a subscription of a consumer: runs it again after failures, tracks its position, retries and skips parked events. */
export class Runner implements Subscription {
  readonly name: string;
  private readonly handledUpTo = trackedPosition();
  private lot = parkingLot([]);
  private current: SubscriptionState = 'stopped';
  private problem: string | undefined;
  private unreadable: CorruptEvent | undefined;
  private stopping = new AbortController();
  private started: Promise<void> = Promise.resolve();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly consumer: Consumer,
    private readonly context: SubscriptionContext,
  ) {
    this.name = consumer.name;
  }

  state = (): SubscriptionState => this.current;
  trouble = (): string | undefined => this.problem;
  damage = (): CorruptEvent | undefined => this.unreadable;
  position = (): number => this.handledUpTo.current();
  parked = () => this.lot.list();
  reached = (position: number, timeoutMs: number): Promise<boolean> => this.handledUpTo.reached(position, timeoutMs);

  start = (): Promise<void> => {
    if (this.current !== 'stopped') return this.started;
    this.current = 'catching_up';
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    this.started = new Promise((resolve) => {
      this.running = this.run(signal, resolve).finally(resolve);
    });
    return this.started;
  };

  stop = async (): Promise<void> => {
    this.stopping.abort();
    await this.running;
  };

  lag = (): Promise<Lag> => lagOf(this.context.store, this.position());

  retry = async (position: number): Promise<Replay> => {
    const { key } = this.parkedAt(position);
    return this.consumer.exclusively(key, () => this.replay(key));
  };

  skip = async (position: number): Promise<Replay> => {
    const { key } = this.parkedAt(position);
    return this.consumer.exclusively(key, async () => {
      await this.consumer.progress.changeParked({ unpark: [position] });
      const wasFirst = this.lot.first(key)?.position === position;
      this.lot.unpark(position);
      this.context.log.warn({ subscription: this.name, position }, 'Parked event skipped');
      return wasFirst ? this.replay(key) : { status: 'done' };
    });
  };

  private async run(signal: AbortSignal, located: () => void): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        const { checkpoint, parked } = await this.consumer.progress.load();
        located();
        this.lot = parkingLot(parked);
        this.handledUpTo.moveTo(checkpoint);
        await this.consumer.consume({
          after: checkpoint,
          lot: this.lot,
          signal,
          handled: (position, live) => {
            failures = 0;
            this.problem = undefined;
            this.unreadable = undefined;
            this.current = live ? 'live' : 'catching_up';
            this.handledUpTo.moveTo(position);
          },
        });
        if (!signal.aborted) throw new Error('The log was closed');
      } catch (error) {
        this.current = 'stalled';
        this.problem = errorText(error);
        this.unreadable = error instanceof CorruptEvent ? error : undefined;
        this.context.log.error({ subscription: this.name, err: error }, 'Subscription stalled');
        await pause(retryWaitMs(this.context.retry, failures), signal);
      }
    }
    this.current = 'stopped';
  }

  /** Handles the parked events with a key, in order, until one fails. */
  private async replay(key: string): Promise<Replay> {
    for (let parked = this.lot.first(key); parked; parked = this.lot.first(key)) {
      const event = await this.read(parked.position);
      try {
        await this.consumer.handleParked(event);
      } catch (error) {
        if (error instanceof Transient) throw error;
        const message = errorText(error);
        const failed = { ...parked, error: message, attempts: parked.attempts + 1 };
        await this.consumer.progress.changeParked({ park: [failed] });
        this.lot.park(failed);
        return { status: 'parked', error: message };
      }
      this.lot.unpark(parked.position);
      this.context.log.info({ subscription: this.name, position: parked.position }, 'Parked event handled');
    }
    return { status: 'done' };
  }

  private async read(position: number): Promise<Recorded> {
    for await (const stored of this.context.store.readAll({ from: position, limit: 1 })) {
      const [event] = await this.context.codec.decode([stored]);
      if (event?.position === position) return event;
    }
    throw new Error(`Event ${position} is not in the log`);
  }

  private parkedAt(position: number) {
    const parked = this.lot.at(position);
    if (!parked) throw new NotParked(this.name, position);
    return parked;
  }
}
