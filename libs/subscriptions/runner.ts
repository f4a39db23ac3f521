import { pause, retryWaitMs, Transient } from '#lib/async';
import type { Recorded } from '#lib/event-sourcing';
import type { Batch } from '#lib/read-models';
import type { SubscriptionContext } from './context.js';
import { inWords } from './in-words.js';
import { milestones } from './milestones.js';
import { parkingLot, type ParkingLot } from './parking-lot.js';
import { NotParked, type Lag, type Replay, type Subscription, type SubscriptionState } from './subscription.js';

/** One stretch of reading, from the stored progress until the signal is aborted or something goes wrong. */
export type Stretch = {
  readonly after: number;
  readonly lot: ParkingLot;
  readonly signal: AbortSignal;
  /** Everything up to `position` is handled, and recorded where there was anything to record. */
  readonly handled: (position: number, live: boolean) => void;
};

/** What a subscription does with events; the runner does the rest. */
export type Work = {
  readonly name: string;
  readonly shadow: boolean;
  /** Returns when the signal is aborted and what was begun has ended. What it throws is trouble: it is called again, from the stored progress. */
  readonly consume: (stretch: Stretch) => Promise<void>;
  /** Runs a task when no event with that key is being handled, and keeps such events waiting meanwhile. */
  readonly alone: <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;
  /** Handles a parked event once and records that it is parked no longer. @throws what its handler throws. */
  readonly again: (event: Recorded) => Promise<void>;
};

/** Makes a subscription of a piece of work: starts and restarts it, and tells and mends where it stands. */
export class Runner implements Subscription {
  readonly name: string;
  private readonly progress = milestones();
  private lot = parkingLot([]);
  private now: SubscriptionState = 'stopped';
  private problem: string | undefined;
  private stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: Work,
    private readonly context: SubscriptionContext,
  ) {
    this.name = work.name;
  }

  state = (): SubscriptionState => this.now;
  trouble = (): string | undefined => this.problem;
  position = (): number => this.progress.position();
  parked = () => this.lot.list();
  reached = (position: number, timeout: number): Promise<boolean> => this.progress.reached(position, timeout);

  start = (): void => {
    if (this.now !== 'stopped') return;
    this.now = 'catching_up';
    this.stopping = new AbortController();
    this.running = this.run(this.stopping.signal);
  };

  stop = async (): Promise<void> => {
    this.stopping.abort();
    await this.running;
  };

  lag = async (): Promise<Lag> => {
    const behind = (await this.context.store.head()) - this.position();
    if (behind <= 0) return { events: 0, seconds: 0 };
    for await (const { recordedAt } of this.context.store.readAll({ from: this.position() + 1, limit: 1 })) {
      return { events: behind, seconds: Math.max(0, (Date.now() - Date.parse(recordedAt)) / 1000) };
    }
    return { events: 0, seconds: 0 };
  };

  retry = async (position: number): Promise<Replay> => {
    const { key } = this.parkedAt(position);
    return this.work.alone(key, () => this.replay(key));
  };

  skip = async (position: number): Promise<Replay> => {
    const { key } = this.parkedAt(position);
    return this.work.alone(key, async () => {
      await this.record({ unpark: [position] });
      const wasFirst = this.lot.first(key)?.position === position;
      this.lot.unpark(position);
      this.context.log.warn({ subscription: this.name, position }, 'Parked event skipped');
      return wasFirst ? this.replay(key) : { status: 'done' };
    });
  };

  private async run(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        const { checkpoint, parked } = await this.context.models.progress(this.name, { shadow: this.work.shadow });
        this.lot = parkingLot(parked);
        this.progress.advance(checkpoint);
        await this.work.consume({
          after: checkpoint,
          lot: this.lot,
          signal,
          handled: (position, live) => {
            failures = 0;
            this.problem = undefined;
            this.now = live ? 'live' : 'catching_up';
            this.progress.advance(position);
          },
        });
        if (!signal.aborted) throw new Error('The log was closed');
      } catch (error) {
        this.now = 'stalled';
        this.problem = inWords(error);
        this.context.log.error({ subscription: this.name, err: error }, 'Subscription stalled');
        await pause(retryWaitMs(this.context.retry, failures), signal);
      }
    }
    this.now = 'stopped';
  }

  private async replay(key: string): Promise<Replay> {
    for (let parked = this.lot.first(key); parked; parked = this.lot.first(key)) {
      const event = await this.load(parked.position);
      try {
        await this.work.again(event);
      } catch (error) {
        if (error instanceof Transient) throw error;
        const message = inWords(error);
        const still = { ...parked, error: message, attempts: parked.attempts + 1 };
        await this.record({ park: [still] });
        this.lot.park(still);
        return { status: 'parked', error: message };
      }
      this.lot.unpark(parked.position);
      this.context.log.info({ subscription: this.name, position: parked.position }, 'Parked event handled');
    }
    return { status: 'done' };
  }

  private record(change: Pick<Batch, 'park' | 'unpark'>): Promise<void> {
    return this.context.models.apply({
      subscription: this.name,
      shadow: this.work.shadow,
      changes: [],
      checkpoint: 0, // lower than the stored one: left as it is
      ...change,
    });
  }

  private async load(position: number): Promise<Recorded> {
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
