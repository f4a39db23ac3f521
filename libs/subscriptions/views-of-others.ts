import { pause, retrying, usualRetry } from '#lib/async';
import type { Projection } from '#lib/event-sourcing';
import { StoreUnavailable } from '#lib/event-store';
import type { ProjectionContext } from './context.js';
import { errorText } from './error-text.js';
import { ViewOfOthers } from './view-of-others.js';
import type { ViewSubscription } from './view-subscription.js';

/** How often the checkpoint of a view is looked up that is behind: while somebody waits for it, and otherwise. */
const waitedForIntervalMs = 40;
const idleIntervalMs = 1000;

/** Follows how far the views have come that another process writes: with the log, and by their checkpoints. */
export class ViewsOfOthers {
  private readonly views: readonly ViewOfOthers[];
  private readonly stopping = new AbortController();
  private hurry = new AbortController();
  private running: Promise<unknown> | undefined;
  private problem: string | undefined;
  private read: number | undefined;

  constructor(
    projections: readonly Projection[],
    private readonly context: Pick<ProjectionContext, 'models' | 'store' | 'codec' | 'log'>,
  ) {
    const follower = {
      trouble: () => this.problem,
      isRunning: () => this.running !== undefined && !this.stopping.signal.aborted,
      hasten: () => this.hurry.abort(),
    };
    this.views = projections.map((projection) => new ViewOfOthers(projection, context, follower));
  }

  subscriptions(): readonly ViewSubscription[] {
    return this.views.map((view) => view.asSubscription());
  }

  /** Views have come this far, as the process says that writes them. */
  note(positions: { readonly [view: string]: number }): void {
    for (const view of this.views) view.note(positions[view.name] ?? 0);
  }

  /** Does not wait for anything. */
  start(): void {
    this.running ??= Promise.all([this.untilItWorks((progressed) => this.follow(progressed)), this.lookAgain()]);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async untilItWorks(work: (progressed: () => void) => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    const isClosed = (error: unknown): boolean => error instanceof StoreUnavailable && error.reason === 'closed';
    try {
      await retrying(work, {
        policy: usualRetry,
        signal,
        again: (error) => {
          this.problem = errorText(error);
          this.context.log.warn({ err: error }, 'How far the views have come is not known: the log cannot be read');
          return !isClosed(error);
        },
      });
    } catch (error) {
      if (!signal.aborted && !isClosed(error)) throw error;
    }
  }

  private async follow(progressed: () => void): Promise<void> {
    const { store, codec } = this.context;
    const { signal } = this.stopping;
    this.read ??= await this.begin();
    const all = <Value>(of: (view: ViewOfOthers) => readonly Value[] | undefined): Value[] => [
      ...new Set(this.views.flatMap((view) => of(view) ?? [])),
    ];
    const filter = { categories: all(({ filter }) => filter.categories), types: all(({ filter }) => filter.types) };
    for await (const page of store.subscribe({ after: this.read, filter, signal })) {
      for (const event of await codec.decode(page.events)) for (const view of this.views) view.take(event);
      this.read = page.position;
      this.problem = undefined;
      progressed();
      for (const view of this.views) view.passed(page.position);
      if (this.views.some((view) => view.isBehind() && view.isWaitedFor())) this.hurry.abort();
    }
  }

  /** Answers from where the log must be read: what comes before is shown by all views. */
  private async begin(): Promise<number> {
    const head = await this.context.store.head();
    const checkpoints = await Promise.all(this.views.map((view) => view.look()));
    for (const view of this.views) view.begin(head);
    return Math.min(head, ...checkpoints);
  }

  private async lookAgain(): Promise<void> {
    const { signal } = this.stopping;
    let lookedAt = performance.now();
    while (!signal.aborted) {
      const isDue = performance.now() - lookedAt >= idleIntervalMs;
      if (isDue) lookedAt = performance.now();
      const behind = this.views.filter((view) => view.isBehind() && (isDue || view.isWaitedFor()));
      // A failure is met by whoever reads the view.
      await Promise.all(behind.map((view) => view.look().catch(() => undefined)));
      this.hurry = new AbortController();
      const isWaitedFor = this.views.some((view) => view.isBehind() && view.isWaitedFor());
      const waitMs = isWaitedFor ? waitedForIntervalMs : idleIntervalMs;
      await pause(waitMs, AbortSignal.any([signal, this.hurry.signal]));
    }
  }
}
