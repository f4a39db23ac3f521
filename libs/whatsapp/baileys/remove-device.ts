import type { WASocket } from '@whiskeysockets/baileys';

/** Asks WhatsApp to unlink this device from its phone. */
export const removeDevice = (socket: Pick<WASocket, 'query'>, jid: string): Promise<unknown> => {
  const content = [{ tag: 'remove-companion-device', attrs: { jid, reason: 'user_initiated' } }];
  return socket.query({ tag: 'iq', attrs: { to: '@s.whatsapp.net', type: 'set', xmlns: 'md' }, content });
};
