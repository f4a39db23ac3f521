import type { Json, JsonObject } from '#lib/json';
import { DomainError } from './domain-error.js';
import type { EventType, EventTypes } from './event-types.js';
import type { Event, Metadata, Recorded } from './message.js';
import { isSealed, plainPersonalData, type PersonalData } from './personal-data.js';

/** An event as it is stored. */
export type Encoded = { readonly type: string; readonly data: JsonObject; readonly schemaVersion: number };

/** An event as it is read from a store, not decoded yet. */
export type Undecoded = {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Metadata;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: string;
};

/** Converts between an event and its stored form: checks its schema, seals personal fields, upgrades old versions. */
export type EventCodec = {
  /** @throws {Error} an event does not fit its schema: a bug in the decider that returned it. */
  encode(events: readonly Event[]): Promise<readonly Encoded[]>;
  /**
   * Opens personal fields and upgrades old versions. An event of an unknown type is returned as it is.
   * @throws {DomainError} `event_too_new`: a newer version of the program wrote it.
   */
  decode(stored: readonly Undecoded[]): Promise<readonly Recorded[]>;
};

/** The codec for these events. @throws {Error} two of them have the same name. */
export const eventCodec = (
  declared: readonly EventTypes[],
  personalData: PersonalData = plainPersonalData,
): EventCodec => {
  const types = new Map<string, EventType>();
  for (const [name, type] of declared.flatMap(({ types }) => Object.entries(types))) {
    if (types.has(name)) throw new Error(`Two events are called ${name}`);
    types.set(name, type);
  }

  const encode = async (events: readonly Event[]): Promise<readonly Encoded[]> => {
    const checked = events.map(({ type: name, data }) => {
      const type = types.get(name);
      if (!type) throw new Error(`No event is called ${name}`);
      return { name, type, data: parse(name, type, data) };
    });
    if (personalData.isPlain) {
      return checked.map(({ name, type, data }) => ({ type: name, data, schemaVersion: type.version }));
    }
    const subjects = new Set(checked.flatMap(({ type, data }) => subjectOf(type, data) ?? []));
    if (subjects.size > 0) await personalData.ready(subjects);
    return checked.map(({ name, type, data }) => ({
      type: name,
      data: seal(type, data, personalData),
      schemaVersion: type.version,
    }));
  };

  const isAsStored = (event: Undecoded): boolean => {
    const version = types.get(event.type)?.version;
    return version === undefined || version === event.metadata.schemaVersion;
  };

  const decode = async (stored: readonly Undecoded[]): Promise<readonly Recorded[]> => {
    // Dozens of readers decode the same events.
    if (personalData.isPlain && stored.every(isAsStored)) return stored;
    const subjects = new Set<string>();
    for (const { data } of stored) noteSubjects(data as JsonObject, subjects);
    if (subjects.size > 0) await personalData.ready(subjects);
    return stored.map((event) => {
      const type = types.get(event.type);
      const opened = subjects.size > 0 ? open(event.data, personalData) : event.data;
      const data = type ? upcast(event, type, opened as JsonObject) : opened;
      return data === event.data ? event : { ...event, data };
    });
  };

  return { encode, decode };
};

const parse = (name: string, type: EventType, data: unknown): JsonObject => {
  const parsed = type.schema.safeParse(data);
  // Values are left out of the message: they may be personal.
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`).join(', ');
    throw new Error(`${name} does not fit its schema at ${places}`);
  }
  return parsed.data as JsonObject;
};

const subjectOf = (type: EventType, data: JsonObject): string | undefined => {
  const subject = type.personal && data[type.personal.subject];
  return typeof subject === 'string' ? subject : undefined;
};

const seal = (type: EventType, data: JsonObject, personalData: PersonalData): JsonObject => {
  const subject = subjectOf(type, data);
  if (subject === undefined || !type.personal) return data;
  const sealed: [string, Json][] = type.personal.fields
    .filter((field) => data[field] !== undefined && data[field] !== null)
    .map((field) => [field, personalData.seal(subject, data[field] as Json)]);
  return { ...data, ...Object.fromEntries(sealed) };
};

/** Called for every event that is read: it allocates nothing. */
const noteSubjects = (data: JsonObject, subjects: Set<string>): void => {
  for (const field in data) {
    const value = data[field];
    if (isSealed(value)) subjects.add(value.subject);
  }
};

const open = (data: unknown, personalData: PersonalData): JsonObject =>
  Object.fromEntries(
    Object.entries(data as JsonObject).map(([field, value]) => [
      field,
      isSealed(value) ? personalData.open(value) : value,
    ]),
  );

const upcast = (event: Undecoded, type: EventType, data: JsonObject): JsonObject => {
  const { schemaVersion } = event.metadata;
  if (schemaVersion > type.version) {
    throw new DomainError(
      'refused',
      'event_too_new',
      `${event.type} of schema ${schemaVersion} was written by a newer version of the program; this one knows schema ${type.version}`,
    );
  }
  if (schemaVersion === type.version) return data;
  return type.upcasters.slice(schemaVersion - 1).reduce((older, lead) => lead(older), data);
};
