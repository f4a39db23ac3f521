import { pnJid } from '../network/address.js';
import type { Network } from '../network/network.js';
import { personJid } from '../network/stanza.js';
import { proto } from '../transport/wire.js';
import type { Inbox } from './inbox.js';

const { Type } = proto.Message.ProtocolMessage;
const { PLACEHOLDER_MESSAGE_RESEND } = proto.Message.PeerDataOperationRequestType;

/** The answer to a client that requests messages of which it got a placeholder; undefined if the phone has none of them. */
export function placeholderAnswer(
  request: proto.Message.IPeerDataOperationRequestMessage,
  inbox: Inbox,
  network: Network,
): proto.IMessage | undefined {
  const results = (request.placeholderMessageResendRequest ?? []).flatMap(({ messageKey }) => {
    const found = inbox.find(messageKey?.id ?? '');
    if (!found) return [];
    const { view, message } = found;
    const group = view.chat.includes('@');
    const participant = personJid({ number: view.from, device: 0 }, view.addressing, network.directory);
    const webMessageInfoBytes = proto.WebMessageInfo.encode({
      key: {
        remoteJid: group ? view.chat : pnJid(view.chat),
        fromMe: view.direction === 'outgoing',
        id: view.id,
        ...(group && { participant }),
      },
      message,
      messageTimestamp: Math.floor(Date.parse(view.sentAt) / 1000),
      pushName: network.directory.nameOf(view.from) ?? null,
    }).finish();
    return [{ placeholderMessageResendResponse: { webMessageInfoBytes } }];
  });
  if (results.length === 0) return undefined;
  return {
    protocolMessage: {
      type: Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
      peerDataOperationRequestResponseMessage: {
        peerDataOperationRequestType: PLACEHOLDER_MESSAGE_RESEND,
        peerDataOperationResult: results,
      },
    },
  };
}
