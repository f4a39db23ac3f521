/** To the message that it answers. Reactions of others are no messages: they are reported as changes. */
export type OutgoingReaction = {
  readonly type: 'reaction';
  /** Empty where an earlier one is taken back. */
  readonly emoji: string;
};
