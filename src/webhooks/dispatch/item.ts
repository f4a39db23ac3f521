import type { DeliveryView } from '../delivery.contract.js';

/** A delivery as the dispatcher needs it. */
export type Item = Pick<
  DeliveryView,
  | 'id'
  | 'webhookId'
  | 'userId'
  | 'eventId'
  | 'stream'
  | 'revision'
  | 'sessionId'
  | 'chatId'
  | 'attempts'
  | 'attemptsBefore'
>;

/** What keeps its order: a chat, or what belongs to none of its session. */
export const chatOf = ({ chatId, sessionId }: Pick<Item, 'chatId' | 'sessionId'>): string => chatId ?? sessionId ?? '';
