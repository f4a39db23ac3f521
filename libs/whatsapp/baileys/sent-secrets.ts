import { keyedHash, type MasterKey } from '#lib/vault';

/**
 * The secrets of the messages that a session sends, by their WhatsApp ids: what later changes of a message are encrypted under. They are
 * derived, so that they need not be stored and are the same for every attempt.
 */
export const sentSecrets = (master: MasterKey, sessionId: string): ((whatsappId: string) => Buffer) =>
  keyedHash(master, `whatsapp-sent/${sessionId}`).of;
