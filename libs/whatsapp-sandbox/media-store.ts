import { SandboxError } from './errors.js';
import { decryptMedia, encryptMedia, type MediaServer } from './media/index.js';
import type { MediaStore } from './phone/media-store.js';

/** Lets phones put and get files where the clients do. */
export const mediaStoreOf = (server: MediaServer): MediaStore => ({
  host: server.host,
  permit: () => server.issueAuth(),
  put: async (bytes, kind) => {
    const { ciphertext, ...sealed } = encryptMedia(bytes, kind);
    return { ...sealed, ...(await server.publish(ciphertext)) };
  },
  get: async ({ directPath, mediaKey, ...digest }, kind) => {
    const ciphertext = await server.read(directPath);
    if (!ciphertext) throw new SandboxError('not_found', `there is no file at ${directPath}`);
    return decryptMedia(ciphertext, mediaKey, kind, digest);
  },
});
