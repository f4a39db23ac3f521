export * from './connection.js';
export * from './errors.js';
export type { IndexKey } from './indexes.js';
export * from './transaction.js';
export { own, OwnedElsewhere, type Ownership } from './owner.js';
export * from './presence.js';
