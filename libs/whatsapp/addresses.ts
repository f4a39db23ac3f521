import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { LRUCache } from 'lru-cache';

/** A phone number in E.164: a plus sign and up to 15 digits. */
export type PhoneNumber = string;

/** The recipient of a message. `jid` is WhatsApp's address: of a person by phone number or by LID (which hides the number), or of a group. */
export type Recipient =
  | { readonly kind: 'person'; readonly jid: string; readonly phoneNumber: PhoneNumber }
  | { readonly kind: 'lid'; readonly jid: string }
  | { readonly kind: 'group'; readonly jid: string };

/** A person on WhatsApp, with whichever of the two addresses are known. */
export type Person = {
  /** The address that WhatsApp used, without the device. */
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
 * Parses an international phone number, with or without the plus sign and with any spacing; undefined where no such number can exist.
 * Beyond the country code only the length is checked.
 */
export const parsePhoneNumberText = (text: string): PhoneNumber | undefined => {
  const digits = text.trim().replaceAll(separators, '').replace(/^\+/, '');
  if (!/^[1-9]\d{6,14}$/.test(digits)) return undefined;
  const number = `+${digits}`;
  const known = possible.get(number) ?? isPossible(number);
  possible.set(number, known);
  return known ? number : undefined;
};

/** The same numbers are parsed again and again, and searching the tables of all countries is slow. */
const possible = new LRUCache<PhoneNumber, boolean>({ max: 10_000 });

const isPossible = (number: string): boolean => {
  const parsed = parsePhoneNumberFromString(number);
  return parsed?.isPossible() === true && parsed.number === number;
};

/** Parses a phone number, `…@s.whatsapp.net`, `…@lid` or `…@g.us`; undefined for anything else. */
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

/** The person with one or two addresses. Addresses that belong to neither a phone number nor a LID are ignored. */
export const personOf = (jid: string, other?: string | null): Person => {
  const both = [jid, ...(other ? [other] : [])].map(bareJid);
  const number = both.find((each) => each.endsWith(`@${byNumber}`));
  return {
    jid: bareJid(jid),
    phoneNumber: number === undefined ? null : `+${number.slice(0, number.indexOf('@'))}`,
    lid: both.find((each) => each.endsWith('@lid')) ?? null,
  };
};
