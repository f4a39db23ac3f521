import type { BaileysEventMap, WASocket } from '@whiskeysockets/baileys';
import type { Presence } from '../reports.js';
import { timeFromSeconds } from './times.js';

/** Baileys' own function does nothing where the account has no name yet. */
export const setPresence = (
  { sendNode, authState }: Pick<WASocket, 'sendNode' | 'authState'>,
  presence: 'online' | 'offline',
): Promise<void> => {
  const name = authState.creds.me?.name?.replaceAll('@', '');
  const type = presence === 'online' ? 'available' : 'unavailable';
  return sendNode({ tag: 'presence', attrs: { type, ...(name !== undefined && { name }) } });
};

const stateOf: Readonly<Record<string, Presence['state']>> = {
  available: 'online',
  unavailable: 'offline',
  composing: 'typing',
  recording: 'recording',
};

/** What Baileys tells of others: by the jid of each, what they are doing. */
export const presencesIn = ({
  presences,
}: BaileysEventMap['presence.update']): readonly (readonly [jid: string, presence: Presence])[] =>
  Object.entries(presences).flatMap(([jid, { lastKnownPresence, lastSeen }]) => {
    const state = stateOf[lastKnownPresence];
    return state ? [[jid, { state, lastSeenAt: lastSeen ? timeFromSeconds(lastSeen) : null }] as const] : [];
  });
