import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { sharedWork } from '#lib/async';
import type { Recorded } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import type { ContextDefinition } from '../context-definition.js';
import { Streams } from '../streams/streams.js';
import type { Stores } from '../stores.js';
import { CONTEXTS, STORES } from '../tokens.js';
import { catalogueOf, type CataloguedType } from './catalogue.js';
import { EventSessions } from './event-sessions.js';
import type { PublicEvent } from './public-event.js';
import type { PublicResource } from './public-resource.js';
import { ResourceHistory } from './resource-history.js';

type Handler = PublicResource['types'][string]['on'][string];
/** What an event of the log may lead to. */
type Source = { readonly resource: PublicResource; readonly handlers: ReadonlyMap<string, Handler> };

/** The bodies that several readers are likely to ask for, one soon after the other. */
const maxCachedBytes = 16 * 1024 * 1024;
const cachedEntryBytes = 500;
/** What is removed from the views for its age meanwhile is shown for an hour longer at the most: by the wall clock, as ages are. */
export const forAWhile = { ttl: 60 * 60 * 1000, perf: Date };

/** What users are told of the log, as all contexts declare it. The same event of the log always leads to the same public events. */
@Injectable()
export class PublicEvents {
  /** All types, in the order of their declaration. */
  readonly catalogue: readonly CataloguedType[];
  /** The categories of streams whose events may lead to any. */
  readonly categories: readonly string[];
  private readonly sources = new Map<string, Source>();
  private readonly history: ResourceHistory;
  private readonly made = new LRUCache<string, readonly PublicEvent[]>({
    maxSize: maxCachedBytes,
    ...forAWhile,
    sizeCalculation: (events) => events.reduce((sum, { body }) => sum + 2 * body.length, cachedEntryBytes),
  });

  private readonly shared = sharedWork<readonly PublicEvent[]>();

  constructor(
    @Inject(CONTEXTS) contexts: readonly ContextDefinition[],
    streams: Streams,
    private readonly sessions: EventSessions,
    @Inject(STORES) private readonly stores: Pick<Stores, 'models'>,
  ) {
    this.history = new ResourceHistory(streams);
    const resources = contexts.flatMap(({ publicEvents }) => publicEvents ?? []);
    this.categories = [...new Set(resources.map(({ stream }) => stream.category))];
    this.catalogue = catalogueOf(resources);
    for (const resource of resources) this.add(resource);
  }

  /** The types of public events that an event of the log may lead to: none for most. No I/O. */
  typesOf(eventType: string): readonly string[] {
    return [...(this.sources.get(eventType)?.handlers.keys() ?? [])];
  }

  /** The types of events of the log that may lead to a public event of a type. */
  eventTypesOf(publicType: string): readonly string[] {
    return [...this.sources].filter(([, { handlers }]) => handlers.has(publicType)).map(([eventType]) => eventType);
  }

  /** Whether live readers are told of a type in another way: see `LiveNews`. */
  isNews(publicType: string): boolean {
    return this.catalogue.some(({ type, isNews }) => isNews && type === publicType);
  }

  /**
   * The public events that an event of the log leads to, in order. Reads nothing for streams that were asked about shortly before, however
   * many readers ask. @throws {StoreUnavailable | CorruptEvent}
   */
  async of(event: Recorded): Promise<readonly PublicEvent[]> {
    const source = this.sources.get(event.type);
    if (!source) return [];
    const make = async (): Promise<readonly PublicEvent[]> => {
      const made = await this.make(event, source);
      this.made.set(event.id, made);
      return made;
    };
    return this.made.get(event.id) ?? this.shared(event.id, make);
  }

  /** What live readers are told that is no event of the log. `data`: see the schema of the type. */
  async news(type: string, about: Pick<PublicEvent, 'userId' | 'sessionId'>, data: object): Promise<string> {
    const session = about.sessionId === null ? null : await this.sessions.of(about.sessionId, 0);
    const timestamp = new Date().toISOString();
    return JSON.stringify({ id: `evt_${newId()}`, type, timestamp, ...about, session, data });
  }

  private async make(event: Recorded, { resource, handlers }: Source): Promise<readonly PublicEvent[]> {
    const then = await this.history.at(resource, event);
    if (then === undefined) return []; // its beginning was damaged, and is passed over
    if (resource.isTold?.(then) === false) return [];
    const document = (await resource.stillShown?.(then, this.stores.models)) ?? then;
    const { userId, sessionId = null } = event.data as { readonly userId: string; readonly sessionId?: string };
    const found = [...handlers].flatMap(([type, handler]) => {
      const more = handler?.(event, document);
      return more === undefined ? [] : [{ type, data: { ...resource.present(document), ...more } }];
    });
    if (found.length === 0) return [];
    const session =
      resource.sessionOf?.(document) ?? (sessionId === null ? null : await this.sessions.of(sessionId, event.position));
    const chat = resource.chatOf?.(document) ?? null;
    const mediaId = resource.mediaIdOf?.(document) ?? null;
    const { position, recordedAt: timestamp } = event;
    return found.map(({ type, data }, index) => {
      const isLast = index === found.length - 1;
      const id = `evt_${event.id}${index === 0 ? '' : `_${index}`}`;
      return {
        id,
        type,
        userId,
        sessionId,
        chatId: chat?.id ?? null,
        chat: chat?.chat ?? null,
        mediaId,
        position,
        cursor: isLast ? String(position) : `${position}.${index}`,
        body: JSON.stringify({ id, type, timestamp, userId, sessionId, session, data }),
      };
    });
  }

  private add(resource: PublicResource): void {
    for (const [publicType, { on }] of Object.entries(resource.types)) {
      for (const [eventType, handler] of Object.entries(on)) {
        const handlers = this.sources.get(eventType)?.handlers ?? new Map<string, Handler>();
        this.sources.set(eventType, { resource, handlers: new Map([...handlers, [publicType, handler]]) });
      }
    }
  }
}
