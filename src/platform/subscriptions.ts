import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import {
  DomainError,
  type AnyCommand,
  type EventCodec,
  type PageSaga,
  type Projection,
  type Recorded,
  type Saga,
} from '#lib/event-sourcing';
import { CorruptEvent } from '#lib/event-store';
import type { AnyCollection } from '#lib/read-models';
import {
  defaultSubscriptionRetry,
  pageReactor,
  reactor,
  sharedReading,
  viewSubscription,
  type Lag,
  type Log,
  sagaOfOthers,
  ViewsOfOthers,
  type Subscription,
  type ViewSubscription,
} from '#lib/subscriptions';
import { assertNotAhead } from './ahead-of-log.js';
import { assertSamePlace } from './log-place.js';
import { CommandBus } from './bus/command-bus.js';
import { CommandContext } from './command-context.js';
import type { ContextDefinition } from './context-definition.js';
import type { Stores } from './stores.js';
import { patiently } from './on-server.js';
import { CODEC, CONFIG, CONTEXTS, LOG, STORES } from './tokens.js';

/** How far views have come, by name. */
export type ViewPositions = { readonly [view: string]: number };

/** Everything that follows the log in this process: the views' projections and the sagas. */
@Injectable()
export class Subscriptions {
  private readonly views = new Map<string, ViewSubscription>();
  /** Where this process only reads them. */
  private others: ViewsOfOthers | undefined;
  private readonly sagas = new Map<string, Subscription>();
  private readonly upToDate = new Set<string>();
  private outdated: readonly AnyCollection[] = [];

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CONTEXTS) private readonly contexts: readonly ContextDefinition[],
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CODEC) private readonly codec: EventCodec,
    @Inject(LOG) private readonly log: Log,
    private readonly commands: CommandBus,
  ) {}

  /** Makes the views ready to be read and written, and `others`, which are collections beside them. Comes before `start`. @throws {OtherPlace | AheadOfLog} */
  async prepare(others: readonly AnyCollection[]): Promise<void> {
    const { events: store, models, sagaProgress } = this.stores;
    const base = { store, models, sagaProgress, codec: this.codec, log: this.log, retry: defaultSubscriptionRetry };
    const projections = this.contexts.flatMap(({ projections }) => projections ?? []);
    const collections = [...projections.map(({ into }) => into), ...others];
    const stored = await this.patiently(() => models.prepare(collections));
    if (this.stores.viewsAreReadOnly) return this.readViews(projections);

    const ofViews = { ...base, reading: sharedReading(base) };
    for (const projection of projections) this.add(this.views, viewSubscription(projection, ofViews));
    for (const saga of this.contexts.flatMap(({ sagas }) => sagas ?? [])) {
      this.add(this.sagas, reactor(saga, base, this.dispatch));
    }
    for (const saga of this.contexts.flatMap(({ pageSagas }) => pageSagas ?? [])) {
      this.add(this.sagas, pageReactor(saga, base, this.dispatchPage));
    }
    const names = { views: [...this.views.keys()], sagas: [...this.sagas.keys()] };
    await this.patiently(() => assertSamePlace(this.stores, names.sagas));
    await this.patiently(() => assertNotAhead(this.stores, names));
    this.outdated = projections
      .map(({ into }) => into)
      .filter(({ name, version }) => (stored.get(name) ?? version) < version);
  }

  /** Nothing is followed but how far they have come, as another process writes them. */
  private readViews(projections: readonly Projection[]): void {
    const { events: store, models } = this.stores;
    this.others = new ViewsOfOthers(projections, { store, models, codec: this.codec, log: this.log });
    for (const view of this.others.subscriptions()) this.add(this.views, view);
  }

  /** Views have come this far, as the process says that writes them. */
  note(positions: ViewPositions): void {
    this.others?.note(positions);
  }

  /** How far each view has come. */
  positions(): ViewPositions {
    return Object.fromEntries([...this.views.values()].map((view) => [view.name, view.position()]));
  }

  /**
   * Starts them all; a view whose projection has changed since it was filled is rebuilt while the old one is served. Resolves when every
   * saga has its place in the log: it handles what is appended after that.
   */
  async start(): Promise<void> {
    this.others?.start();
    for (const view of this.views.values()) void view.start(); // queries are answered while a view catches up
    for (const { name } of this.outdated) void this.rebuild(name);
    await Promise.all([...this.sagas.values()].map((saga) => saga.start()));
  }

  all(): readonly Subscription[] {
    return [...this.views.values(), ...this.sagas.values()];
  }

  /** Of the view that is furthest behind the log. @throws {StoreUnavailable} */
  async greatestLag(): Promise<Lag> {
    const views = [...this.views.values()];
    const last = views.toSorted((one, other) => one.position() - other.position()).at(0);
    return last ? last.lag() : { events: 0, seconds: 0 };
  }

  /** @throws {DomainError} `subscription_not_found` */
  named(name: string): Subscription {
    const found = this.views.get(name) ?? this.sagas.get(name);
    if (found) return found;
    if (this.others && this.contexts.some(({ sagas }) => sagas?.some((saga) => saga.name === name)))
      return sagaOfOthers(name);
    throw new DomainError('not_found', 'subscription_not_found', `Nothing that follows the log is called ${name}`);
  }

  kindOf({ name }: Subscription): 'projection' | 'saga' {
    return this.views.has(name) ? 'projection' : 'saga';
  }

  /**
   * Begins to make a view anew from the log, beside the one that is served. How that ends is logged. Resolves when it is done or has failed,
   * with the damaged event if there is one.
   * @throws {DomainError} `projection_not_found`
   */
  async rebuild(name: string): Promise<CorruptEvent | undefined> {
    const view = this.views.get(name);
    if (!view) throw new DomainError('not_found', 'projection_not_found', `No projection is called ${name}`);
    try {
      await view.rebuild();
      return undefined;
    } catch (error) {
      this.log.error({ subscription: name, err: error }, 'View could not be rebuilt; the old one is served');
      return error instanceof CorruptEvent ? error : undefined;
    }
  }

  /** Lets those go on at once that could not read a damaged event, now that it is passed over. */
  async goOn(): Promise<void> {
    const stalled = this.all().filter((one) => one.damage() !== undefined);
    await Promise.all(
      stalled.map(async (one) => {
        await one.stop();
        void one.start();
      }),
    );
  }

  /** Those that have not yet handled what was in the log when they started, or are stalled: the service is not ready. */
  behind(): readonly Subscription[] {
    return this.all().filter((subscription) => {
      if (subscription.state() === 'live') this.upToDate.add(subscription.name);
      return subscription.state() === 'stalled' || !this.upToDate.has(subscription.name);
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.all().map((subscription) => subscription.stop()), this.others?.stop()]);
  }

  private readonly dispatch = async (command: AnyCommand, event: Recorded, saga: Saga): Promise<void> => {
    const context = new CommandContext(event.metadata.correlationId, event.id, { kind: 'system', id: saga.name });
    await this.commands.execute(command, context);
  };

  private readonly dispatchPage = async (command: AnyCommand, saga: PageSaga): Promise<void> => {
    await this.commands.execute(command, CommandContext.new({ kind: 'system', id: saga.name }));
  };

  private patiently<Result>(step: () => Promise<Result>): Promise<Result> {
    return patiently(step, this.config, this.log);
  }

  private add<S extends Subscription>(all: Map<string, S>, subscription: S): void {
    if (this.views.has(subscription.name) || this.sagas.has(subscription.name)) {
      throw new Error(`Two subscriptions are called ${subscription.name}`);
    }
    all.set(subscription.name, subscription);
  }
}
