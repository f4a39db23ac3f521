import type { Command } from '#lib/event-sourcing';

/** Once is enough. */
export type RecordUserMessagesErased = Command<
  'RecordUserMessagesErased',
  { readonly userId: string; readonly at: string }
>;
