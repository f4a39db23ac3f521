import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { proto } from '@whiskeysockets/baileys';
import { jidOf, type Person } from '../addresses.js';
import type { WhatsAppConnections } from '../port.js';
import type { Sealed } from '../reports.js';
import { messageIdOf } from './content/bounded.js';
import { unwrapped } from './content/unwrap.js';
import { contentOfEdit } from './from-whatsapp.js';
import type { BaileysOptions } from './options.js';
import { receivedSecrets } from './received-secrets.js';
import { sentSecrets } from './sent-secrets.js';

type Keys = Pick<BaileysOptions, 'key'>;
/** The message that is changed. */
type Target = { readonly whatsappId: string; readonly sealedSecret: string | null };

/** Opens edits that were sealed under the secret of the message that they change, which Baileys does not. */
export const editOpener =
  ({ key }: Keys): WhatsAppConnections['openEdit'] =>
  async (sessionId, { edit, sender, ...target }) => {
    const secret = secretOf(key, sessionId, target);
    for (const editor of addressesOf(sender)) {
      const names = { author: editor, changer: editor };
      const bytes = unsealed(edit, keyFor('Message Edit', secret, target.whatsappId, names));
      const message = bytes && decoded(proto.Message, bytes);
      const change = message && unwrapped(message).protocolMessage;
      if (change?.key?.id && messageIdOf(change.key.id) === target.whatsappId) {
        return contentOfEdit(change, receivedSecrets(key, sessionId));
      }
    }
    return undefined;
  };

/** Opens votes, which are sealed under the secret of their poll. */
export const voteOpener =
  ({ key }: Keys): WhatsAppConnections['openVote'] =>
  async (sessionId, { vote, author, voter, options, ...target }) => {
    const secret = secretOf(key, sessionId, target);
    for (const changer of addressesOf(voter)) {
      for (const one of addressesOf(author)) {
        const sealingKey = keyFor('Poll Vote', secret, target.whatsappId, { author: one, changer });
        const bytes = unsealed(vote, sealingKey, `${target.whatsappId}\0${changer}`);
        const opened = bytes && decoded(proto.Message.PollVoteMessage, bytes);
        if (opened) return chosen(opened, options);
      }
    }
    return undefined;
  };

/** A vote names options by their hashes. */
const chosen = ({ selectedOptions }: proto.Message.PollVoteMessage, options: readonly string[]): readonly string[] => {
  const hashes = new Set(selectedOptions.map((hash) => Buffer.from(hash).toString('hex')));
  return options.filter((option) => hashes.has(createHash('sha256').update(option).digest('hex')));
};

const secretOf = (master: Keys['key'], sessionId: string, { whatsappId, sealedSecret }: Target): Buffer =>
  sealedSecret === null
    ? sentSecrets(master, sessionId)(whatsappId)
    : receivedSecrets(master, sessionId).open('message', sealedSecret);

/** The seal contains the address of each person, and the change does not say which one. */
const addressesOf = ({ jid, phoneNumber, lid }: Person): ReadonlySet<string> =>
  new Set([jid, ...(phoneNumber === null ? [] : [jidOf(phoneNumber)]), ...(lid === null ? [] : [lid])]);

const tagBytes = 16;

/** The key depends on the message, its author, who changes it and what for. */
const keyFor = (
  use: 'Message Edit' | 'Poll Vote',
  secret: Buffer,
  whatsappId: string,
  { author, changer }: { readonly author: string; readonly changer: string },
): Buffer => Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(32), `${whatsappId}${author}${changer}${use}`, 32));

/** Undefined where it was sealed with another address, or by somebody who does not know the secret. */
const unsealed = ({ payload, iv }: Sealed, key: Buffer, alsoSealed = ''): Buffer | undefined => {
  const bytes = Buffer.from(payload, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'))
      .setAAD(Buffer.from(alsoSealed))
      .setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
};

const decoded = <Message>(
  type: { readonly decode: (bytes: Uint8Array) => Message },
  bytes: Uint8Array,
): Message | undefined => {
  try {
    return type.decode(bytes);
  } catch {
    return undefined; // whoever knows the secret can seal anything under it
  }
};
