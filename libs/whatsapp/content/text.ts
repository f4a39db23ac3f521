export type OutgoingText = {
  readonly type: 'text';
  readonly body: string;
  /** Phone numbers (E.164) or LIDs of the people who are mentioned. The body names each one as `@` and its digits. */
  readonly mentions?: readonly string[];
};

export type ReceivedText = {
  readonly type: 'text';
  readonly body: string;
  /** Where it answers buttons or a list: what was chosen. `id` is what the sender of those has called it; null where they did not. */
  readonly selection?: { readonly id: string | null; readonly text: string };
};
