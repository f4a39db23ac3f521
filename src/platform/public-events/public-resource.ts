import type { z } from 'zod';
import type { Event, EventTypes, OfType, Recorded } from '#lib/event-sourcing';
import type { JsonObject } from '#lib/json';
import type { Fields, ReadModels } from '#lib/read-models';
import { evolved, type StreamView } from '../views/documents.js';

/** The chat that a public event belongs to: its id, and the jid of the person or group. */
type PublicChat = { readonly id: string; readonly chat: string };

/** The session of a public event, as its body shows it. */
export type PublicSession = {
  readonly id: string;
  readonly name: string | null;
  readonly phoneNumber: string | null;
  readonly metadata: { readonly [name: string]: string };
};

/**
 * Which events of the log lead to a public event of one type. A handler answers what the body's `data` has beside the resource, which `more`
 * declares, or undefined where that event is none of this type. Pure.
 */
type PublicType<E extends Event, Doc> = {
  /** When it happens, for integrators to read: a sentence. */
  readonly description: string;
  /** Live readers are not told of it by the log, but by `LiveNews`, at once and only if they are there. */
  readonly isNews?: true;
  readonly more?: z.ZodRawShape;
  readonly on: { readonly [T in E['type']]?: (event: Recorded<OfType<E, T>>, document: Doc) => JsonObject | undefined };
};

/** A kind of resource whose changes users are told of, each stream of its category being one. Pure. */
export type PublicResource<E extends Event = Event, Doc = unknown> = {
  readonly stream: EventTypes;
  /** The resource after an event of its stream; undefined where there is none, or none any more. */
  readonly evolve: (document: Doc | undefined, event: Recorded<E>) => Doc | undefined;
  /** Whether users are told of it at all; by default they are. */
  readonly isTold?: (document: Doc) => boolean;
  /** As the API shows it: no key of a file, and no secret. */
  readonly present: (document: Doc) => object;
  /** The resource of an event as it may be shown now: without what has been removed from the views since. Few need to look that up. */
  readonly stillShown?: (document: Doc, models: Pick<ReadModels, 'get'>) => Promise<Doc>;
  /** Of what `present` answers. */
  readonly schema: z.ZodObject;
  readonly chatOf?: (document: Doc) => PublicChat | null;
  /** The file that `present` names, if any. */
  readonly mediaIdOf?: (document: Doc) => string | null;
  /** Where the resource is a session itself. */
  readonly sessionOf?: (document: Doc) => PublicSession;
  readonly types: { readonly [publicType: string]: PublicType<E, Doc> };
};

export const publicResource = <E extends Event, Doc>(definition: PublicResource<E, Doc>): PublicResource =>
  definition as unknown as PublicResource;

/** Makes the resource as its view does: what queries answer, as it was then. */
export const asInView =
  <Doc extends Fields>(source: StreamView<Doc>) =>
  (document: Doc | undefined, event: Recorded): Doc | undefined =>
    evolved(source, document, event);

/** A handler for events that are always of that type, and add nothing to the resource. */
export const always = (): JsonObject => ({});
