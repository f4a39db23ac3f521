import type { Json } from '#lib/json';

/**
 * What a field's value is in a column. SQLite sorts NULL < numbers < text < blobs and finds none equal to another kind; booleans are
 * blobs, so that `true` is not 1, and objects and arrays are one blob, so that they are not absent.
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
