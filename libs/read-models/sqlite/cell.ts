import type { Json } from '#lib/json';

/**
 * The value of a field as a column. SQLite sorts NULL < numbers < text < blobs, and values of different types are not equal. Booleans are
 * blobs, so that `true` is not 1; objects and arrays are all the same blob, so that they are not absent.
 */
export type Cell = string | number | Uint8Array | null;

const no = Uint8Array.of(0);
const yes = Uint8Array.of(1);
const composite = Uint8Array.of(2);

export const cellOf = (value: Json | undefined): Cell => {
  switch (typeof value) {
    case 'string':
    case 'number':
      return value;
    case 'boolean':
      return value ? yes : no;
    default:
      return value ? composite : null;
  }
};
