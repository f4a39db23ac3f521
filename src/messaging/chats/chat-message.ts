import type { ChatMessage } from '#lib/whatsapp';
import type { MessageView } from '../message-view.contract.js';

/** A message as the devices of the account know it. */
export const chatMessageOf = (message: MessageView): ChatMessage => {
  const { whatsappId, chat, via, participant = null, createdAt, sentAt = createdAt } = message;
  return { whatsappId, chat, fromMe: via !== 'whatsapp', participant, sentAt };
};
