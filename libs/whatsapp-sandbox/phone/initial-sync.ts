import { deflateSync } from 'node:zlib';
import type { SandboxAccount } from '../network/account.js';
import { lidJid, pnJid, statusJid } from '../network/address.js';
import { unixSeconds } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { personJid } from '../network/stanza.js';
import { proto } from '../transport/wire.js';
import type { Inbox, PhoneMessage } from './inbox.js';

const { Type } = proto.Message.ProtocolMessage;
const { HistorySyncType } = proto.HistorySync;
/** Messages per chat in the history for a new client. */
const maxMessagesPerChat = 20;

/** The messages that a phone sends to a newly linked client: the app state key and the history. */
export function initialSyncMessages(
  account: SandboxAccount,
  inbox: Inbox,
  network: Network,
): readonly proto.IMessage[] {
  return [
    keyShare(account),
    history({
      syncType: HistorySyncType.INITIAL_BOOTSTRAP,
      progress: 100,
      conversations: conversations(inbox, network),
    }),
    history({ syncType: HistorySyncType.PUSH_NAME, progress: 100, pushnames: pushNames(inbox, network) }),
    history({ syncType: HistorySyncType.RECENT, progress: 100, conversations: [] }),
  ];
}

function keyShare({ appStateKey }: SandboxAccount): proto.IMessage {
  const keyData = {
    keyData: appStateKey.data,
    fingerprint: { rawId: 1, currentIndex: 0, deviceIndexes: [0] },
    timestamp: unixSeconds(),
  };
  const keys = [{ keyId: { keyId: appStateKey.id }, keyData }];
  return { protocolMessage: { type: Type.APP_STATE_SYNC_KEY_SHARE, appStateSyncKeyShare: { keys } } };
}

/** The message with a part of the history. */
export function history(sync: proto.IHistorySync & { syncType: proto.HistorySync.HistorySyncType }): proto.IMessage {
  const payload = deflateSync(proto.HistorySync.encode(sync).finish());
  const historySyncNotification = {
    syncType: sync.syncType as number,
    chunkOrder: 1,
    progress: sync.progress ?? 100,
    initialHistBootstrapInlinePayload: payload,
  };
  return { protocolMessage: { type: Type.HISTORY_SYNC_NOTIFICATION, historySyncNotification } };
}

/** What those call themselves who have written to the phone. */
function pushNames(inbox: Inbox, { directory }: Network): proto.IPushname[] {
  const received = inbox.list().filter(({ direction }) => direction === 'incoming');
  const numbers = [...new Set(received.map(({ from }) => from))];
  return numbers.map((number) => ({ id: pnJid(number), pushname: directory.nameOf(number) ?? number }));
}

function conversations(inbox: Inbox, { directory, groups }: Network): proto.IConversation[] {
  const chats = new Map<string, PhoneMessage[]>();
  for (const message of inbox.list()) {
    if (message.chat === statusJid) continue; // what is posted for a day is no conversation
    const messages = chats.get(message.chat);
    if (messages) messages.push(message);
    else chats.set(message.chat, [message]);
  }
  return [...chats].map(([chat, messages]) =>
    conversation(chat, messages.slice(-maxMessagesPerChat), inbox, { directory, groups }),
  );
}

/** A chat (a number, or the jid of a group) with some of its messages. */
export function conversation(
  chat: string,
  messages: readonly PhoneMessage[],
  inbox: Inbox,
  { directory, groups }: Pick<Network, 'directory' | 'groups'>,
): proto.IConversation {
  const group = chat.includes('@');
  const id = group ? chat : pnJid(chat);
  const lid = group ? undefined : directory.publicLidOf(chat);
  return {
    id,
    name: (group ? groups.get(chat)?.subject : directory.nameOf(chat)) ?? chat,
    ...(!group && { pnJid: id, ...(lid !== undefined && { lidJid: lidJid(lid) }) }),
    messages: messages.map((view) => ({
      msgOrderId: view.sequence,
      message: {
        key: {
          remoteJid: id,
          fromMe: view.direction === 'outgoing',
          id: view.id,
          ...(group && { participant: personJid({ number: view.from, device: 0 }, view.addressing, directory) }),
        },
        message: inbox.find(view.id)?.message ?? {},
        messageTimestamp: Math.floor(new Date(view.sentAt).getTime() / 1000),
      },
    })),
  };
}
