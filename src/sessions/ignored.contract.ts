import { isChannel, isGroup, isStatus, jidOf, type Person } from '#lib/whatsapp';

/** Whether a session's `ignore` leaves out a chat: by its kind, or by one of the addresses of the person or group. */
export const isIgnored = (ignore: readonly string[], { jid, phoneNumber, lid }: Person): boolean =>
  ignore.some((entry) => {
    if (entry === 'groups') return isGroup(jid);
    if (entry === 'status') return isStatus(jid);
    if (entry === 'channels') return isChannel(jid);
    const address = entry.startsWith('+') ? jidOf(entry) : entry;
    return address === jid || address === lid || (phoneNumber !== null && address === jidOf(phoneNumber));
  });
