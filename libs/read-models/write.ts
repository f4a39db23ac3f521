import type { Json } from '#lib/json';

/** The fields of a document: plain JSON. */
export type Fields = { readonly [field: string]: Json };

/** One change of a view: of one document, but for `removeAll`. */
export type Write =
  | { readonly op: 'put'; readonly id: string; readonly doc: Fields }
  | {
      readonly op: 'patch';
      readonly id: string;
      readonly set: Fields;
      readonly unless?: string;
      readonly clear?: string;
    }
  | {
      readonly op: 'increment';
      readonly id: string;
      readonly by: { readonly [field: string]: number };
      readonly set: Fields;
      readonly atLeast?: number;
    }
  | { readonly op: 'remove'; readonly id: string }
  | { readonly op: 'removeAll'; readonly field: string; readonly value: string };

/** Stores a whole document, new or instead of the old one. */
export const put = (id: string, doc: Fields): Write => ({ op: 'put', id, doc });

/** Sets top-level fields of a document. Does nothing if there is none (it may have been removed). */
export const patch = (id: string, set: Fields): Write => ({ op: 'patch', id, set });

/** The same, but does nothing either where the document has something in the field `unless` (that is, neither absent nor null). */
export const patchUnless = (unless: string, id: string, set: Fields): Write => ({ op: 'patch', id, set, unless });

/** Like `patch`, and first sets to null whatever fields the document has whose names begin with `prefix`. */
export const patchClearing = (prefix: string, id: string, set: Fields): Write => ({
  op: 'patch',
  id,
  set,
  clear: prefix,
});

/** Adds to numeric top-level fields and sets others; creates the document if there is none. An absent number counts as 0. */
export const increment = (id: string, by: { readonly [field: string]: number }, set: Fields = {}): Write => ({
  op: 'increment',
  id,
  by,
  set,
});

/** Subtracts from numeric top-level fields, which stop at 0; creates the document if there is none. An absent number counts as 0. */
export const decrement = (id: string, by: { readonly [field: string]: number }): Write => ({
  op: 'increment',
  id,
  by: Object.fromEntries(Object.entries(by).map(([field, number]) => [field, -number])),
  set: {},
  atLeast: 0,
});

/** Removes a document, if there is one. */
export const remove = (id: string): Write => ({ op: 'remove', id });

/**
 * Removes every document with that text in a top-level field, which should be indexed: what belonged to somebody who is gone. Many
 * documents take a while, in which the view takes nothing else in. Where the field is one of the collection's `owners`, it is for good.
 */
export const removeAll = (field: string, value: string): Write => ({ op: 'removeAll', field, value });

/** The document after a write (`undefined`: none). Defines what writes mean in every adapter. */
export const applyWrite = (doc: Fields | undefined, write: Write): Fields | undefined => {
  switch (write.op) {
    case 'put':
      return write.doc;
    case 'patch':
      return doc && !has(doc, write.unless) ? { ...doc, ...cleared(doc, write.clear), ...write.set } : doc;
    case 'increment': {
      const { by, set, atLeast = -Infinity } = write;
      const sums = Object.entries(by).map(
        ([field, number]) => [field, Math.max(numberAt(doc, field) + number, atLeast)] as const,
      );
      return { ...doc, ...set, ...Object.fromEntries(sums) };
    }
    case 'remove':
      return undefined;
    case 'removeAll':
      return doc?.[write.field] === write.value ? undefined : doc;
  }
};

const has = (doc: Fields, field: string | undefined): boolean => field !== undefined && (doc[field] ?? null) !== null;

const cleared = (doc: Fields, prefix: string | undefined): Fields =>
  prefix === undefined
    ? {}
    : Object.fromEntries(Object.keys(doc).flatMap((field) => (field.startsWith(prefix) ? [[field, null]] : [])));

const numberAt = (doc: Fields | undefined, field: string): number => {
  const value = doc?.[field];
  return typeof value === 'number' ? value : 0;
};
