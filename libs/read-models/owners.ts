import type { AnyCollection } from './collection.js';
import type { Fields, Write } from './write.js';

/** Somebody whom documents belong to: a field of the collection's `owners`, and its value. */
export type Owner = { readonly field: string; readonly value: string };

/** Whom a document, or a part of one, names as its owners. */
export const ownersIn = ({ owners = [] }: AnyCollection, fields: Fields): readonly Owner[] =>
  owners.flatMap((field) => {
    const value = fields[field];
    return typeof value === 'string' ? [{ field, value }] : [];
  });

/** Whose documents a write removes for good. */
export const goneWith = ({ owners = [] }: AnyCollection, write: Write): Owner | undefined =>
  write.op === 'removeAll' && owners.includes(write.field) ? { field: write.field, value: write.value } : undefined;
