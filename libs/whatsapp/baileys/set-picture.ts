import type { WASocket } from '@whiskeysockets/baileys';

/** Of the account, or of a group (`target`). Baileys' own function scales the picture, with a library that may be missing. */
export const setPicture = async (
  socket: Pick<WASocket, 'query'>,
  jpeg: Uint8Array | null,
  target?: string,
): Promise<void> => {
  const picture = jpeg && { tag: 'picture', attrs: { type: 'image' }, content: jpeg };
  const to = { to: '@s.whatsapp.net', ...(target !== undefined && { target }) };
  await socket.query({
    tag: 'iq',
    attrs: { ...to, type: 'set', xmlns: 'w:profile:picture' },
    ...(picture && { content: [picture] }),
  });
};
