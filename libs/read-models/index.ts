export * from './collection.js';
export { decodeCursorParts, encodeCursorParts } from './cursor-parts.js';
export * from './errors.js';
export * from './port.js';
export { rootOf } from './root-of.js';
export { maxSearchWords, searchWordsOf } from './words.js';
export * from './write.js';
