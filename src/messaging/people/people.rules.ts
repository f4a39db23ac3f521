import { jidOf } from '#lib/whatsapp';
import type { NamedPerson } from '../address.contract.js';

/** An address (a jid) and the person it belongs to. */
export type KnownAddress = { readonly address: string; readonly phoneNumber: string; readonly lid: string | null };

/**
 * What is to be recorded of a person whom WhatsApp named: the LID and the other spelling belong to the number. Without either, that there
 * is such a number.
 */
export const addressesOf = ({ phoneNumber, lid, spelling }: NamedPerson): readonly KnownAddress[] => {
  if (phoneNumber === null) return [];
  const others = [...(lid === null ? [] : [lid]), ...(spelling && spelling !== phoneNumber ? [jidOf(spelling)] : [])];
  const addresses = others.length > 0 ? others : [jidOf(phoneNumber)];
  return addresses.map((address) => ({ address, phoneNumber, lid }));
};
