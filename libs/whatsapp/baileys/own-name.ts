import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import { bareJid } from '../addresses.js';
import { accountOf } from './account.js';

/** For the phone to learn of a name that was set elsewhere. */
const learningSeconds = 10;

/** When the account's name was changed over a connection, in seconds since 1970. */
const changedAt = new WeakMap<object, number>();

type Connection = Pick<WASocket, 'authState'>;

/** The account has another name since this moment, in milliseconds since 1970. */
export const noteChangedName = (connection: Connection, atMs: number): void =>
  void changedAt.set(connection, atMs / 1000);

/**
 * Messages that the account's phone sent before it knew of the change carry the former name, which Baileys would take for a new one: they
 * go on without it.
 */
export const withoutFormerName = (connection: Connection, stanza: BinaryNode): BinaryNode => {
  const changed = changedAt.get(connection);
  if (changed === undefined || Number(stanza.attrs['t']) > changed + learningSeconds) return stanza;
  const account = accountOf(connection.authState.creds);
  const sender = bareJid(stanza.attrs['participant'] ?? stanza.attrs['from'] ?? '');
  const isOwn = [account?.jid, account?.lid].some((own) => own && sender === bareJid(own));
  if (!isOwn) return stanza;
  const { notify: _former, ...attrs } = stanza.attrs;
  return { ...stanza, attrs };
};
