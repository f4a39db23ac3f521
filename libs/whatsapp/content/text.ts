export type OutgoingText = {
  readonly type: 'text';
  readonly body: string;
  /** Phone numbers (E.164) or LIDs of the people who are mentioned. The body names each one as `@` and its digits. */
  readonly mentions?: readonly string[];
};

export type ReceivedText = { readonly type: 'text'; readonly body: string };
