import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { EventCodec } from '#lib/event-sourcing';
import type { PublicEvent } from '../../platform/public-events/public-event.js';
import { forAWhile, PublicEvents } from '../../platform/public-events/public-events.js';
import type { Stores } from '../../platform/stores.js';
import { CODEC, STORES } from '../../platform/tokens.js';

/** What is delivered soon after it happened is not read again. */
const maxCachedBytes = 32 * 1024 * 1024;
const cachedEntryBytes = 500;

/** The public events that deliveries name. */
@Injectable()
export class Bodies {
  private readonly recent = new LRUCache<string, PublicEvent>({
    maxSize: maxCachedBytes,
    ...forAWhile,
    sizeCalculation: ({ body }) => 2 * body.length + cachedEntryBytes,
  });

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
    private readonly events: PublicEvents,
  ) {}

  note(event: PublicEvent): void {
    this.recent.set(event.id, event);
  }

  /** Undefined where the event of the log was damaged, and is passed over. @throws {StoreUnavailable | CorruptEvent} */
  async of(delivery: {
    readonly eventId: string;
    readonly stream: string;
    readonly revision: number;
  }): Promise<PublicEvent | undefined> {
    const known = this.recent.get(delivery.eventId);
    if (known) return known;
    const { stream, revision: from } = delivery;
    for await (const stored of this.stores.events.readStream(stream, { from, limit: 1 })) {
      for (const event of await this.codec.decode([stored])) {
        const found = (await this.events.of(event)).find(({ id }) => id === delivery.eventId);
        if (found) this.note(found);
        return found;
      }
    }
    return undefined;
  }
}
