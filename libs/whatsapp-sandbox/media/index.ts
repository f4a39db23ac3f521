export { TlsAuthority, type TlsAuthoritySnapshot } from './certificate.js';
export { decryptMedia, encryptMedia } from './crypto.js';
export { blobIdOf, handleOf } from './routes.js';
export type { MediaFault, MediaFaults } from './faults.js';
export { startMediaServer, type MediaServer } from './server.js';
export { BlobStore } from './store.js';
