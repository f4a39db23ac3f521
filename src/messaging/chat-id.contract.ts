import { idFromParts } from '#lib/ids';

/**
 * The id of the chat that belongs to an address: always the same for a session, the account (E.164) that it is linked to, and a jid. Reveals
 * none of them. A person with several addresses is in one of their chats; a group has this one.
 */
export const chatIdOf = (sessionId: string, account: string, chat: string): string =>
  idFromParts(['chat', sessionId, account, chat]);
