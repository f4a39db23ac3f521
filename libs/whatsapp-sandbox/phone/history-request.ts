import type { Network } from '../network/network.js';
import { proto } from '../transport/wire.js';
import type { Inbox } from './inbox.js';
import { conversation, history } from './initial-sync.js';

const maxMessages = 50;

/** The answer to a client that requests messages from before one that it has; undefined if the phone does not know that one. */
export function historyAnswer(
  { historySyncOnDemandRequest: asked }: proto.Message.IPeerDataOperationRequestMessage,
  inbox: Inbox,
  network: Network,
): proto.IMessage | undefined {
  const known = inbox.find(asked?.oldestMsgId ?? '')?.view;
  if (!asked || !known) return undefined;
  const count = Math.min(asked.onDemandMsgCount ?? maxMessages, maxMessages);
  const older = inbox.list().filter(({ chat, sequence }) => chat === known.chat && sequence < known.sequence);
  const newestFirst = older.slice(-count).toReversed();
  return history({
    syncType: proto.HistorySync.HistorySyncType.ON_DEMAND,
    progress: 100,
    conversations: [conversation(known.chat, newestFirst, inbox, network)],
  });
}
