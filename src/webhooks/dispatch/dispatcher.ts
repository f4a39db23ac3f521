import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { pause, retrying, Transient, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { DueWork, type DueItem } from '../../platform/due-work/due-work.js';
import type { PublicEvent } from '../../platform/public-events/public-event.js';
import { Restoration } from '../../platform/restoration/restoration.js';
import { LOG } from '../../platform/tokens.js';
import { SessionProcess } from '../../platform/processes/session-process.js';
import type { Attempt } from '../delivery.contract.js';
import { isGone, isSuccess, maxRetryWaitMs, problemOf, waitAfter, type Ending } from '../retry.rules.js';
import { Subscribers } from '../subscribers.js';
import { WebhookKeysStore, type WebhookKeys } from '../webhook-keys.js';
import { atOneVersion } from './at-one-version.js';
import { Bodies } from './bodies.js';
import { DueDeliveries } from './due-deliveries.js';
import { InFlight } from './in-flight.js';
import type { Item } from './item.js';
import { Lane, type Attempted } from './lane.js';
import { Places } from './places.js';
import { Recorder } from './recorder.js';
import { Requests, type Answered } from './requests.js';
import { Obstacle, unmade, type Unmade } from './unmade.js';

const limits = { total: 256, perUser: 32 };
/** How long the end of the service waits for the requests that are being made. */
const lastRequestsTimeoutMs = 3000;

/** Delivers what is due: a lane for each webhook, so that none waits for another one's server. */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly lanes = new Map<string, Lane>();
  private readonly places = new Places(limits);
  private readonly inFlight = new InFlight();
  private readonly running = new Set<Promise<unknown>>();
  private readonly stopping = new AbortController();
  /** When each webhook's next delivery is due, as far as it is waited for. */
  private readonly nextDue = new Map<string, string>();
  private readonly work: DueWork;
  private isStarted = false;

  constructor(
    private readonly subscribers: Subscribers,
    private readonly due: DueDeliveries,
    private readonly bodies: Bodies,
    private readonly keys: WebhookKeysStore,
    private readonly requests: Requests,
    private readonly recorder: Recorder,
    private readonly restoration: Restoration,
    @Inject(LOG) private readonly log: Log,
    private readonly sessionProcess: SessionProcess,
  ) {
    this.work = new DueWork(
      {
        name: 'webhook deliveries',
        maxDelayMs: maxRetryWaitMs,
        find: (until) => this.find(until),
        run: (webhookId) => {
          const dueAt = this.nextDue.get(webhookId) ?? '';
          this.nextDue.delete(webhookId);
          this.lane(webhookId)?.cameDue(dueAt); // whatever the wall clock says now
          return Promise.resolve();
        },
      },
      log,
    );
  }

  /** A restored copy delivers nothing before it is let go on: the original may have delivered it. */
  onApplicationBootstrap(): void {
    if (this.sessionProcess.isHere) this.restoration.whenReleased(() => this.start());
  }

  private start(): void {
    this.isStarted = true;
    this.work.start();
    for (const webhookId of this.subscribers.ids()) this.lane(webhookId)?.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    for (const lane of this.lanes.values()) lane.stop();
    await this.work.stop();
    await Promise.race([Promise.allSettled(this.running), pause(lastRequestsTimeoutMs)]);
  }

  /** New deliveries of a webhook, recorded at a position. */
  scheduled(webhookId: string, items: readonly Item[], position: number): void {
    this.lane(webhookId)?.add(items, position);
  }

  /** Deliveries of a webhook may be due, as recorded up to a position. */
  wake(webhookId: string, position: number): void {
    this.lane(webhookId)?.wake(position);
  }

  /** The webhook was removed. */
  forget(webhookId: string): void {
    this.lanes.get(webhookId)?.stop();
    this.lanes.delete(webhookId);
    this.nextDue.delete(webhookId);
    this.work.drop(webhookId);
    this.inFlight.abort((one) => one.webhookId === webhookId);
  }

  /** The session was deleted. What tells of that is still delivered. */
  forgetSession(sessionId: string): void {
    this.inFlight.abort(
      (one) => one.sessionId === sessionId && this.subscribers.isDeletedSince(sessionId, one.position),
    );
  }

  private lane(webhookId: string): Lane | undefined {
    if (!this.isStarted) return undefined; // at the start, every lane reads what is due
    const webhook = this.subscribers.now(webhookId);
    if (!webhook) return undefined;
    const known = this.lanes.get(webhookId);
    if (known) return known;
    const lane = new Lane({
      userId: webhook.userId,
      places: this.places,
      webhook: () => this.active(webhookId),
      read: (shown, cameDue) => this.read(webhookId, shown, cameDue),
      pending: (numbers, shown, limit) => this.patiently(() => this.due.inOrder(webhookId, numbers, shown, limit)),
      attempt: (item, succeeded) =>
        this.tracked(this.attempt(item, succeeded).catch((error: unknown) => this.noteFailure(item, error))),
      isDueAt: (dueAt) => this.noteDue(webhookId, dueAt),
    });
    this.lanes.set(webhookId, lane);
    return lane;
  }

  private active(webhookId: string) {
    const webhook = this.subscribers.now(webhookId);
    return webhook?.status === 'disabled' ? undefined : webhook;
  }

  private tracked<Result>(work: Promise<Result>): Promise<Result> {
    const ended = work.finally(() => this.running.delete(ended));
    this.running.add(ended);
    return ended;
  }

  private async *find(until: string): AsyncGenerator<DueItem, void, undefined> {
    for (const key of this.subscribers.ids()) {
      const dueAt = this.active(key) && (await this.due.next(key));
      if (dueAt && dueAt <= until) yield { key, dueAt };
    }
  }

  private noteDue(webhookId: string, dueAt: string): void {
    const next = this.nextDue.get(webhookId);
    if (next !== undefined && next <= dueAt) return;
    this.nextDue.set(webhookId, dueAt);
    this.work.note({ key: webhookId, dueAt });
  }

  private async read(webhookId: string, shown: number, cameDue: string) {
    const now = new Date().toISOString();
    const until = cameDue > now ? cameDue : now;
    const found = await this.patiently(() => this.due.byTime(webhookId, until, shown));
    if (found.next !== undefined) this.noteDue(webhookId, found.next);
    return found;
  }

  /** A URL gets no secret and no headers from before it was set. */
  private attempt(item: Item, succeeded: () => void): Promise<Attempted> {
    const { webhookId } = item;
    return atOneVersion(
      {
        version: () => this.subscribers.now(webhookId)?.keysFrom,
        read: (keysFrom = 0) => {
          const headersId = this.subscribers.now(webhookId)?.headersId ?? null;
          const read = Promise.all([this.bodies.of(item), this.keys.get(webhookId, keysFrom, headersId)]);
          return read.catch(obstacleUnlessItPasses);
        },
        retried: (reading) => this.patiently(reading),
      },
      (found) => (found instanceof Obstacle ? this.fail(item, found.cause) : this.deliver(item, ...found, succeeded)),
    );
  }

  private async deliver(
    item: Item,
    event: PublicEvent | undefined,
    keys: WebhookKeys | undefined,
    succeeded: () => void,
  ): Promise<Attempted> {
    const webhook = this.active(item.webhookId);
    if (!webhook) return undefined;
    if (!event) return this.end(item, unmade('event_unreadable'), null);
    if (!keys) return this.endUnmade(item, 'secret_missing');
    const { id, body, position } = event;
    const { webhookId, sessionId } = item;
    const isOfDeletedSession = () => this.subscribers.isDeletedSince(sessionId, position);
    if (isOfDeletedSession()) return this.end(item, unmade('session_deleted'), null);
    const making = this.inFlight.make({ webhookId, sessionId, position }, (signal) =>
      this.requests.make({ url: webhook.url, keys, id, body, signal }),
    );
    const answered = await making.catch((error: unknown) => new Obstacle(error));
    if (answered instanceof Obstacle) return this.fail(item, answered.cause);
    if (!answered) return isOfDeletedSession() ? this.end(item, unmade('session_deleted'), null) : undefined;
    if (isSuccess(answered.ending)) succeeded();
    const attempted = await this.end(item, answered, this.waitAfter(item, answered.ending));
    const since = answered.at.toISOString();
    if (isGone(answered.ending)) await this.patiently(() => this.recorder.disable(item, 'gone', gone, since));
    return attempted;
  }

  /** No request could be made, and waiting for the stores is of no use: it counts as an attempt, so that it ends and the chat goes on. */
  private fail(item: Item, error: unknown): Promise<Attempted> {
    this.log.error(
      { err: error, deliveryId: item.id, webhookId: item.webhookId },
      'A request to a webhook cannot be made',
    );
    return this.endUnmade(item, 'request_not_made');
  }

  /** It is tried again as if the request had failed. */
  private endUnmade(item: Item, code: Unmade['code']): Promise<Attempted> {
    const ended = unmade(code);
    return this.end(item, ended, this.waitAfter(item, ended.ending));
  }

  private waitAfter({ webhookId, attempts, attemptsBefore }: Item, ending: Ending): number | null {
    if (!this.active(webhookId)) return null;
    return waitAfter(attempts - attemptsBefore + 1, ending, Math.random(), Date.now());
  }

  /** It stays in the view, and is attempted when that is read again. */
  private noteFailure({ id, webhookId }: Item, error: unknown): undefined {
    if (this.stopping.signal.aborted) return;
    this.log.error({ err: error, deliveryId: id, webhookId }, 'A delivery could not be attempted');
  }

  private async end(item: Item, ended: Answered | Unmade, waitMs: number | null): Promise<Attempted> {
    const { at, ms, ending, answer } = ended;
    const success = isSuccess(ending);
    const isLast = success || waitMs === null;
    const attempt: Attempt = {
      deliveryId: item.id,
      number: item.attempts + 1,
      at: at.toISOString(),
      ms,
      status: ending.status,
      answer,
      problem: success ? null : problemOf(ending),
      outcome: success ? 'succeeded' : isLast ? 'parked' : 'retried',
      dueAt: isLast ? null : new Date(Date.now() + waitMs).toISOString(),
      ...('unmade' in ended && { unmade: true, code: ended.code }),
    };
    const { webhookId, userId } = item;
    const position = await this.recorder.record({ webhookId, userId }, attempt);
    return { ...attempt, position };
  }

  /** Waits while the stores are in trouble. */
  private patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    return retrying(work, {
      policy: usualRetry,
      signal: this.stopping.signal,
      again: (error) => {
        this.log.warn({ err: error }, 'Webhooks wait for the stores');
        return true;
      },
    });
  }
}

const gone = 'The server answered with HTTP status 410: it wants nothing more';

/** Errors that pass are waited for. */
const obstacleUnlessItPasses = (error: unknown): Obstacle => {
  if (error instanceof Transient) throw error;
  return new Obstacle(error);
};
