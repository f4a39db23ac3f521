import type { AuthenticationCreds } from '@whiskeysockets/baileys';
import { bareJid, personOf } from '../addresses.js';
import type { Account } from '../reports.js';

/** Whose device this is; undefined before it is linked. */
export const accountOf = ({ me, platform }: AuthenticationCreds): Account | undefined => {
  if (!me) return undefined;
  return {
    phoneNumber: personOf(me.id).phoneNumber ?? bareJid(me.id),
    jid: me.id,
    lid: me.lid ?? null,
    // Before the name is known, pairing by code puts this in its place.
    pushName: me.name && me.name !== '~' ? me.name : null,
    platform: platform ?? null,
  };
};
