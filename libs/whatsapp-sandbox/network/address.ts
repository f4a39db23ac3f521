/** A device of an account: 0 is the phone, the others are linked clients. Numbers are digits only. */
export type DeviceAddress = { readonly number: string; readonly device: number };

/** Whether an account is addressed by phone number or LID. */
export type Addressing = 'pn' | 'lid';

/** A conversation: with a person (by phone number) or a group (by jid), or what somebody posts as their status. */
export type Chat =
  | { readonly kind: 'user'; readonly number: string }
  | { readonly kind: 'group'; readonly jid: string }
  | { readonly kind: 'status' };

export type Jid = { readonly user: string; readonly server: string; readonly device: number };

/** Sender of stanzas from the service itself. */
export const serviceJid = '@s.whatsapp.net';
const pnServer = 's.whatsapp.net';
const lidServer = 'lid';
const groupServer = 'g.us';

/** Undefined if the text has no `@`. */
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
export const pnJid = (number: string, device = 0): string => `${withDevice(number, device)}@${pnServer}`;
export const lidJid = (lid: string, device = 0): string => `${withDevice(lid, device)}@${lidServer}`;

export const statusJid = 'status@broadcast';

/** The number of a person, or the jid of a group or of the status. */
export const chatId = (chat: Chat): string => {
  if (chat.kind === 'user') return chat.number;
  return chat.kind === 'group' ? chat.jid : statusJid;
};

/** The chat with that `chatId`. */
export const chatWith = (id: string): Chat => {
  if (id === statusJid) return { kind: 'status' };
  return id.includes('@') ? { kind: 'group', jid: id } : { kind: 'user', number: id };
};

export const isLidJid = (jid: Jid | undefined): boolean => jid?.server === lidServer;
export const isGroupJid = (jid: Jid | undefined): boolean => jid?.server === groupServer;
export const isPersonJid = (jid: Jid | undefined): boolean => jid?.server === pnServer || isLidJid(jid);

/** The digits of a phone number in any common notation; undefined if it is not one. */
export function digitsOf(number: string): string | undefined {
  const digits = number.replace(/[\s\-+().]/g, '');
  return /^\d{5,15}$/.test(digits) ? digits : undefined;
}
