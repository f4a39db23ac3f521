import { proto, type BinaryNode } from '@whiskeysockets/baileys';
import { isChannel } from '../addresses.js';
import type { OutgoingMessage } from '../port.js';

type Content = OutgoingMessage['content'];

/** WhatsApp's marks of what is done with the post that has the id of the stanza. */
const marks: { readonly [type in Content['type']]?: string } = { edit: '3', revocation: '8' };

/** The id of the stanza in which a message goes: a change of a post has the id of the post. */
export const stanzaIdOf = ({ whatsappId, to, content, replyTo }: OutgoingMessage): string =>
  isChannel(to) && content.type in marks && replyTo ? replyTo.whatsappId : whatsappId;

/**
 * A file must be encrypted, unless it is for a channel; and there it must not be, since nobody would have its key.
 * @throws {Error} it was uploaded for something else.
 */
export const assertUploadedFor = ({ to, content }: Pick<OutgoingMessage, 'to' | 'content'>): void => {
  if (!('upload' in content)) return;
  const isPublic = content.upload.encryptedSha256 === null;
  if (isPublic !== isChannel(to)) throw new Error('The file was not uploaded for this chat');
};

/**
 * What is posted in a channel, or done with a post: not encrypted. Baileys would neither say what kind of file it is, nor which upload, nor change
 * a post. `built` is the message as it is built for any chat.
 */
export const postStanza = (message: OutgoingMessage, built: proto.IMessage): BinaryNode => {
  const { to, content } = message;
  const edit = marks[content.type];
  const isFile = 'upload' in content;
  const { handle } = isFile ? content.upload : {};
  const mediaType = mediaTypeOf(content);
  return {
    tag: 'message',
    attrs: {
      to,
      id: stanzaIdOf(message),
      type: isFile ? 'media' : 'text',
      ...(edit !== undefined && { edit }),
      ...(handle !== undefined && { media_id: handle }),
    },
    content: [
      {
        tag: 'plaintext',
        attrs: mediaType === undefined ? {} : { mediatype: mediaType },
        content: proto.Message.encode(saidIn(content, built)).finish(),
      },
    ],
  };
};

/** What the post says then. Nothing is encrypted under a secret of it. */
const saidIn = ({ type }: Content, { messageContextInfo: _secret, ...built }: proto.IMessage): proto.IMessage => {
  if (type === 'revocation') return {};
  return type === 'edit' ? (built.protocolMessage?.editedMessage ?? {}) : built;
};

const mediaTypeOf = (content: Content): string | undefined => {
  if (!('upload' in content)) return undefined;
  if (content.form === 'voice') return 'ptt';
  return content.form === 'gif' ? 'gif' : content.type;
};
