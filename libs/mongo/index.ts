export * from './connection.js';
export * from './errors.js';
export * from './transaction.js';
export * from './owner.js';
