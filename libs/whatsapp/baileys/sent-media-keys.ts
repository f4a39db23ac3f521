import { keyedHash, type MasterKey } from '#lib/vault';

/**
 * The keys of the files that a session sends. They are derived, so that they need not be stored, and the same file for the same message is
 * encrypted to the same bytes at every attempt. `sha256` is that of the file, in base64: a key must not be used for two files.
 */
export const sentMediaKeys = (
  master: MasterKey,
  sessionId: string,
): ((whatsappId: string, sha256: string) => Uint8Array) => {
  const keys = keyedHash(master, `whatsapp-sent-media/${sessionId}`);
  return (whatsappId, sha256) => keys.of(`${whatsappId} ${sha256}`);
};
