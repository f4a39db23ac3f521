import { createDecipheriv, hkdfSync } from 'node:crypto';
import { proto } from '@whiskeysockets/baileys';
import { jidOf, type Person } from '../addresses.js';
import type { WhatsAppConnections } from '../port.js';
import type { SealedEdit } from '../reports.js';
import { messageIdOf } from './content/bounded.js';
import { unwrapped } from './content/unwrap.js';
import { contentOfEdit } from './from-whatsapp.js';
import type { BaileysOptions } from './options.js';
import { receivedSecrets } from './received-secrets.js';
import { sentSecrets } from './sent-secrets.js';

type Sealed = Parameters<WhatsAppConnections['openEdit']>[1];

/** Opens edits that were sealed under the secret of the message that they change, which Baileys does not. */
export const editOpener =
  ({ key }: Pick<BaileysOptions, 'key'>): WhatsAppConnections['openEdit'] =>
  async (sessionId, sealed) => {
    const secrets = receivedSecrets(key, sessionId);
    const secret =
      sealed.sealedSecret === null
        ? sentSecrets(key, sessionId)(sealed.whatsappId)
        : secrets.open('message', sealed.sealedSecret);
    for (const author of addressesOf(sealed.sender)) {
      const message = opened(sealed, secret, author);
      const change = message && unwrapped(message).protocolMessage;
      if (change?.key?.id && messageIdOf(change.key.id) === sealed.whatsappId) return contentOfEdit(change, secrets);
    }
    return undefined;
  };

/** The seal contains the author's address, and the edit does not say which one. */
const addressesOf = ({ jid, phoneNumber, lid }: Person): ReadonlySet<string> =>
  new Set([jid, ...(phoneNumber === null ? [] : [jidOf(phoneNumber)]), ...(lid === null ? [] : [lid])]);

const tagBytes = 16;

/** The key depends on the message, its author, who changes it (the same person) and what for. */
const keyFor = (secret: Buffer, whatsappId: string, author: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(32), `${whatsappId}${author}${author}Message Edit`, 32));

const opened = ({ edit, whatsappId }: Sealed, secret: Buffer, author: string): proto.Message | undefined => {
  const { text, tag, iv } = partsOf(edit);
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, whatsappId, author), iv).setAuthTag(tag);
    return proto.Message.decode(Buffer.concat([decipher.update(text), decipher.final()]));
  } catch {
    return undefined; // sealed with another address, or by somebody who does not know the secret
  }
};

const partsOf = ({ payload, iv }: SealedEdit) => {
  const bytes = Buffer.from(payload, 'base64');
  return { text: bytes.subarray(0, -tagBytes), tag: bytes.subarray(-tagBytes), iv: Buffer.from(iv, 'base64') };
};
