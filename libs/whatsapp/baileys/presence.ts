import type { WASocket } from '@whiskeysockets/baileys';

/** Baileys' own function does nothing where the account has no name yet. */
export const setPresence = (
  { sendNode, authState }: Pick<WASocket, 'sendNode' | 'authState'>,
  presence: 'online' | 'offline',
): Promise<void> => {
  const name = authState.creds.me?.name?.replaceAll('@', '');
  const type = presence === 'online' ? 'available' : 'unavailable';
  return sendNode({ tag: 'presence', attrs: { type, ...(name !== undefined && { name }) } });
};
