import type { Person } from './addresses.js';

/** What an account shows of itself. */
export type Profile = {
  readonly name: string | null;
  readonly about: string | null;
  /** On WhatsApp's servers, for some days. */
  readonly pictureUrl: string | null;
};

/**
 * The accounts that sessions are linked to. All of it asks WhatsApp. @throws {NotConnected} @throws {QueryFailed} with WhatsApp's code: 406
 * where it does not accept a value
 */
export type WhatsAppAccounts = {
  profile(sessionId: string): Promise<Profile>;
  setName(sessionId: string, name: string): Promise<void>;
  setAbout(sessionId: string, about: string): Promise<void>;
  /** `jpeg` must be square. */
  setPicture(sessionId: string, jpeg: Uint8Array): Promise<void>;
  /** Those whose messages do not reach the account. */
  blocked(sessionId: string): Promise<readonly Person[]>;
  /** Blocks or unblocks the person with this jid. Fails with 404 where WhatsApp has not named both of their addresses. */
  setBlocked(sessionId: string, jid: string, isBlocked: boolean): Promise<void>;
};

export const accountMethods = [
  'profile',
  'setName',
  'setAbout',
  'setPicture',
  'blocked',
  'setBlocked',
] as const satisfies readonly (keyof WhatsAppAccounts)[];
