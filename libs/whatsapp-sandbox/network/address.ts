/** A device of an account: 0 is the phone, the others are linked. Numbers are digits only. */
export type DeviceAddress = { readonly number: string; readonly device: number };

/** Which of its two names an account is addressed by: phone number or LID. */
export type Addressing = 'pn' | 'lid';

/** Where a message belongs: a person (by phone number) or a group (by jid). */
export type Chat =
  { readonly kind: 'user'; readonly number: string } | { readonly kind: 'group'; readonly jid: string };

export type Jid = { readonly user: string; readonly server: string; readonly device: number };

/** The sender of everything that the service itself says. */
export const SERVICE = '@s.whatsapp.net';
const PN_SERVER = 's.whatsapp.net';
const LID_SERVER = 'lid';
const GROUP_SERVER = 'g.us';

/** Undefined for text without an `@`. */
export function parseJid(text: string | undefined): Jid | undefined {
  const at = text?.indexOf('@') ?? -1;
  if (text === undefined || at < 0) return undefined;
  const server = text.slice(at + 1);
  const colon = text.indexOf(':');
  if (colon < 0 || colon > at) return { user: text.slice(0, at), server, device: 0 };
  const [device = ''] = text.slice(colon + 1, at).split(':');
  return { user: text.slice(0, colon), server, device: Number(device) };
}

const withDevice = (user: string, device: number): string => (device === 0 ? user : `${user}:${device}`);
export const pnJid = (number: string, device = 0): string => `${withDevice(number, device)}@${PN_SERVER}`;
export const lidJid = (lid: string, device = 0): string => `${withDevice(lid, device)}@${LID_SERVER}`;

export const isLid = (jid: Jid | undefined): boolean => jid?.server === LID_SERVER;
export const isGroup = (jid: Jid | undefined): boolean => jid?.server === GROUP_SERVER;
export const isPerson = (jid: Jid | undefined): boolean => jid?.server === PN_SERVER || isLid(jid);

/** The digits of a phone number in any common notation, or undefined when it cannot be one. */
export function digitsOf(number: string): string | undefined {
  const digits = number.replace(/[\s\-+().]/g, '');
  return /^\d{5,15}$/.test(digits) ? digits : undefined;
}
