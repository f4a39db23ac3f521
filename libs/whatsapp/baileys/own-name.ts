import type { AuthenticationCreds, BinaryNode, WASocket } from '@whiskeysockets/baileys';
import { bareJid } from '../addresses.js';
import { accountOf } from './account.js';
import type { PassToBaileys } from './socket-events.js';

/** For the phone to learn of a name that was set elsewhere. */
const learningSeconds = 10;

/** That the account's name was changed from here. It is kept with the name: messages from before may come with a later connection. */
type NameChange = { readonly name: string; readonly atSeconds: number };

type Connection = {
  readonly authState: { readonly creds: AuthenticationCreds };
  readonly ev: Pick<WASocket['ev'], 'emit'>;
};

/** The account has this name since this moment, in milliseconds since 1970. */
export const changeOwnName = (connection: Connection, name: string, atMs: number): void => {
  const { me } = connection.authState.creds;
  const nameChange: NameChange = { name, atSeconds: atMs / 1000 };
  if (me) connection.ev.emit('creds.update', { me: { ...me, name }, additionalData: { nameChange } });
};

/**
 * Messages that the account's phone sent before it knew of the change carry the former name, which Baileys would take for a new one: they
 * go on without it. Where the name is changed while Baileys processes one, the change holds.
 */
export const withoutFormerName =
  (connection: Connection, passToBaileys: PassToBaileys): PassToBaileys =>
  async (stanza) => {
    const before = changeIn(connection);
    await passToBaileys(nameless(connection, stanza, before));
    const change = changeIn(connection);
    const { me } = connection.authState.creds;
    if (me && change && change !== before && me.name !== change.name)
      connection.ev.emit('creds.update', { me: { ...me, name: change.name } });
  };

const changeIn = ({ authState }: Connection): NameChange | undefined =>
  (authState.creds.additionalData as { readonly nameChange?: NameChange } | undefined)?.nameChange;

const nameless = (connection: Connection, stanza: BinaryNode, change: NameChange | undefined): BinaryNode => {
  if (change === undefined || Number(stanza.attrs['t']) > change.atSeconds + learningSeconds) return stanza;
  const account = accountOf(connection.authState.creds);
  const sender = bareJid(stanza.attrs['participant'] ?? stanza.attrs['from'] ?? '');
  const isOwn = [account?.jid, account?.lid].some((own) => own && sender === bareJid(own));
  if (!isOwn) return stanza;
  const { notify: _former, ...attrs } = stanza.attrs;
  return { ...stanza, attrs };
};
