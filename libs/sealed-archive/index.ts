export { identitiesIn, InvalidKey, isRecipient } from './keys.js';
export { pack } from './pack.js';
export { ArchiveDamaged, unpack } from './unpack.js';
