import type { BinaryNode, MessageRelayOptions, proto, WAMessageKey, WASocket } from '@whiskeysockets/baileys';
import { isStatus, statusJid } from '../addresses.js';
import { ExpiringCache } from './expiring-cache.js';

type Socket = Pick<WASocket, 'ws' | 'assertSessions' | 'relayMessage'>;
type GetMessage = (key: WAMessageKey) => Promise<proto.IMessage | undefined>;

const maxRetries = 5;
const countLifetimeMs = 3_600_000;
const maxCounts = 10_000;

/**
 * Sends a status post again to a device that could not decrypt it: as a post for that device alone. Baileys ignores such requests, as
 * everything about the status; it would send the post to nobody, or as a message in the chat with that person.
 */
export const repeatStatusPosts = (socket: Socket, getMessage: GetMessage): void => {
  const counts = new ExpiringCache(countLifetimeMs, maxCounts);
  const answer = async ({ attrs: { id, from, participant, type } }: BinaryNode): Promise<void> => {
    if (type !== 'retry' || !from || !isStatus(from) || !id || !participant) return;
    const key = `${id} ${participant}`;
    const count = (counts.get<number>(key) ?? 0) + 1;
    if (count > maxRetries) return;
    counts.set(key, count);
    const message = await getMessage({ id, remoteJid: statusJid, fromMe: true });
    if (!message) return;
    await socket.assertSessions([participant], true);
    await socket.relayMessage(statusJid, message, { messageId: id, statusJidList: [participant], ...markOf(message) });
  };
  // Whoever passes receipts on waits for it, and logs where it fails.
  socket.ws.on('CB:receipt', (stanza: BinaryNode): unknown => answer(stanza));
};

const markOf = ({ protocolMessage }: proto.IMessage): Pick<MessageRelayOptions, 'additionalAttributes'> =>
  protocolMessage ? { additionalAttributes: { edit: '7' } } : {};
