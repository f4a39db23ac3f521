import { maxItemsPerStanza, type StanzaHandler } from './client.js';

/** A client shows the account as online or not, or wants to know it of somebody else. */
export const handlePresence: StanzaHandler = ({ attrs: { type, to } }, { companion, network }) => {
  if (type === 'available' || type === 'unavailable') companion.isOnline = type === 'available';
  const other = type === 'subscribe' ? network.directory.byJid(to) : undefined;
  if (!other || companion.watched.size >= maxItemsPerStanza) return;
  companion.watched.add(other.number);
  other.phone.presence.showTo(companion);
};
