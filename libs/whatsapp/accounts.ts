import type { Person } from './addresses.js';
import type { MessageKey } from './reports.js';

/** What an account shows of itself. */
export type Profile = {
  readonly name: string | null;
  readonly about: string | null;
  /** On WhatsApp's servers, for some days. */
  readonly pictureUrl: string | null;
};

/** What is done with a chat as a whole, on all devices of an account. */
export type ChatMark = { readonly archived: boolean } | { readonly read: boolean };

/**
 * The accounts that sessions are linked to. All of it asks WhatsApp. @throws {NotConnected} @throws {QueryFailed} with WhatsApp's code: 406
 * where it does not accept a value
 */
export type WhatsAppAccounts = {
  profile(sessionId: string): Promise<Profile>;
  setName(sessionId: string, name: string): Promise<void>;
  setAbout(sessionId: string, about: string): Promise<void>;
  /** `jpeg` must be square; null removes the picture. */
  setPicture(sessionId: string, jpeg: Uint8Array | null): Promise<void>;
  /** Those whose messages do not reach the account. */
  blocked(sessionId: string): Promise<readonly Person[]>;
  /** Blocks or unblocks the person with this jid. Fails with 404 where WhatsApp has not named both of their addresses. */
  setBlocked(sessionId: string, jid: string, isBlocked: boolean): Promise<void>;
  /**
   * Archives a chat, or marks it as read or unread, for the phone and its other devices. `last` is its last message: devices see from it what
   * they do not have yet. Done twice, it changes nothing.
   */
  markChat(sessionId: string, mark: ChatMark, last: ChatMessage): Promise<void>;
  /** The picture (JPEG) of the person or group with this jid; null where there is none, or it is not shown to this account. */
  picture(sessionId: string, jid: string): Promise<Uint8Array | null>;
  /**
   * Has reported what the person, or the people of the group, with this jid are doing, until the connection ends. WhatsApp tells it only while
   * the account is shown as online, and of people who show it.
   */
  watchPresence(sessionId: string, jid: string): Promise<void>;
  /**
   * Asks the phone for up to `count` messages of a chat from before one that is known. They are reported as messages, once the phone answers:
   * it may be offline, or have none.
   */
  askHistory(sessionId: string, known: ChatMessage, count: number): Promise<void>;
};

/** A message as the devices of the account know it. */
export type ChatMessage = MessageKey & { /** ISO 8601. */ readonly sentAt: string };

export const accountMethods = [
  'profile',
  'setName',
  'setAbout',
  'setPicture',
  'blocked',
  'setBlocked',
  'markChat',
  'picture',
  'watchPresence',
  'askHistory',
] as const satisfies readonly (keyof WhatsAppAccounts)[];
