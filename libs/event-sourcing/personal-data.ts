import type { Json } from '#lib/json';

/** A value that is encrypted with the key of its subject. */
export type Sealed = { readonly $sealed: string; readonly subject: string };

export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Sealed>).$sealed === 'string';

/** How personal fields are stored in events. Deleting a subject's key makes that person's data in all events unreadable at once. */
export type PersonalData = {
  /** It seals nothing, and nothing in the log is sealed: events pass as they are. */
  readonly isPlain?: true;
  /** Loads the keys of these subjects. Awaited before `seal` and `open` are called for them, once for many events. */
  ready(subjects: ReadonlySet<string>): Promise<void>;
  /** The stored form of a personal value. Creates a key for a subject that has none. */
  seal(subject: string, value: Json): Sealed | Json;
  /** The original value, or `null` if the subject's key was deleted. */
  open(sealed: Sealed): Json;
};

/** Stores personal fields unencrypted. */
export const plainPersonalData: PersonalData = {
  isPlain: true,
  ready: async () => {},
  seal: (_subject, value) => value,
  open: () => null,
};
