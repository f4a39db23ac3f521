import { project, type Projection, type Recorded } from '#lib/event-sourcing';
import { matchesEvent, type EventFilter } from '#lib/event-store';
import type { ProjectionContext } from './context.js';
import { filterFor } from './filter.js';
import { lagOf } from './lag.js';
import { trackedPosition } from './position.js';
import { NotParked, type SubscriptionState } from './subscription.js';
import type { ViewSubscription } from './view-subscription.js';

/**
 * How far a view has come that another process writes. Its checkpoint is stored with its writes only, so it stands still where no event
 * changes the view: it shows all up to the last event that was read here, unless one of those is still to be written.
 */
export class ViewOfOthers {
  readonly name: string;
  readonly filter: EventFilter;
  private readonly concerns: (event: Recorded) => boolean;
  private readonly shown = trackedPosition();
  private checkpoint = 0;
  /** The last event that was read here and changes the view. */
  private lastChange = 0;
  private read = 0;
  private waiting = 0;
  private headAtStart = Infinity;

  constructor(
    private readonly projection: Projection,
    private readonly context: Pick<ProjectionContext, 'models' | 'store'>,
    private readonly follower: { trouble(): string | undefined; isRunning(): boolean; hasten(): void },
  ) {
    this.name = projection.into.name;
    this.filter = filterFor(projection.from, projection.on);
    this.concerns = matchesEvent(this.filter);
  }

  /** Everything up to the log's head at that time is to be shown before the view counts as live. */
  begin(head: number): void {
    this.headAtStart = head;
  }

  /** An event was read. */
  take(event: Recorded): void {
    if (event.position > this.checkpoint && this.concerns(event) && this.changes(event)) {
      this.lastChange = event.position;
    }
  }

  /** All events up to here were read. */
  passed(position: number): void {
    this.read = position;
    this.move();
  }

  /** The process that writes the view says that it has come this far. */
  note(checkpoint: number): void {
    this.checkpoint = Math.max(this.checkpoint, checkpoint);
    this.move();
  }

  /** Reads the checkpoint. @throws {ReadModelsUnavailable} */
  async look(): Promise<number> {
    this.note((await this.context.models.progress(this.name)).checkpoint);
    return this.checkpoint;
  }

  isBehind(): boolean {
    return this.checkpoint < this.lastChange;
  }

  isWaitedFor(): boolean {
    return this.waiting > 0;
  }

  /** As the others of this process see it. */
  asSubscription(): ViewSubscription {
    const { name, shown, follower } = this;
    return {
      name,
      state: () => this.state(),
      trouble: () => follower.trouble(),
      damage: () => undefined,
      position: shown.current,
      lag: () => lagOf(this.context.store, shown.current()),
      parked: () => [],
      retry: (at) => Promise.reject(new NotParked(name, at)),
      skip: (at) => Promise.reject(new NotParked(name, at)),
      rebuilding: () => false,
      rebuild: () => Promise.reject(new Error(`${name} is another process's view`)),
      reached: (position, timeoutMs) => this.reached(position, timeoutMs),
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
  }

  private state(): SubscriptionState {
    if (!this.follower.isRunning()) return 'stopped';
    if (this.follower.trouble() !== undefined) return 'stalled';
    return this.shown.current() >= this.headAtStart ? 'live' : 'catching_up';
  }

  private async reached(position: number, timeoutMs: number): Promise<boolean> {
    this.waiting += 1;
    this.follower.hasten();
    try {
      return await this.shown.reached(position, timeoutMs);
    } finally {
      this.waiting -= 1;
    }
  }

  /** One that the projection fails on is parked, which is stored like a change. */
  private changes(event: Recorded): boolean {
    try {
      return project(this.projection, event).length > 0;
    } catch {
      return true;
    }
  }

  private move(): void {
    const position = this.isBehind() ? this.checkpoint : Math.max(this.checkpoint, this.read);
    if (position > this.shown.current()) this.shown.moveTo(position);
  }
}
