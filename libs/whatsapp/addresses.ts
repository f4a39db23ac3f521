import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { LRUCache } from 'lru-cache';

/** A phone number in E.164: a plus sign and up to 15 digits. */
export type PhoneNumber = string;

/**
 * The recipient of a message. `jid` is WhatsApp's address: of a person by phone number or by LID (which hides the number), of a group, of a
 * channel, or of the account's own status, which people see for a day.
 */
export type Recipient =
  | { readonly kind: 'person'; readonly jid: string; readonly phoneNumber: PhoneNumber }
  | { readonly kind: 'lid'; readonly jid: string }
  | { readonly kind: 'group'; readonly jid: string }
  | { readonly kind: 'channel'; readonly jid: string }
  | { readonly kind: 'status'; readonly jid: string };

/** A person on WhatsApp, with whichever of the two addresses are known. */
export type Person = {
  /** The address that WhatsApp used, without the device. */
  readonly jid: string;
  readonly phoneNumber: PhoneNumber | null;
  /** `…@lid` */
  readonly lid: string | null;
};

const byNumber = 's.whatsapp.net';
export const statusJid = 'status@broadcast';
/** What people put between the digits, and the invisible marks that phones copy along. */
const separators = /[\s\-./()\u00a0\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const scheme = /^(?:tel|whatsapp):/i;
/** The `0` that is dialled within the country only: `+49 (0)170`. */
const trunkZero = /\(\s*0\s*\)/;
const address = /^(\d{5,20})(?:_\d+)?(?::\d+)?@(s\.whatsapp\.net|c\.us|lid)$/;
const group = /^(?:\d{5,20}|\d{5,15}-\d{9,12})@g\.us$/;
const channel = /^\d{5,25}@newsletter$/;
/** Out of use on the telephone, but accounts that were made then still have them on WhatsApp: Mexico, Benin, Ivory Coast. */
const formerFormats = /^\+(?:521\d{10}|229\d{8}|225\d{8})$/;

/**
 * What a typed text says: a phone number; or why it is none. Both where it has the form of one, but no such number should exist: WhatsApp
 * is the judge of that.
 */
export type ReadNumber = { readonly phoneNumber?: PhoneNumber; readonly problem?: string };

/**
 * Reads an international phone number as people write it: with or without the plus sign, with `00` or `tel:`, `+49 (0)170`, any spacing.
 * Beyond the country code only the length is checked.
 */
export const readPhoneNumber = (text: string): ReadNumber => {
  const known = read.get(text);
  if (known) return known;
  const fresh = readNumber(text);
  if (text.length <= 40) read.set(text, fresh);
  return fresh;
};

/** The same numbers are read again and again, and searching the tables of all countries is slow. */
const read = new LRUCache<string, ReadNumber>({ max: 10_000 });

const readNumber = (text: string): ReadNumber => {
  const [written = ''] = text.trim().replace(scheme, '').split(';');
  const isInternational = /^\D*(?:\+|00)/.test(written);
  const digits = (isInternational ? written.replace(trunkZero, '') : written)
    .replaceAll(separators, '')
    .replace(/^(?:\+|00)/, '');
  if (!/^\d+$/.test(digits)) return { problem: 'Must be a phone number with its country code: +49 170 1234567' };
  if (digits.startsWith('0')) {
    return { problem: 'Must begin with the country code: +49 170 1234567 instead of 0170 1234567' };
  }
  const number = `+${digits}`;
  const parsed = parsePhoneNumberFromString(number);
  if (parsed?.isPossible() && isSame(number, parsed)) return { phoneNumber: parsed.number };
  if (formerFormats.test(number)) return { phoneNumber: number };
  const problem = parsed
    ? `No such number is possible: is the country code (+${parsed.countryCallingCode}) right, and is it complete?`
    : 'No such number is possible: no country has this code, or there are too few or too many digits';
  return isE164.test(number) ? { phoneNumber: number, problem } : { problem };
};

const isE164 = /^\+[1-9]\d{6,14}$/;

/** Whether the number is what was written, but for a `0` behind the country code. */
const isSame = (written: string, { number, countryCallingCode, nationalNumber }: ParsedNumber): boolean =>
  written === number || written === `+${countryCallingCode}0${nationalNumber}`;

type ParsedNumber = NonNullable<ReturnType<typeof parsePhoneNumberFromString>>;

/** The number of a text, see `readPhoneNumber`; undefined where no such number should exist. */
export const parsePhoneNumberText = (text: string): PhoneNumber | undefined => {
  const { phoneNumber, problem } = readPhoneNumber(text);
  return problem === undefined ? phoneNumber : undefined;
};

/**
 * Parses an address of WhatsApp: `…@s.whatsapp.net`, `…@lid`, `…@g.us`, `…@newsletter`, whatever the number in it, or `status`; undefined for anything
 * else.
 */
export const parseAddress = (text: string): Recipient | undefined => {
  const trimmed = text.trim();
  if (trimmed === 'status' || trimmed === statusJid) return { kind: 'status', jid: statusJid };
  if (channel.test(trimmed)) return { kind: 'channel', jid: trimmed };
  if (group.test(trimmed)) return { kind: 'group', jid: trimmed };
  const [, user, server] = address.exec(trimmed) ?? [];
  if (user === undefined) return undefined;
  if (server === 'lid') return { kind: 'lid', jid: `${user}@lid` };
  return user.length > 15 ? undefined : personWith(`+${user}`);
};

/** Parses an address of WhatsApp, or a phone number as somebody typed it; undefined for anything else, and where no such number should exist. */
export const parseRecipient = (text: string): Recipient | undefined => {
  if (isAddress(text)) return parseAddress(text);
  const phoneNumber = parsePhoneNumberText(text);
  return phoneNumber === undefined ? undefined : personWith(phoneNumber);
};

/** The same of what WhatsApp may have named: a number is accepted although no such number should exist. */
export const parseNamedRecipient = (text: string): Recipient | undefined => {
  if (isAddress(text)) return parseAddress(text);
  const { phoneNumber } = readPhoneNumber(text);
  return phoneNumber === undefined ? undefined : personWith(phoneNumber);
};

/** Whether a text is meant as an address of WhatsApp, and not as a phone number. */
export const isAddress = (text: string): boolean => text.includes('@') || text.trim() === 'status';

const personWith = (phoneNumber: PhoneNumber): Recipient => ({ kind: 'person', jid: jidOf(phoneNumber), phoneNumber });

export const jidOf = (phoneNumber: PhoneNumber): string => `${phoneNumber.slice(1)}@${byNumber}`;

/** A list of people who each get a message of their own. WhatsApp's status is not one. */
export const isBroadcastList = (jid: string): boolean => jid.endsWith('@broadcast') && jid !== statusJid;

export const isGroup = (jid: string): boolean => jid.endsWith('@g.us');

export const isStatus = (jid: string): boolean => jid === statusJid;

export const isChannel = (jid: string): boolean => jid.endsWith('@newsletter');

/** Whether it is the chat with one person. */
export const isOfPerson = (jid: string): boolean => !isGroup(jid) && !isStatus(jid) && !isChannel(jid);

/** The same address without the device (`:3`) in it. */
export const bareJid = (jid: string): string => {
  const [, user, server] = address.exec(jid) ?? [];
  return user && server ? `${user}@${server === 'c.us' ? byNumber : server}` : jid;
};

/** An address as it is shown: the phone number in E.164 where it has one, else the jid. */
export const shownAddressOf = (jid: string): string =>
  jid.endsWith(`@${byNumber}`) ? `+${bareJid(jid).slice(0, -byNumber.length - 1)}` : jid;

/** A person as they are shown: the phone number where it is known, else the LID, else `jid`. */
export const shownPersonOf = ({ phoneNumber, lid }: Pick<Person, 'phoneNumber' | 'lid'>, jid: string): string =>
  phoneNumber ?? lid ?? jid;

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

/** The country of a phone number (ISO 3166), such as `DE`; undefined where it is not known. */
export const countryOf = (phoneNumber: PhoneNumber): string | undefined =>
  parsePhoneNumberFromString(phoneNumber)?.country;
