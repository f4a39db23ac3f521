import { matchesType } from '../../platform/public-events/type-patterns.js';
import type { PublicEvent } from '../../platform/public-events/public-event.js';

/** Which events a reader asks for. */
export type Interest = {
  /** Null: those of all users. */
  readonly userId: string | null;
  readonly sessionId: string | null;
  /** Ids and jids, any of which names the chat; null: all chats, and what belongs to none. */
  readonly chats: ReadonlySet<string> | null;
  /** Patterns. */
  readonly types: readonly string[];
};

export const isOfInterest = (
  { userId, sessionId, chats, types }: Interest,
  event: Pick<PublicEvent, 'type' | 'userId' | 'sessionId' | 'chatId' | 'chat'>,
): boolean =>
  (userId === null || userId === event.userId) &&
  (sessionId === null || sessionId === event.sessionId) &&
  (chats === null || chats.has(event.chatId ?? '') || chats.has(event.chat ?? '')) &&
  matchesType(types, event.type);
