import { randomBytes } from 'node:crypto';
import { gcmEncrypt, hkdfSha256 } from '../../crypto/cipher.js';
import { SandboxError } from '../../errors.js';
import { proto } from '../../transport/wire.js';
import type { MessageReference } from './build.js';

const { SecretEncType } = proto.Message.SecretEncryptedMessage;
const useCase = 'Message Edit';

/** Encrypts an edit with a key that is derived from the secret of the edited message. `editor` is the jid of the author. */
export function sealEdit(edit: proto.IMessage, { key, message }: MessageReference, editor: string): proto.IMessage {
  const secret = message.messageContextInfo?.messageSecret;
  if (!secret?.length) throw new SandboxError('invalid_argument', `message ${key.id ?? ''} has no secret`);
  const info = `${key.id ?? ''}${editor}${editor}${useCase}`;
  const iv = randomBytes(12);
  const encPayload = gcmEncrypt(
    hkdfSha256(secret, 32, Buffer.alloc(32), info),
    iv,
    proto.Message.encode(edit).finish(),
  );
  return {
    secretEncryptedMessage: { targetMessageKey: key, encPayload, encIv: iv, secretEncType: SecretEncType.MESSAGE_EDIT },
    messageContextInfo: { messageSecret: randomBytes(32) },
  };
}
