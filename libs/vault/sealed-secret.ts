/** A secret as a store keeps it: what is sealed opens in any store with the same key. The value that recognizes the key is one, too. */
export type SealedSecret = {
  readonly kind: string;
  readonly id: string;
  readonly sealed: Uint8Array;
  /** In milliseconds. */
  readonly expiresAt: number | null;
};
