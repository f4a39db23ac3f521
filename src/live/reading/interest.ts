import { matchesType } from '../../platform/public-events/type-patterns.js';
import type { PublicEvent } from '../../platform/public-events/public-event.js';
import type { ChatNames } from './chat-names.js';

/** Which events a reader asks for. */
export type Interest = {
  /** Null: those of all users. */
  readonly userId: string | null;
  readonly sessionId: string | null;
  /** Null: all chats, and what belongs to none. */
  readonly chat: ChatNames | null;
  /** Patterns. */
  readonly types: readonly string[];
};

export const isOfInterest = (
  { userId, sessionId, chat, types }: Interest,
  event: Pick<PublicEvent, 'type' | 'userId' | 'sessionId' | 'chatId' | 'chat'>,
): boolean =>
  (userId === null || userId === event.userId) &&
  (sessionId === null || sessionId === event.sessionId) &&
  (chat === null || chat.has(event)) &&
  matchesType(types, event.type);
