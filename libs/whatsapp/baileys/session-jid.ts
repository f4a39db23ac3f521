import { isHostedLidUser, isLidUser, type SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys';

/**
 * The jid under which the Signal session of a device is stored: the LID, where it is known. libsignal lets the changes of one session wait for
 * each other by the jid it is given, so number and LID of one device would change the session at the same time, and one change would be lost.
 */
export const sessionJid = async (
  jid: string,
  { lidMapping }: Pick<SignalRepositoryWithLIDStore, 'lidMapping'>,
): Promise<string> => {
  const isLid = isLidUser(jid) === true || isHostedLidUser(jid) === true;
  return isLid ? jid : ((await lidMapping.getLIDForPN(jid)) ?? jid);
};
