import { LRUCache } from 'lru-cache';
import type { Recorded } from '#lib/event-sourcing';
import { charactersOf } from '#lib/json';
import type { Streams } from '../streams/streams.js';
import type { PublicResource } from './public-resource.js';

/** A resource just before and after an event. */
type Moment = { readonly revision: number; readonly before: unknown; readonly after: unknown };

/** Some ten thousand resources of the usual size. */
const maxCachedCharacters = 16 * 1024 * 1024;
const cachedEntryCharacters = 250;

/** Resources as they were at any event of their streams. Those that change at the moment are in memory. */
export class ResourceHistory {
  private readonly latest = new LRUCache<string, Moment>({
    maxSize: maxCachedCharacters,
    sizeCalculation: ({ before, after }) => charactersOf(before) + charactersOf(after) + cachedEntryCharacters,
  });

  constructor(private readonly streams: Streams) {}

  /** The resource as it was after an event, or before where the event removed it. @throws {StoreUnavailable | CorruptEvent} */
  async at(resource: PublicResource, event: Recorded): Promise<unknown> {
    const known = this.latest.get(event.stream);
    const moment = known?.revision === event.revision ? known : await this.from(earlier(known, event), resource, event);
    if ((this.latest.peek(event.stream)?.revision ?? -1) < event.revision) this.latest.set(event.stream, moment);
    return moment.after ?? moment.before;
  }

  private async from(known: Moment | undefined, resource: PublicResource, event: Recorded): Promise<Moment> {
    const { evolve, stream } = resource;
    const first = known ? known.revision + 1 : 0;
    let document = known?.after;
    if (first < event.revision) {
      const id = event.stream.slice(stream.category.length + 1);
      const missing = await this.streams.events(stream, id, { from: first, limit: event.revision - first });
      document = missing.reduce((before: unknown, each) => evolve(before, each), document);
    }
    return { revision: event.revision, before: document, after: evolve(document, event) };
  }
}

const earlier = (known: Moment | undefined, event: Recorded): Moment | undefined =>
  known && known.revision < event.revision ? known : undefined;
