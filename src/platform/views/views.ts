import { Inject, Injectable } from '@nestjs/common';
import type { AnyCollection, Collection, Fields, Find } from '#lib/read-models';
import type { Stores } from '../stores.js';
import { Subscriptions } from '../subscriptions.js';
import { STORES } from '../tokens.js';
import { scan } from './scan.js';
import { ViewBehind } from './view-behind.js';

const viewCatchUpTimeoutMs = 10_000;
/** How long a caller waits for a view before being told to come back. */
const answerTimeoutMs = 2000;

/** Reads views where it matters that nothing is missing. */
@Injectable()
export class Views {
  /** Until it is known, no view is complete. */
  private startHead = Infinity;
  /** The views that have reached it. */
  private readonly complete = new Set<string>();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly subscriptions: Subscriptions,
  ) {}

  /** To be called once, before the subscriptions start: a view is complete when it shows everything up to `head`. */
  begin(head: number): void {
    this.startHead = head;
  }

  /** The position of the last event that was in the log when the service started. */
  get headAtStart(): number {
    return this.startHead;
  }

  /** The position of the log up to which a view shows everything. */
  reached({ name }: AnyCollection): number {
    return this.subscriptions.named(name).position();
  }

  /** Whether a view is complete and shows everything up to `position`. Does not wait. */
  shows(view: AnyCollection, position: number): boolean {
    const reached = this.reached(view);
    if (reached >= this.startHead) this.complete.add(view.name);
    return this.complete.has(view.name) && reached >= position;
  }

  /** Resolves once a view is complete and shows everything up to `position`. @throws {ViewBehind} it takes longer than callers wait. */
  async wait(view: AnyCollection, position: number): Promise<void> {
    if (this.shows(view, position)) return;
    const target = this.complete.has(view.name) ? position : Math.max(position, this.startHead);
    await this.subscriptions.named(view.name).reached(target, answerTimeoutMs);
    if (!this.shows(view, position)) throw new ViewBehind(view.name);
  }

  /**
   * Resolves once a view shows everything that was in the log at the time of the call.
   * @throws {ViewBehind} it takes longer than so many milliseconds: try again later.
   */
  async fresh({ name }: AnyCollection, timeoutMs: number = viewCatchUpTimeoutMs): Promise<void> {
    const head = await this.stores.events.head();
    if (!(await this.subscriptions.named(name).reached(head, timeoutMs))) throw new ViewBehind(name);
  }

  /** Every document that a search finds, page by page. Does not wait for anything: see `fresh`. */
  scan<Doc extends Fields>(
    view: Collection<Doc>,
    find: Omit<Find<Doc>, 'limit' | 'cursor'>,
  ): AsyncGenerator<Doc, void, undefined> {
    return scan(this.stores.models, view, find);
  }
}
