import type { Fields } from './write.js';

/** What is known of a view's documents before there are any. */
export type Collection<Doc extends Fields> = {
  /** Lower-case words joined by dashes. Also the name of the subscription that feeds it. */
  readonly name: string;
  /** Raised when the projection changes what it writes: the view is then rebuilt beside the old one and swapped in. */
  readonly version: number;
  /** Each is a list of top-level fields that are filtered or sorted by together, in that order. */
  readonly indexes?: readonly (readonly FieldOf<Doc>[])[];
  /** Text fields that `search` looks through, word by word and by the beginnings of words. */
  readonly search?: readonly FieldOf<Doc>[];
};

/** A collection whatever its documents are. (`Collection<Doc>` is no `Collection<Fields>`, as it takes fewer field names.) */
export type AnyCollection = {
  readonly name: string;
  readonly version: number;
  readonly indexes?: readonly (readonly string[])[];
  readonly search?: readonly string[];
};

export type FieldOf<Doc extends Fields> = Extract<keyof Doc, string>;

/** Declares a view's documents. */
export const collection = <Doc extends Fields>(definition: Collection<Doc>): Collection<Doc> => definition;
