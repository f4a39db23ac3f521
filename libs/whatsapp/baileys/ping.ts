import type { WASocket } from '@whiskeysockets/baileys';

/** Asks the server for a sign of life. Its answer counts like any other frame; the watchdog notices when there is none. */
export const ping = (socket: Pick<WASocket, 'query'>): void => {
  const attrs = { to: '@s.whatsapp.net', type: 'get', xmlns: 'w:p' };
  socket.query({ tag: 'iq', attrs, content: [{ tag: 'ping', attrs: {} }] }).catch(() => undefined);
};
