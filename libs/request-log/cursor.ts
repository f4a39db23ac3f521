import { InvalidCursor } from '#lib/read-models';

/** The last request that a page has looked at. `at` in milliseconds since 1970. */
export type Place = { readonly at: number; readonly id: string };

export const encodePlace = ({ at, id }: Place): string => Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** @throws {InvalidCursor} */
export const decodePlace = (cursor: string | undefined): Place | undefined => {
  if (cursor === undefined) return undefined;
  const [at, id] = parse(cursor);
  if (typeof at !== 'number' || typeof id !== 'string') throw new InvalidCursor('The cursor is damaged');
  return { at, id };
};

const parse = (cursor: string): readonly unknown[] => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch (error) {
    throw new InvalidCursor('The cursor is damaged', { cause: error });
  }
};
