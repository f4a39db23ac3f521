import type { WASocket } from '@whiskeysockets/baileys';
import type { MessageKey } from '../reports.js';

/** Sends read or played receipts. Messages of this account are ignored. */
export const markRead = (
  socket: Pick<WASocket, 'readMessages' | 'sendReceipts'>,
  messages: readonly MessageKey[],
  as: 'read' | 'played',
): Promise<void> => {
  const keys = messages.map(({ whatsappId, chat, fromMe, participant }) => ({
    id: whatsappId,
    remoteJid: chat,
    fromMe,
    ...(participant !== null && { participant }),
  }));
  // That a message was played is told although the account hides what was read, as phones do.
  return as === 'read' ? socket.readMessages(keys) : socket.sendReceipts(keys, 'played');
};
