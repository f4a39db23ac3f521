import { matchesType } from '../../platform/public-events/type-patterns.js';
import type { PublicEvent } from '../../platform/public-events/public-event.js';
import type { ChatNames } from './chat-names.js';

/** Whose events. */
export type Owner = {
  /** Null: those of all users. */
  readonly userId: string | null;
  /** Null: those of all sessions, and what belongs to none. */
  readonly sessionId: string | null;
};

/** Which events a reader asks for. */
export type Interest = Owner & {
  /** Null: all chats, and what belongs to none. */
  readonly chat: ChatNames | null;
  /** Patterns. */
  readonly types: readonly string[];
};

export const isOfOwner = (
  { userId, sessionId }: Owner,
  of: { readonly userId?: string | null; readonly sessionId?: string | null },
): boolean => (userId === null || userId === of.userId) && (sessionId === null || sessionId === of.sessionId);

export const isOfInterest = (
  { chat, types, ...owner }: Interest,
  event: Pick<PublicEvent, 'type' | 'userId' | 'sessionId' | 'chatId' | 'chat'>,
): boolean => isOfOwner(owner, event) && (chat === null || chat.has(event)) && matchesType(types, event.type);
