import { isGroupJid, parseJid } from '../network/address.js';
import type { Activity } from '../phone/activities.js';
import { child, type BinaryNode } from '../transport/wire.js';
import type { StanzaHandler } from './client.js';

/** A client shows the people of a chat what it is doing there. */
export const handleChatState: StanzaHandler = (stanza, { account, network }) => {
  const { to = '' } = stanza.attrs;
  const group = isGroupJid(parseJid(to)) ? network.groups.get(to) : undefined;
  if (group && !group.has(account.number)) return; // nobody is shown it, and there is no answer to say so
  const numbers = group ? [...group.members.keys()] : [network.directory.byJid(to)?.number ?? ''];
  for (const number of numbers) {
    if (number === account.number) continue;
    const seen = { from: account.number, chat: group ? to : account.number, activity: activityIn(stanza) };
    network.directory.find(number)?.phone.activities.see(seen);
  }
};

const activityIn = (stanza: BinaryNode): Activity => {
  const composing = child(stanza, 'composing');
  if (!composing) return 'paused';
  return composing.attrs.media === 'audio' ? 'recording' : 'typing';
};
