import type { SandboxAccount } from '../network/account.js';
import { lidJid } from '../network/address.js';
import type { Companion, Link } from '../network/companion.js';
import { unixSeconds } from '../network/mail.js';
import type { Network } from '../network/network.js';
import type { ClientHello, Connection } from '../transport/connection.js';
import { el, type BinaryNode } from '../transport/wire.js';
import type { Client } from './client.js';
import { applyConnectionFaults } from './connection-faults.js';
import { handleCall } from './calls.js';
import { handleChatState } from './chat-state.js';
import { handleIq } from './iq.js';
import { handleMessage } from './messages.js';
import { handlePresence } from './presence.js';
import { handleAck, handleReceipt } from './receipts.js';
import type { ConnectionHandler } from './connection-handler.js';

/** The linked client that is logging in; undefined if it is unknown or its key does not match. */
export function identifyClient({ clientStatic, payload }: ClientHello, network: Network) {
  const account = network.directory.find(String(payload.username ?? ''));
  const companion = account?.companions.get(payload.device ?? 0);
  return account && companion?.identity.noiseKey.equals(clientStatic) ? { account, companion } : undefined;
}

/** A connected linked client. A later login as the same device replaces it. */
export class ClientSession implements ConnectionHandler, Client, Link {
  constructor(
    readonly account: SandboxAccount,
    readonly companion: Companion,
    readonly network: Network,
    readonly connection: Connection,
  ) {
    const previous = companion.attach(this);
    previous?.disconnect(el('stream:error', {}, [el('conflict', { type: 'replaced' })]));
    const lid = lidJid(account.lid, companion.address.device);
    this.send(el('success', { t: String(unixSeconds()), lid, props: '0', companion_enc_static: '' }));
    setImmediate(() => applyConnectionFaults(this));
  }

  send = (node: BinaryNode, encoded?: Buffer): void => this.connection.send(node, encoded);

  disconnect(reason: BinaryNode): void {
    this.connection.send(reason);
    this.connection.close();
  }

  onNode(stanza: BinaryNode): void {
    switch (stanza.tag) {
      case 'iq':
        return handleIq(stanza, this);
      case 'message':
        return handleMessage(stanza, this);
      case 'receipt':
        return handleReceipt(stanza, this);
      case 'ack':
        return handleAck(stanza, this);
      case 'call':
        return handleCall(stanza, this);
      case 'chatstate':
        return handleChatState(stanza, this);
      case 'presence':
        return handlePresence(stanza, this);
      default: // telemetry is ignored
        return undefined;
    }
  }

  onClose(): void {
    this.companion.detach(this);
  }
}
