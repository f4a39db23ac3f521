import type { Json } from '#lib/json';

/** A value that only its subject's key opens. */
export type Sealed = { readonly $sealed: string; readonly subject: string };

export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Sealed>).$sealed === 'string';

/** How personal fields are kept in stored events. Deleting a subject's key forgets that person in every event at once. */
export type PersonalData = {
  /** Loads the keys of these subjects; awaited before the others are called for them, once for many events. */
  ready(subjects: ReadonlySet<string>): Promise<void>;
  /** The stored form of a personal value. Makes a key for a subject that has none. */
  seal(subject: string, value: Json): Sealed | Json;
  /** The value again, or `null` where the subject was forgotten. */
  open(sealed: Sealed): Json;
};

/** Keeps personal fields as they are. */
export const plainPersonalData: PersonalData = {
  ready: async () => {},
  seal: (_subject, value) => value,
  open: () => null,
};
