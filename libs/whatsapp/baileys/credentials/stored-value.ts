/** A value as a store keeps it. An arrival is one of the type `arrival`, with its number as id. */
export type StoredValue = {
  readonly session: string;
  readonly type: string;
  readonly id: string;
  readonly value: Uint8Array;
};

export const arrivalType = 'arrival';

/** Of the value by which the key is recognized. */
export const checkType = 'key-check';
