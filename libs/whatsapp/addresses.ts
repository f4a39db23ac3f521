import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { LRUCache } from 'lru-cache';

/** A phone number in E.164: a plus sign and up to 15 digits. */
export type PhoneNumber = string;

/** Whom a message goes to. `jid` is WhatsApp's address: a person by phone number, a person by LID (which hides the number), or a group. */
export type Recipient =
  | { readonly kind: 'person'; readonly jid: string; readonly phoneNumber: PhoneNumber }
  | { readonly kind: 'lid'; readonly jid: string }
  | { readonly kind: 'group'; readonly jid: string };

/** Someone on WhatsApp, by each of the two addresses that is known. */
export type Person = {
  /** The one that came with the report; without a device. */
  readonly jid: string;
  readonly phoneNumber: PhoneNumber | null;
  /** `…@lid` */
  readonly lid: string | null;
};

const byNumber = 's.whatsapp.net';
const separators = /[\s\-./()\u00a0\u2010-\u2015]/g;
const address = /^(\d{5,20})(?:_\d+)?(?::\d+)?@(s\.whatsapp\.net|c\.us|lid)$/;
const group = /^(?:\d{5,20}|\d{5,15}-\d{9,12})@g\.us$/;

/**
 * An international phone number, with the plus sign or without, however it is spaced; undefined where no such number can exist. Only the
 * length is checked beyond the country code: whether somebody has the number, WhatsApp knows.
 */
export const parsePhoneNumberText = (text: string): PhoneNumber | undefined => {
  const digits = text.trim().replaceAll(separators, '').replace(/^\+/, '');
  if (!/^[1-9]\d{6,14}$/.test(digits)) return undefined;
  const number = `+${digits}`;
  const known = possible.get(number) ?? isPossible(number);
  possible.set(number, known);
  return known ? number : undefined;
};

/** Most numbers are asked about again and again, and the tables of all countries are slow to search. */
const possible = new LRUCache<PhoneNumber, boolean>({ max: 10_000 });

const isPossible = (number: string): boolean => {
  const parsed = parsePhoneNumberFromString(number);
  return parsed?.isPossible() === true && parsed.number === number;
};

/** Understands a phone number, `…@s.whatsapp.net`, `…@lid` and `…@g.us`; undefined for anything else. */
export const parseRecipient = (text: string): Recipient | undefined => {
  const trimmed = text.trim();
  if (group.test(trimmed)) return { kind: 'group', jid: trimmed };
  const [, user, server] = address.exec(trimmed) ?? [];
  if (server === 'lid') return { kind: 'lid', jid: `${user}@lid` };
  if (server === undefined && trimmed.includes('@')) return undefined;
  const phoneNumber = parsePhoneNumberText(user ?? trimmed);
  return phoneNumber === undefined ? undefined : { kind: 'person', jid: jidOf(phoneNumber), phoneNumber };
};

export const jidOf = (phoneNumber: PhoneNumber): string => `${phoneNumber.slice(1)}@${byNumber}`;

export const isGroup = (jid: string): boolean => jid.endsWith('@g.us');

/** The same address without the device (`:3`) in it. */
export const bareJid = (jid: string): string => {
  const [, user, server] = address.exec(jid) ?? [];
  return user && server ? `${user}@${server === 'c.us' ? byNumber : server}` : jid;
};

/** A person, from one or both of the addresses; those that are neither a number's nor a LID are passed over. */
export const personOf = (jid: string, other?: string | null): Person => {
  const both = [jid, ...(other ? [other] : [])].map(bareJid);
  const number = both.find((each) => each.endsWith(`@${byNumber}`));
  return {
    jid: bareJid(jid),
    phoneNumber: number === undefined ? null : `+${number.slice(0, number.indexOf('@'))}`,
    lid: both.find((each) => each.endsWith('@lid')) ?? null,
  };
};
