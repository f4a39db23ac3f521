import { Inject, Injectable } from '@nestjs/common';
import { project, type EventTypes, type Projection, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Collection, type Fields } from '#lib/read-models';
import type { Stores } from '../stores.js';
import { Streams } from '../streams/streams.js';
import { STORES } from '../tokens.js';
import { Views } from './views.js';

/** A view that has a document for each stream of a category, which the projection can make from that stream alone. */
export type StreamView<Doc extends Fields = Fields> = {
  readonly view: Collection<Doc>;
  readonly projection: Projection;
  readonly stream: EventTypes;
};

/** Single documents. What was accepted is never denied: where the view is behind, the document is made from its stream. */
@Injectable()
export class Documents {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    private readonly streams: Streams,
  ) {}

  /** The document as the log has it, at least up to `position`; undefined where there is none, or none any more. @throws {Transient} */
  async get<Doc extends Fields>(source: StreamView<Doc>, id: string, position: number): Promise<Doc | undefined> {
    const document = await this.shown(source, id, position);
    if (document) return document;
    const events = await this.streams.events(source.stream, id);
    const last = Math.max(position, events.at(-1)?.position ?? 0);
    if (this.views.shows(source.view, last)) return this.shown(source, id, last); // removed for what another stream says
    return made(source, events);
  }

  /**
   * The document as it was when what was asked for had been done, whatever has become of it since; undefined where there is no such stream.
   * @throws {Transient}
   */
  async first<Doc extends Fields>(source: StreamView<Doc>, id: string): Promise<Doc | undefined> {
    const events = await this.streams.events(source.stream, id, { limit: mostEventsToBegin });
    const causedBy = events[0]?.metadata.causationId;
    const next = events.findIndex(({ metadata }) => metadata.causationId !== causedBy);
    return made(source, next === -1 ? events : events.slice(0, next));
  }

  /** The same of a stream that certainly exists. @throws {Transient} */
  async created<Doc extends Fields>(source: StreamView<Doc>, id: string): Promise<Doc> {
    const document = await this.first(source, id);
    if (!document) throw new Error(`${source.stream.category}-${id} does not begin with a document`);
    return document;
  }

  private async shown<Doc extends Fields>(
    { view }: StreamView<Doc>,
    id: string,
    position: number,
  ): Promise<Doc | undefined> {
    return this.views.shows(view, position) ? this.stores.models.get(view, id) : undefined;
  }
}

/** What one request may begin a stream with. */
const mostEventsToBegin = 3;

/** The document of a stream after one more of its events. */
export const evolved = <Doc extends Fields>(
  { projection, stream }: StreamView<Doc>,
  document: Doc | undefined,
  event: Recorded,
): Doc | undefined => {
  const id = event.stream.slice(stream.category.length + 1);
  return project(projection, event)
    .filter((write) => !('id' in write) || write.id === id)
    .reduce<Fields | undefined>(applyWrite, document) as Doc | undefined;
};

const made = <Doc extends Fields>(source: StreamView<Doc>, events: readonly Recorded[]): Doc | undefined =>
  events.reduce<Doc | undefined>((document, event) => evolved(source, document, event), undefined);
