import type { WASocket } from '@whiskeysockets/baileys';
import type { MessageKey } from '../reports.js';

/** Sends read receipts. Messages of this account are ignored. */
export const markRead = (socket: Pick<WASocket, 'readMessages'>, messages: readonly MessageKey[]): Promise<void> =>
  socket.readMessages(
    messages.map(({ whatsappId, chat, fromMe, participant }) => ({
      id: whatsappId,
      remoteJid: chat,
      fromMe,
      ...(participant !== null && { participant }),
    })),
  );
