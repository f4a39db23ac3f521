import type { Command } from '#lib/event-sourcing';

/** Tells the account's other devices what was done with chats here, where the session is connected. */
export type TellChatMarks = Command<'TellChatMarks', { readonly sessionId: string }>;
