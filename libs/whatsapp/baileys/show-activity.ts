import type { WASocket } from '@whiskeysockets/baileys';
import type { Activity } from '../port.js';
import { Addressing } from './addressing.js';

const stateOf = { typing: 'composing', recording: 'recording', paused: 'paused' } as const satisfies {
  readonly [activity in Activity]: string;
};

/** Shows the people of a chat what the account is doing there. */
export const showActivity = async (
  socket: Pick<WASocket, 'sendPresenceUpdate' | 'signalRepository' | 'authState'>,
  chat: string,
  activity: Activity,
): Promise<void> => socket.sendPresenceUpdate(stateOf[activity], await new Addressing(socket).of(chat));
