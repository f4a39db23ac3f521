/** Whom a message mentions: their phones notify them of it. */
export type Mentions = {
  /** Phone numbers (E.164) or LIDs. The body names each one as `@` and its digits. */
  readonly mentions?: readonly string[];
  /** Every member of the group to which it is sent, as the group is at that time. */
  readonly mentionAll?: boolean;
};
