import { SERVICE } from '../network/address.js';
import { el, type BinaryNode } from '../transport/wire.js';
import type { Client, IqHandlers } from './client.js';

const count = (stanzas: readonly BinaryNode[], tag: string): string =>
  String(stanzas.filter((stanza) => stanza.tag === tag).length);

/** The client is ready: it gets what it missed, then everything as it happens. */
export function catchUp({ account, companion, network, send }: Client): void {
  const missed = companion.activate();
  if (missed.length > 0) {
    const [message, receipt, notification] = ['message', 'receipt', 'notification'].map((tag) => count(missed, tag));
    const preview = { count: String(missed.length), message, receipt, notification, appdata: '0' };
    send(el('ib', { from: SERVICE }, [el('offline_preview', preview)]));
  }
  for (const stanza of missed) send({ ...stanza, attrs: { ...stanza.attrs, offline: '0' } });
  send(el('ib', { from: SERVICE }, [el('offline', { count: String(missed.length) })]));
  if (companion.welcomed) return;
  companion.welcomed = true;
  account.phone.welcome(companion).catch((error: unknown) => {
    network.parts.log.error({ error, number: account.number }, 'a new client could not be welcomed');
  });
}

/** `passive/active` is how a client says that it is ready. */
export const backlogHandlers: IqHandlers = {
  passive: (iq, client) => {
    const ready = Array.isArray(iq.content) && iq.content[0]?.tag === 'active';
    if (ready) setImmediate(() => catchUp(client)); // after the answer
    return undefined;
  },
};
