import { child, el } from '../transport/wire.js';
import type { StanzaHandler } from './client.js';

/** A client rejects a call. Other steps are confirmed only: no call is ever answered here. */
export const handleCall: StanzaHandler = (stanza, { account, network, send }) => {
  const { id, to = '' } = stanza.attrs;
  const callId = child(stanza, 'reject')?.attrs['call-id'];
  if (callId !== undefined) network.directory.byJid(to)?.phone.calls.rejected(callId, account.number);
  send(el('ack', { class: 'call', id, from: to, ...(callId !== undefined && { type: 'reject' }) }));
};
