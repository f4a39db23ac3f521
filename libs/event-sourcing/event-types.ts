import type { z } from 'zod';
import type { JsonObject } from '#lib/json';
import type { Event } from './message.js';

/** Upgrades an event's data from one schema version to the next. Pure; never throws on data that its version allowed. */
export type Upcaster = (data: JsonObject) => JsonObject;

/** The top-level fields with personal data, and the field that identifies the person: the values can be sealed with that person's key. */
export type PersonalFields = { readonly subject: string; readonly fields: readonly string[] };

export type EventType<Schema extends z.ZodObject = z.ZodObject> = {
  readonly schema: Schema;
  /** 1 + the number of upcasters. */
  readonly version: number;
  /** `upcasters[n]` upgrades from version n + 1 to n + 2. */
  readonly upcasters: readonly Upcaster[];
  readonly personal: PersonalFields | undefined;
};

/**
 * Declares a type of event. When its data changes shape, replace the schema and add an upcaster from the old one:
 * `event(schemaOfV2, { upcasters: [fromV1] })`.
 */
export const event = <Schema extends z.ZodObject>(
  schema: Schema,
  options: {
    readonly upcasters?: readonly Upcaster[];
    readonly personal?: {
      readonly subject: keyof z.output<Schema> & string;
      readonly fields: readonly (keyof z.output<Schema> & string)[];
    };
  } = {},
): EventType<Schema> => {
  const upcasters = options.upcasters ?? [];
  return { schema, version: upcasters.length + 1, upcasters, personal: options.personal };
};

/** The events of one kind of stream. */
export type EventTypes<Types extends { readonly [type: string]: EventType } = { readonly [type: string]: EventType }> =
  {
    /** The part of a stream's name before the first dash. */
    readonly category: string;
    readonly types: Types;
  };

export const eventTypes = <Types extends { readonly [type: string]: EventType }>(
  category: string,
  types: Types,
): EventTypes<Types> => {
  if (!/^[a-z]+$/.test(category)) throw new Error(`A category must be one lower-case word, not ${category}`);
  return { category, types };
};

/** The union of the events that `eventTypes` declared. */
export type EventOf<T extends EventTypes> =
  T extends EventTypes<infer Types>
    ? { [Type in keyof Types & string]: Event<Type, Readonly<z.output<Types[Type]['schema']>>> }[keyof Types & string]
    : never;
