import { createHash } from 'node:crypto';
import { idFromHash } from '#lib/ids';

/**
 * The id of the chat that belongs to an address: always the same for a session, the account (E.164) that it is linked to, and a jid. Reveals
 * none of them. A person with several addresses is in one of their chats; a group has this one.
 */
export const chatIdOf = (sessionId: string, account: string, chat: string): string =>
  uuidFrom(['chat', sessionId, account, chat]);

/** A UUID that is always the same for the same parts. */
export const uuidFrom = (seed: readonly (string | null)[]): string =>
  idFromHash(createHash('sha256').update(JSON.stringify(seed)).digest());
