import type { AuthenticationCreds } from '@whiskeysockets/baileys';
import { bareJid, personOf } from '../addresses.js';
import type { Account } from '../reports.js';

/** The account that the credentials belong to; undefined before the session is linked. */
export const accountOf = ({ me, platform }: AuthenticationCreds): Account | undefined => {
  if (!me) return undefined;
  return {
    phoneNumber: personOf(me.id).phoneNumber ?? bareJid(me.id),
    jid: me.id,
    lid: me.lid ?? null,
    // After pairing by code, the name is `~` until it is known.
    pushName: me.name && me.name !== '~' ? me.name : null,
    platform: platform ?? null,
  };
};
