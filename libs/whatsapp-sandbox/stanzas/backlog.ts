import { serviceJid } from '../network/address.js';
import { el, type BinaryNode } from '../transport/wire.js';
import type { Client, IqHandlers } from './client.js';

const count = (stanzas: readonly BinaryNode[], tag: string): string =>
  String(stanzas.filter((stanza) => stanza.tag === tag).length);

/** Delivers queued stanzas, then switches to direct delivery. */
function catchUp({ account, companion, network, send }: Client): void {
  const queued = companion.activate();
  if (queued.length > 0) {
    const [message, receipt, notification] = ['message', 'receipt', 'notification'].map((tag) => count(queued, tag));
    const preview = { count: String(queued.length), message, receipt, notification, appdata: '0' };
    send(el('ib', { from: serviceJid }, [el('offline_preview', preview)]));
  }
  for (const stanza of queued) send({ ...stanza, attrs: { ...stanza.attrs, offline: '0' } });
  send(el('ib', { from: serviceJid }, [el('offline', { count: String(queued.length) })]));
  if (companion.initialSyncSent) return;
  companion.initialSyncSent = true;
  account.phone.sendInitialSync(companion).catch((error: unknown) => {
    network.parts.log.error({ err: error, number: account.number }, 'failed to send the initial sync to a new client');
  });
}

/** `passive/active` tells that the client is ready to receive. */
export const backlogHandlers: IqHandlers = {
  passive: (iq, client) => {
    const ready = Array.isArray(iq.content) && iq.content[0]?.tag === 'active';
    if (ready) setImmediate(() => catchUp(client)); // after the result was sent
    return undefined;
  },
};
