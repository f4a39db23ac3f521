export * from './connection.js';
export * from './errors.js';
export * from './transaction.js';
export { own, OwnedElsewhere, type Ownership } from './owner.js';
export * from './presence.js';
