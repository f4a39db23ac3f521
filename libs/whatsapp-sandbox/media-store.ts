import { SandboxError } from './errors.js';
import { blobIdOf, decryptMedia, encryptMedia, handleOf, type MediaServer } from './media/index.js';
import type { MediaStore } from './phone/media-store.js';

/** Gives phones access to the files on the media server. */
export const mediaStoreOn = (server: MediaServer): MediaStore => ({
  host: server.host,
  permit: () => server.issueAuth(),
  put: async (bytes, kind) => {
    const { ciphertext, ...stored } = encryptMedia(bytes, kind);
    return { ...stored, ...(await server.publish(ciphertext)) };
  },
  get: async ({ directPath, mediaKey, ...digest }, kind) => {
    const ciphertext = await server.read(directPath);
    if (!ciphertext) throw new SandboxError('not_found', `no file at ${directPath}`);
    return decryptMedia(ciphertext, mediaKey, kind, digest);
  },
  handleOf: ({ directPath }) => handleOf(blobIdOf(directPath) ?? ''),
  publish: (bytes) => server.publish(bytes),
  read: ({ directPath }) => server.read(directPath),
  expire: ({ directPath }) => server.expire(directPath),
  renew: ({ directPath }) => server.renew(directPath),
});
