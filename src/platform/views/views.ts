import { Inject, Injectable } from '@nestjs/common';
import type { AnyCollection, Collection, Fields, Find } from '#lib/read-models';
import { ReadModelsUnavailable } from '#lib/read-models';
import type { Stores } from '../stores.js';
import { Subscriptions } from '../subscriptions.js';
import { STORES } from '../tokens.js';

const viewCatchUpTimeoutMs = 10_000;
const scanPageSize = 1000;

/** Reads views where it matters that nothing is missing: not for queries, which wait for the asker's own writes anyway. */
@Injectable()
export class Views {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly subscriptions: Subscriptions,
  ) {}

  /**
   * Resolves once a view shows everything that was in the log at the time of the call.
   * @throws {ReadModelsUnavailable} it takes longer than so many milliseconds: a `Transient`, try again later.
   */
  async fresh({ name }: AnyCollection, timeoutMs: number = viewCatchUpTimeoutMs): Promise<void> {
    const head = await this.stores.events.head();
    if (await this.subscriptions.named(name).reached(head, timeoutMs)) return;
    throw new ReadModelsUnavailable('io', `The view ${name} is behind the log`);
  }

  /** Every document that a search finds, page by page. Does not wait for anything: see `fresh`. */
  async *scan<Doc extends Fields>(
    view: Collection<Doc>,
    find: Omit<Find<Doc>, 'limit' | 'cursor'>,
  ): AsyncGenerator<Doc, void, undefined> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.stores.models.find(view, {
        ...find,
        limit: scanPageSize,
        ...(cursor !== undefined && { cursor }),
      } as Find<Doc>);
      yield* page.data;
      cursor = page.next;
    }
  }
}
