import { decodeCursorParts, encodeCursorParts, InvalidCursor } from '#lib/read-models';

/** The last request that a page has looked at. `at` in milliseconds since 1970. */
export type Place = { readonly at: number; readonly id: string };

export const encodePlace = ({ at, id }: Place): string => encodeCursorParts([at, id]);

/** @throws {InvalidCursor} */
export const decodePlace = (cursor: string | undefined): Place | undefined => {
  if (cursor === undefined) return undefined;
  const [at, id] = decodeCursorParts(cursor);
  if (typeof at !== 'number' || typeof id !== 'string') throw new InvalidCursor('The cursor is damaged');
  return { at, id };
};
