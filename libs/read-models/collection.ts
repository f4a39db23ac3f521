import type { Joined } from './joined.js';
import type { Fields } from './write.js';

/** The definition of a view. */
export type Collection<Doc extends Fields> = {
  /** Lower-case words joined by dashes. Also the name of the subscription that writes it. */
  readonly name: string;
  /** Raised when the projection writes something else: the view is then rebuilt beside the old one and swapped in. */
  readonly version: number;
  /** Each is a list of top-level fields by which documents are filtered and sorted together, in that order. */
  readonly indexes?: readonly (readonly FieldOf<Doc>[])[];
  /** Text fields that `search` looks in, by words and prefixes of words. */
  readonly search?: readonly FieldOf<Doc>[];
  /** A text field to which most searches are limited by `where`, such as the owner: it is part of the index of words. */
  readonly searchWithin?: FieldOf<Doc>;
  /**
   * Text fields that name whom a document belongs to. A `removeAll` by one of them is for good: what is written of that owner later, or
   * late, is not stored.
   */
  readonly owners?: readonly FieldOf<Doc>[];
  /** Documents that are shown as one. */
  readonly joined?: Joined<FieldOf<Doc>>;
};

/** A collection of any documents. (`Collection<Doc>` is not assignable to `Collection<Fields>`, which allows more field names.) */
export type AnyCollection = {
  readonly name: string;
  readonly version: number;
  readonly indexes?: readonly (readonly string[])[];
  readonly search?: readonly string[];
  readonly searchWithin?: string;
  readonly owners?: readonly string[];
  readonly joined?: Joined;
};

export type FieldOf<Doc extends Fields> = Extract<keyof Doc, string>;

/** Defines a view. */
export const collection = <Doc extends Fields>(definition: Collection<Doc>): Collection<Doc> => definition;
