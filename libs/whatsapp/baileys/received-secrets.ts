import { sealer, type MasterKey } from '#lib/vault';

/** What a secret is for. It opens only for the same. */
type SecretUse = 'media' | 'message';

/**
 * Encrypts the secrets that the messages to a session contain, for reports and whatever they are recorded in: the keys of files, and those
 * under which later changes of a message are encrypted.
 */
export type ReceivedSecrets = {
  readonly seal: (use: SecretUse, secret: Uint8Array) => string;
  /** @throws {VaultError} it was sealed for another session or use, or with another master key. */
  readonly open: (use: SecretUse, sealed: string) => Buffer;
};

/** The same for a session each time, so that what was sealed opens after a restart. */
export const receivedSecrets = (master: MasterKey, sessionId: string): ReceivedSecrets => {
  const { seal, open } = sealer(master, `whatsapp-received/${sessionId}`);
  return {
    seal: (use, secret) => seal(secret, use).toString('base64url'),
    open: (use, sealed) => open(Buffer.from(sealed, 'base64url'), use),
  };
};
