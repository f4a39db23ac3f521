import type { Json } from '#lib/json';
import { InvalidCursor } from './errors.js';

/** A cursor of these parts: letters, digits, `-` and `_`. */
export const encodeCursorParts = (parts: readonly Json[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** @throws {InvalidCursor} */
export const decodeCursorParts = (cursor: string): readonly unknown[] => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch (error) {
    throw new InvalidCursor('The cursor is damaged', { cause: error });
  }
};
