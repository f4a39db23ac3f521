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
  readonly ev: Pick<WASocket['ev'], 'emit' | 'on'>;
};

/** The account has this name since this moment, in milliseconds since 1970. */
export const changeOwnName = (connection: Connection, name: string, atMs: number): void => {
  const { me } = connection.authState.creds;
  const nameChange: NameChange = { name, atSeconds: atMs / 1000 };
  if (me) connection.ev.emit('creds.update', { me: { ...me, name }, additionalData: { nameChange } });
};

/**
 * Messages that the account's phone sent before it knew of the change carry the former name, which Baileys would take for a new one: they
 * go on without it. Where the name is changed while Baileys processes one, the change holds, and no other listener sees another name.
 */
export class FormerName {
  /** For each message that is being processed, the change that counted when it came. */
  private readonly during = new Set<{ readonly change: NameChange | undefined }>();

  /** To be made before others listen to the connection. */
  constructor(private readonly connection: Connection) {
    connection.ev.on('creds.update', ({ me }) => this.hold(me));
  }

  /** Passes a message on without a name that no longer counts. */
  without(passToBaileys: PassToBaileys): PassToBaileys {
    return async (stanza) => {
      const one = { change: changeIn(this.connection) };
      this.during.add(one);
      try {
        await passToBaileys(nameless(this.connection, stanza, one.change));
      } finally {
        this.during.delete(one);
      }
    };
  }

  private hold(me: AuthenticationCreds['me']): void {
    const change = changeIn(this.connection);
    if (!me || !change || me.name === change.name) return;
    const isChanging = [...this.during].some((one) => one.change !== change);
    if (isChanging) this.connection.authState.creds.me = { ...me, name: change.name };
  }
}

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
